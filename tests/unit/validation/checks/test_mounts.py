"""Mounts and devices of containers."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("volumeMounts: [{name: v, mountPath: /v}]", "mount"),
        ("volumeDevices: [{name: v, devicePath: /v}]", "mount"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]


def test_a_privileged_container_may_propagate_mounts(errors):
    mount = "volumeMounts: [{name: v, mountPath: /a, mountPropagation: Bidirectional}]"
    container = f"securityContext: {{privileged: true}}, {mount}"
    assert errors("volumes: [{name: v, hostPath: {path: /x}}]", container=container) == []


@pytest.mark.parametrize(
    ("mount", "refused"),
    [
        ("{name: v, mountPath: /a}, {name: v, mountPath: /b}", False),
        ("{name: v, mountPath: /a}, {name: v, mountPath: /a}", True),
        ("{name: v}", True),
        ("{name: v, mountPath: /a, subPath: ../x}", True),
        ("{name: v, mountPath: /a, subPath: /x}", True),
        ("{name: v, mountPath: /a, subPath: x, subPathExpr: z}", True),
        ("{name: v, mountPath: relative}", False),
        ("{name: v, mountPath: /a, mountPropagation: Bidirectional}", True),
        ("{name: v, mountPath: /a, mountPropagation: Sideways}", True),
        ("{name: v, mountPath: /a, mountPropagation: HostToContainer}", False),
        ("{name: v, mountPath: /a, recursiveReadOnly: Enabled}", True),
        ("{name: v, mountPath: /a, recursiveReadOnly: Enabled, readOnly: true}", False),
    ],
)
def test_mounts(errors, mount, refused):
    found = errors("volumes: [{name: v, emptyDir: {}}]", container=f"volumeMounts: [{mount}]")
    assert found == (["mount"] if refused else [])
