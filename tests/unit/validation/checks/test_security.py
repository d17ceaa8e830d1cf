"""Users, groups, privileges and sysctls."""

import pytest


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ("securityContext: {runAsUser: 2147483648}", "security-context"),
        ("securityContext: {fsGroup: -1}", "security-context"),
        ("securityContext: {supplementalGroups: [-1]}", "security-context"),
        ("securityContext: {fsGroupChangePolicy: Never}", "security-context"),
        ("securityContext: {sysctls: [{name: 'a b', value: c}]}", "sysctl"),
        ("securityContext: {sysctls: [{name: net.ipv4.ip_forward, value: '1'}]}", "sysctl"),
        ("hostIPC: true, securityContext: {sysctls: [{name: kernel.shmmax, value: '1'}]}", "sysctl"),
        ("securityContext: {sysctls: [{name: vm.a, value: b}, {name: vm.a, value: b}]}", "sysctl"),
        ("hostUsers: false", "security-context"),
        ("hostPID: true, shareProcessNamespace: true", "security-context"),
    ],
)
def test_the_kubelet_would_refuse(verdict, spec, rule):
    told = verdict(spec)
    assert told.kubelet == "rejects"
    assert {finding.rule for finding in told.findings if finding.severity == "error"} - {"repeated-key"} == {
        rule
    }


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("securityContext: {runAsUser: -1}", "security-context"),
        ("securityContext: {privileged: true, allowPrivilegeEscalation: false}", "security-context"),
        ("securityContext: {procMount: Unmasked}", "security-context"),
    ],
)
def test_the_kubelet_would_refuse_too(errors, container, rule):
    assert errors(container=container) == [rule]


@pytest.mark.parametrize(
    ("version", "kubelet", "mirror"),
    [
        ("1.32", "accepts", "accepts"),
        ("1.34", "accepts", "rejects"),
        ("1.36", "rejects", "rejects"),
        ("1.37", "accepts", "accepts"),
    ],
)
def test_selinux_labels_are_mounted_since_1_37(verdict, version, kubelet, mirror):
    judged = verdict("securityContext: {seLinuxChangePolicy: MountOption}", version=version)
    assert (judged.kubelet, judged.mirror) == (kubelet, mirror)
    assert verdict("securityContext: {seLinuxChangePolicy: Recursive}", version=version).kubelet == "accepts"
