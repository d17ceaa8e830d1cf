"""Volumes of a pod: names, and exactly one source each. Source: `ValidateVolumes`, `validateVolumeSource`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from podwright.pods.go_fields import Record, child, records, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.claim_templates import check_ephemeral
from podwright.validation.checks.enums import PULL_POLICIES, check_choice
from podwright.validation.checks.projected_volumes import check_downward_items, check_modes, check_projected
from podwright.validation.checks.quantities import quantity
from podwright.validation.checks.remote_volumes import REMOTE_CHECKS
from podwright.validation.findings import Report, shown
from podwright.validation.rules import Concern
from podwright.validation.versions import Behaviour

_HOST_PATH_TYPES = (
    "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice",
)  # fmt: skip
_MOST_INTERFACE = 64


def check_volumes(spec: Record, report: Report) -> dict[str, Record]:
    """Check all volumes and return the valid ones by name, for the mounts to refer to."""
    valid: dict[str, Record] = {}
    for index, volume in enumerate(records(spec, "volumes")):
        before = len(report.notes)
        path = ("spec", "volumes", index)
        _check_volume_name(text(volume, "name"), valid, path, report)
        _check_source(volume, path, report)
        if not any(note.concern is Concern.KUBELET for note in report.notes[before:]):
            valid[text(volume, "name")] = volume
    return valid


def _check_volume_name(name: str, valid: dict[str, Record], path: Path, report: Report) -> None:
    wrong = names.dns_label(name) if name else "is missing"
    taken = f"is {shown(name)}, the name of another volume" if name in valid else ""
    report.add("volume", (*path, "name"), wrong or taken)


def _check_source(volume: Record, path: Path, report: Report) -> None:
    given = [kind for kind in CHECKS if kind in volume]
    if "image" in given and not report.does(Behaviour.IMAGE_VOLUMES):
        given.remove("image")
        if not given:
            before = f"before {Behaviour.IMAGE_VOLUMES.version}"
            message = f"is not known {before}, which leaves the volume without a source"
            report.add("volume", (*path, "image"), message)
    for extra in given[1:]:
        report.add(
            "volume", (*path, extra), f"may not be set together with `{given[0]}`: a volume has one source"
        )
    if given:
        kind = given[0]
        CHECKS[kind](child(volume, kind), (*path, kind), report)
    _check_initiator(text(volume, "name"), child(volume, "iscsi"), path, report)


def _check_initiator(name: str, source: Record, path: Path, report: Report) -> None:
    """With an initiator's name, the volume's name and the portal make up an interface's name."""
    if (
        "initiatorName" in source
        and names.bytes_of(f"{name}:{text(source, 'targetPortal')}") > _MOST_INTERFACE
    ):
        message = f"and `iscsi.targetPortal` are longer than {_MOST_INTERFACE} bytes, with an `initiatorName`"
        report.add("volume", (*path, "name"), message)


def _check_empty_dir(source: Record, path: Path, report: Report) -> None:
    if quantity(source.get("sizeLimit")) < 0:
        report.add("volume", (*path, "sizeLimit"), "must not be negative")


def _check_host_path(source: Record, path: Path, report: Report) -> None:
    where = text(source, "path")
    report.add("volume", (*path, "path"), names.no_backsteps(where) if where else "is missing")
    if where:
        check_choice(source, "type", _HOST_PATH_TYPES, path, rule="volume", report=report)


def _check_secret(source: Record, path: Path, report: Report) -> None:
    if not text(source, "secretName"):
        report.add("volume", (*path, "secretName"), "is missing")
    check_modes(source, path, report)


def _check_config_map(source: Record, path: Path, report: Report) -> None:
    if not text(source, "name"):
        report.add("volume", (*path, "name"), "is missing")
    check_modes(source, path, report)


def _check_downward(source: Record, path: Path, report: Report) -> None:
    check_downward_items(source, path, report)


def _check_image(source: Record, path: Path, report: Report) -> None:
    if not text(source, "reference"):
        # only the API validates with `ResourceIsPod`
        report.add("volume", (*path, "reference"), "is missing", concern=Concern.MIRROR)
    check_choice(source, "pullPolicy", PULL_POLICIES, path, rule="volume", report=report)


CHECKS: Mapping[str, Callable[[Record, Path, Report], None]] = {
    "emptyDir": _check_empty_dir,
    "hostPath": _check_host_path,
    "secret": _check_secret,
    "configMap": _check_config_map,
    "downwardAPI": _check_downward,
    "projected": check_projected,
    "image": _check_image,
    "ephemeral": check_ephemeral,
    **REMOTE_CHECKS,
}
