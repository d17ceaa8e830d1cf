"""Security contexts of pods and containers: users, groups, sysctls and privileges."""

import pytest


@pytest.mark.parametrize(
    ("context", "field"),
    [
        ("runAsUser: 0, runAsGroup: 2147483647, fsGroup: 1", None),
        ("runAsUser: 2147483648", "runAsUser"),
        ("runAsGroup: -1", "runAsGroup"),
        ("fsGroup: -1", "fsGroup"),
        ("supplementalGroups: [0, 2147483647]", None),
        ("supplementalGroups: [0, -1]", "supplementalGroups[1]"),
        ("supplementalGroups: [2147483648]", "supplementalGroups[0]"),
        ("fsGroupChangePolicy: OnRootMismatch", None),
        ("fsGroupChangePolicy: Never", "fsGroupChangePolicy"),
        ("fsGroupChangePolicy: ''", "fsGroupChangePolicy"),
        ("supplementalGroupsPolicy: Merge", None),
        ("supplementalGroupsPolicy: None", "supplementalGroupsPolicy"),
        ("seLinuxChangePolicy: Always", "seLinuxChangePolicy"),
    ],
)
def test_the_context_of_a_pod(places, context, field):
    found = places("security-context", f"securityContext: {{{context}}}")
    assert found == ([f"spec.securityContext.{field}"] if field else [])


@pytest.mark.parametrize(
    ("context", "field"),
    [
        ("runAsUser: 2147483647, runAsGroup: 0", None),
        ("runAsUser: -1", "runAsUser"),
        ("runAsGroup: 2147483648", "runAsGroup"),
        ("procMount: Default", None),
        ("procMount: Unmasked", "procMount"),
        ("procMount: unmasked", "procMount"),
        ("privileged: true", None),
        ("privileged: false, allowPrivilegeEscalation: false", None),
        ("privileged: true, allowPrivilegeEscalation: true", None),
        ("privileged: true, allowPrivilegeEscalation: false", "allowPrivilegeEscalation"),
        (
            "capabilities: {add: [CAP_SYS_ADMIN]}, allowPrivilegeEscalation: false",
            "allowPrivilegeEscalation",
        ),
        ("capabilities: {add: [CAP_SYS_ADMIN]}", None),
        ("capabilities: {drop: [CAP_SYS_ADMIN]}, allowPrivilegeEscalation: false", None),
    ],
)
def test_the_context_of_a_container(places, context, field):
    found = places("security-context", container=f"securityContext: {{{context}}}")
    assert found == ([f"securityContext.{field}"] if field else [])


def test_proc_is_unmasked_only_with_users_of_its_own(places):
    own = "hostNetwork: false, hostUsers: false"
    assert places("security-context", own, container="securityContext: {procMount: Unmasked}") == []


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ("hostNetwork: true, hostUsers: false", "hostNetwork"),
        ("hostNetwork: false, hostUsers: false, hostPID: true", "hostPID"),
        ("hostNetwork: false, hostUsers: false, hostIPC: true", "hostIPC"),
        ("hostNetwork: false, hostUsers: false", None),
        ("hostNetwork: true, hostUsers: true, hostPID: true", None),
        ("hostPID: true, shareProcessNamespace: true", "shareProcessNamespace"),
        ("hostPID: false, shareProcessNamespace: true", None),
    ],
)
def test_namespaces_that_go_together(places, spec, field):
    assert places("security-context", spec) == ([f"spec.{field}"] if field else [])


@pytest.mark.parametrize(
    ("spec", "names", "wrong"),
    [
        ("", ["kernel.msgmax"], None),
        ("", ["kernel.msgmax", "kernel/msgmax"], None),
        ("", ["a b"], 0),
        ("", [""], 0),
        ("", ["kernel.msgmax", "kernel.msgmax"], 1),
        ("hostNetwork: true", ["net.ipv4.ip_local_port_range"], 0),
        ("hostNetwork: true", ["net/ipv4/ip_local_port_range"], 0),
        ("hostNetwork: false", ["net.ipv4.ip_local_port_range"], None),
        ("hostIPC: true", ["kernel.shmmax"], 0),
        ("hostIPC: true", ["kernel.sem"], 0),
        ("hostIPC: true", ["fs.mqueue.msg_max"], 0),
        ("hostNetwork: false, hostIPC: true", ["net.core.somaxconn"], None),
    ],
)
def test_sysctls_are_of_a_namespace_that_is_the_pods_own(places, spec, names, wrong):
    sysctls = ", ".join(f"{{name: '{name}', value: '1'}}" for name in names)
    found = places("sysctl", f"{spec or 'hostIPC: false'}, securityContext: {{sysctls: [{sysctls}]}}")
    assert found == ([] if wrong is None else [f"spec.securityContext.sysctls[{wrong}].name"])


@pytest.mark.parametrize(
    ("version", "kubelet", "mirror"),
    [
        ("1.31", "accepts", "accepts"),
        ("1.32", "accepts", "rejects"),
        ("1.34", "accepts", "rejects"),
        ("1.36", "rejects", "rejects"),
        ("1.37", "accepts", "accepts"),
    ],
)
def test_selinux_labels_are_mounted_since_1_37(verdict, version, kubelet, mirror):
    judged = verdict("securityContext: {seLinuxChangePolicy: MountOption}", version=version)
    assert (judged.kubelet, judged.mirror) == (kubelet, mirror)
    assert verdict("securityContext: {seLinuxChangePolicy: Recursive}", version=version).kubelet == "accepts"
