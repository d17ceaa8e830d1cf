"""Mounts and devices of a container: a volume of the pod each, at a path of its own."""

import pytest

VOLUMES = "volumes: [{name: v, emptyDir: {}}, {name: w, emptyDir: {}}]"
PRIVILEGED = "securityContext: {privileged: true}"


@pytest.mark.parametrize(
    ("mounts", "field"),
    [
        ("{name: x, mountPath: /a}", "[0].name"),
        ("{mountPath: /a}", "[0].name"),
        ("{name: v}", "[0].mountPath"),
        ("{name: v, mountPath: /a}, {name: w, mountPath: /a}", "[1].mountPath"),
        ("{name: v, mountPath: /a, subPath: ../x}", "[0].subPath"),
        ("{name: v, mountPath: /a, subPath: /x}", "[0].subPath"),
        ("{name: v, mountPath: /a, subPathExpr: a/..}", "[0].subPathExpr"),
        ("{name: v, mountPath: /a, subPath: x, subPathExpr: z}", "[0].subPathExpr"),
        ("{name: v, mountPath: /a, mountPropagation: Bidirectional}", "[0].mountPropagation"),
        ("{name: v, mountPath: /a, mountPropagation: Sideways}", "[0].mountPropagation"),
        ("{name: v, mountPath: /a, mountPropagation: ''}", "[0].mountPropagation"),
        ("{name: v, mountPath: /a, recursiveReadOnly: Enabled}", "[0].recursiveReadOnly"),
        ("{name: v, mountPath: /a, recursiveReadOnly: IfPossible}", "[0].recursiveReadOnly"),
        ("{name: v, mountPath: /a, recursiveReadOnly: Sometimes}", "[0].recursiveReadOnly"),
        (
            "{name: v, mountPath: /a, readOnly: true, recursiveReadOnly: Enabled, mountPropagation: HostToContainer}",
            "[0].recursiveReadOnly",
        ),
    ],
)
def test_the_kubelet_refuses_a_mount(places, mounts, field):
    assert places("mount", VOLUMES, container=f"volumeMounts: [{mounts}]") == [f"volumeMounts{field}"]


@pytest.mark.parametrize(
    "mounts",
    [
        "{name: v, mountPath: /a}, {name: v, mountPath: /b}",
        "{name: v, mountPath: relative}",
        "{name: v, mountPath: /a, subPath: a/b}",
        "{name: v, mountPath: /a, subPathExpr: $(A)}",
        "{name: v, mountPath: /a, mountPropagation: HostToContainer}",
        "{name: v, mountPath: /a, recursiveReadOnly: Disabled, mountPropagation: HostToContainer}",
        "{name: v, mountPath: /a, recursiveReadOnly: Enabled, readOnly: true, mountPropagation: None}",
        "{name: v, mountPath: /a, recursiveReadOnly: IfPossible, readOnly: true}",
    ],
)
def test_the_kubelet_takes_a_mount(places, mounts):
    assert places("mount", VOLUMES, container=f"volumeMounts: [{mounts}]") == []


def test_a_privileged_container_may_propagate_mounts(errors):
    mount = "volumeMounts: [{name: v, mountPath: /a, mountPropagation: Bidirectional}]"
    assert errors(VOLUMES, container=f"{PRIVILEGED}, {mount}") == []


def test_a_volume_that_is_missing_is_told_with_those_there_are(verdict):
    def hint(spec):
        found = verdict(spec, container="volumeMounts: [{name: x, mountPath: /a}]").findings
        return next(finding.hint for finding in found if finding.rule == "mount")

    assert hint(VOLUMES) == "the pod's volumes are `v`, `w`"
    assert hint("") == "the pod has no volumes"
    many = ", ".join(f"{{name: v{number}, emptyDir: {{}}}}" for number in range(10, 21))
    assert hint(f"volumes: [{many}]").endswith("`v19`")


@pytest.mark.parametrize("field", ["subPath", "subPathExpr"])
def test_a_part_of_an_image_is_mounted_since_1_33(places, field):
    image = "volumes: [{name: v, image: {reference: 'i:1'}}]"
    mount = f"volumeMounts: [{{name: v, mountPath: /a, {field}: x}}]"
    assert places("mount", image, container=mount, version="1.32") == ["volumeMounts[0].subPath"]
    assert places("mount", image, container=mount, version="1.33") == []
    assert places("mount", VOLUMES, container=mount, version="1.32") == []


CLAIM = "volumes: [{name: v, persistentVolumeClaim: {claimName: a}}, {name: e, emptyDir: {}}]"


@pytest.mark.parametrize(
    ("container", "fields"),
    [
        ("volumeDevices: [{name: v, devicePath: /d}]", []),
        ("volumeDevices: [{devicePath: /d}]", ["volumeDevices[0].name"]),
        ("volumeDevices: [{name: x, devicePath: /d}]", ["volumeDevices[0].name"]),
        ("volumeDevices: [{name: e, devicePath: /d}]", ["volumeDevices[0].name"]),
        ("volumeDevices: [{name: v}]", ["volumeDevices[0].devicePath"]),
        ("volumeDevices: [{name: v, devicePath: /a/../d}]", ["volumeDevices[0].devicePath"]),
        (
            "volumeDevices: [{name: v, devicePath: /d}, {name: v, devicePath: /d}]",
            ["volumeDevices[1].name", "volumeDevices[1].devicePath"],
        ),
        (
            "volumeDevices: [{name: v, devicePath: /d}], volumeMounts: [{name: v, mountPath: /m}]",
            ["volumeMounts[0].name", "volumeDevices[0].name"],
        ),
        (
            "volumeDevices: [{name: v, devicePath: /d}], volumeMounts: [{name: e, mountPath: /d}]",
            ["volumeMounts[0].mountPath", "volumeDevices[0].devicePath"],
        ),
    ],
)
def test_a_device_is_a_claim_that_is_mounted_nowhere_else(verdict, container, fields):
    found = [one for one in verdict(CLAIM, container=container).findings if one.rule == "mount"]
    assert [one.path.removeprefix("spec.containers[0].") for one in found] == fields
