"""The levels of Pod Security forbid what the standards say, in the words of the admission plugin."""

import pytest

from podwright_lab.api.podsecurity import security_refusal

SAFE = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def judged(level, spec):
    labels = {"pod-security.kubernetes.io/enforce": level} if level else {}
    return security_refusal({"spec": spec}, {"metadata": {"labels": labels}})


def pod(security=None, **spec):
    container = {"name": "c", "image": "i"} | ({"securityContext": security} if security else {})
    return {"containers": [container]} | spec


@pytest.mark.parametrize("level", [None, "privileged", "nonsense"])
def test_without_a_level_everything_goes(level):
    assert judged(level, pod({"privileged": True}, hostNetwork=True, hostPID=True)) is None


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (pod(hostNetwork=True, hostPID=True), "host namespaces (hostNetwork=true, hostPID=true)"),
        (
            pod({"privileged": True}),
            'privileged (container "c" must not set securityContext.privileged=true)',
        ),
        (pod(volumes=[{"name": "v", "hostPath": {}}]), 'hostPath volumes (volume "v")'),
        (
            pod(volumes=[{"name": "v", "hostPath": {}}, {"name": "w", "hostPath": {}}]),
            'hostPath volumes (volumes "v", "w")',
        ),
        (
            {"containers": [{"name": "c", "ports": [{"hostPort": 80}, {"containerPort": 81}]}]},
            'hostPort (container "c" uses hostPort 80)',
        ),
        (
            {
                "containers": [
                    {"name": "c", "ports": [{"hostPort": 81}]},
                    {"name": "d", "ports": [{"hostPort": 80}]},
                ]
            },
            'hostPort (containers "c", "d" use hostPorts 80, 81)',
        ),
        (
            pod({"capabilities": {"add": ["NET_ADMIN", "CHOWN", "SYS_TIME"]}}),
            'non-default capabilities (container "c" must not include "NET_ADMIN", "SYS_TIME" '
            "in securityContext.capabilities.add)",
        ),
        (
            pod({"procMount": "Unmasked"}),
            'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
        ),
        (
            pod(securityContext={"seccompProfile": {"type": "Unconfined"}}),
            'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
        ),
        (
            pod(
                securityContext={"sysctls": [{"name": "kernel.msgmax"}, {"name": "net.ipv4.tcp_syncookies"}]}
            ),
            "forbidden sysctls (kernel.msgmax)",
        ),
    ],
)
def test_baseline_forbids(spec, why):
    assert judged("baseline", spec) == f'violates PodSecurity "baseline:latest": {why}'


def test_baseline_takes_an_ordinary_pod():
    assert judged("baseline", pod({"capabilities": {"add": ["CHOWN"]}})) is None


def test_restricted_asks_for_much_and_says_all_of_it():
    assert judged("restricted", pod()) == (
        'violates PodSecurity "restricted:latest": '
        'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), '
        'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), '
        'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), '
        'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" '
        'or "Localhost")'
    )


def test_restricted_takes_a_careful_pod():
    assert judged("restricted", pod(SAFE, volumes=[{"name": "v", "emptyDir": {}}])) is None
    on_the_pod = {"runAsNonRoot": True, "seccompProfile": {"type": "Localhost"}}
    on_the_container = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    assert judged("restricted", pod(on_the_container, securityContext=on_the_pod)) is None


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            pod(SAFE, volumes=[{"name": "v", "hostPath": {}}]),
            'restricted volume types (volume "v" uses restricted volume type "hostPath")',
        ),
        (
            pod(SAFE, volumes=[{"name": "v", "hostPath": {}}, {"name": "w", "nfs": {}}]),
            'restricted volume types (volumes "v", "w" use restricted volume types "hostPath", "nfs")',
        ),
        (pod(SAFE | {"runAsUser": 0}), 'runAsUser=0 (container "c" must not set runAsUser=0)'),
        (
            pod(SAFE | {"capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}}),
            'unrestricted capabilities (container "c" must not include "CHOWN" in securityContext.capabilities.add)',
        ),
        (
            pod(SAFE | {"runAsNonRoot": False}),
            'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
        ),
        (pod(SAFE, hostNetwork=True), "host namespaces (hostNetwork=true)"),
    ],
)
def test_restricted_forbids(spec, why):
    assert judged("restricted", spec) == f'violates PodSecurity "restricted:latest": {why}'


def test_init_containers_count_and_the_version_is_named():
    labels = {
        "pod-security.kubernetes.io/enforce": "baseline",
        "pod-security.kubernetes.io/enforce-version": "v1.30",
    }
    spec = {"containers": [], "initContainers": [{"name": "i", "securityContext": {"privileged": True}}]}
    assert security_refusal({"spec": spec}, {"metadata": {"labels": labels}}) == (
        'violates PodSecurity "baseline:v1.30": '
        'privileged (container "i" must not set securityContext.privileged=true)'
    )
