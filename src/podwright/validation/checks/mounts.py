"""Mounts and devices of a container. Source: `ValidateVolumeMounts`, `ValidateVolumeDevices`."""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, each, flag, records, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.enums import check_choice
from podwright.validation.findings import Report, shown
from podwright.validation.versions import Behaviour

_PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
_RECURSIVE = ("Disabled", "IfPossible", "Enabled")


def check_mounts(container: Record, volumes: dict[str, Record], path: Path, report: Report) -> None:
    devices = {
        text(device, "name"): text(device, "devicePath") for device in records(container, "volumeDevices")
    }
    seen: set[str] = set()
    for here, mount in each(container, "volumeMounts", path):
        _check_mount_name(mount, volumes, devices, here, report)
        _check_mount_path(mount, seen, devices, here, report)
        _check_sub_paths(mount, volumes, here, report)
        _check_propagation(mount, container, here, report)


def _check_mount_name(
    mount: Record, volumes: dict[str, Record], devices: dict[str, str], path: Path, report: Report
) -> None:
    name = text(mount, "name")
    if not name:
        report.add("mount", (*path, "name"), "is missing")
    elif name not in volumes:
        listed = ", ".join(f"`{known}`" for known in sorted(volumes)[:10])
        hint = f"the pod's volumes are {listed}" if listed else "the pod has no volumes"
        report.add("mount", (*path, "name"), f"is {shown(name)}, which is not a volume of this pod", hint)
    if name in devices:
        report.add("mount", (*path, "name"), f"is {shown(name)}, which is a device of this container already")


def _check_mount_path(
    mount: Record, seen: set[str], devices: dict[str, str], path: Path, report: Report
) -> None:
    where = text(mount, "mountPath")
    if not where:
        report.add("mount", (*path, "mountPath"), "is missing")
    if where in seen:
        report.add("mount", (*path, "mountPath"), f"is {shown(where)}, at which another volume is mounted")
    if where and where in devices.values():
        report.add("mount", (*path, "mountPath"), f"is {shown(where)}, the path of a device")
    seen.add(where)


def _check_sub_paths(mount: Record, volumes: dict[str, Record], path: Path, report: Report) -> None:
    plain, expanded = text(mount, "subPath"), text(mount, "subPathExpr")
    for name, value in (("subPath", plain), ("subPathExpr", expanded)):
        if value:
            report.add("mount", (*path, name), names.relative_path(value))
    if plain and expanded:
        report.add("mount", (*path, "subPathExpr"), "may not be set together with `subPath`")
    image = "image" in volumes.get(text(mount, "name"), {})
    feature = Behaviour.IMAGE_VOLUME_SUB_PATHS
    if image and (plain or expanded) and not report.does(feature):
        report.add(
            "mount", (*path, "subPath"), f"is not allowed for an image volume before {feature.version}"
        )


def _check_propagation(mount: Record, container: Record, path: Path, report: Report) -> None:
    check_choice(mount, "mountPropagation", _PROPAGATIONS, path, rule="mount", report=report, pointer=True)
    check_choice(mount, "recursiveReadOnly", _RECURSIVE, path, rule="mount", report=report, pointer=True)
    privileged = flag(child(container, "securityContext"), "privileged")
    propagation = text(mount, "mountPropagation")
    if propagation == "Bidirectional" and not privileged:
        report.add(
            "mount", (*path, "mountPropagation"), "may be `Bidirectional` only in a privileged container"
        )
    if text(mount, "recursiveReadOnly") in {"IfPossible", "Enabled"}:
        if not flag(mount, "readOnly"):
            report.add("mount", (*path, "recursiveReadOnly"), "needs `readOnly: true`")
        if propagation not in {"", "None"}:
            report.add("mount", (*path, "recursiveReadOnly"), "needs `mountPropagation: None`")


def check_devices(container: Record, volumes: dict[str, Record], path: Path, report: Report) -> None:
    mounts = {text(mount, "name"): text(mount, "mountPath") for mount in records(container, "volumeMounts")}
    seen_names: set[str] = set()
    seen_paths: set[str] = set()
    for here, device in each(container, "volumeDevices", path):
        name, where = text(device, "name"), text(device, "devicePath")
        report.add("mount", (*here, "name"), _wrong_device_name(name, volumes, mounts, seen_names))
        report.add("mount", (*here, "devicePath"), _wrong_device_path(where, mounts, seen_paths))
        seen_names.add(name)
        seen_paths.add(where)


def _wrong_device_name(name: str, volumes: dict[str, Record], mounts: dict[str, str], seen: set[str]) -> str:
    if not name:
        return "is missing"
    if name in seen or name in mounts:
        return f"is {shown(name)}, which this container uses already"
    if name not in volumes:
        return f"is {shown(name)}, which is not a volume of this pod"
    if not {"persistentVolumeClaim", "ephemeral"} & set(volumes[name]):
        return f"is {shown(name)}, but only a claim can be a block device"
    return ""


def _wrong_device_path(where: str, mounts: dict[str, str], seen: set[str]) -> str:
    if not where:
        return "is missing"
    if where in seen or where in mounts.values():
        return f"is {shown(where)}, which this container uses already"
    return names.no_backsteps(where)
