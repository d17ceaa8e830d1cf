"""Files composed of multiple sources. Source: `validateProjectionSources`, `validateDownwardAPIVolumeFile`."""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, each, number, records, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.env_variables import (
    FILE_FIELDS,
    check_field_reference,
    check_resource_reference,
)
from podwright.validation.findings import Report, shown

_SOURCES = (
    "secret",
    "configMap",
    "downwardAPI",
    "serviceAccountToken",
    "clusterTrustBundle",
    "podCertificate",
)
_MOST_MODE = 0o777


def check_modes(source: Record, path: Path, report: Report) -> None:
    """`defaultMode`, and the keys, paths and modes of `items` as Secrets and ConfigMaps have them."""
    check_mode(source, "defaultMode", path, report)
    for here, item in each(source, "items", path):
        if not text(item, "key"):
            report.add("volume", (*here, "key"), "is missing")
        check_file(item, here, report)


def check_mode(source: Record, name: str, path: Path, report: Report) -> None:
    mode = number(source, name)
    if not 0 <= mode <= _MOST_MODE:
        hint = f"YAML reads a number that begins with 0 as octal: write 0{mode}" if mode <= 777 else ""
        report.add("volume", (*path, name), f"is {mode}, but must be between 0 and 0777 (octal)", hint)


def check_file(item: Record, path: Path, report: Report) -> None:
    where = text(item, "path")
    report.add("volume", (*path, "path"), names.file_in_volume(where) if where else "is missing")
    check_mode(item, "mode", path, report)


def check_downward_items(source: Record, path: Path, report: Report) -> None:
    check_mode(source, "defaultMode", path, report)
    for here, item in each(source, "items", path):
        check_file(item, here, report)
        _check_downward_reference(item, here, report)


def _check_downward_reference(item: Record, path: Path, report: Report) -> None:
    if "fieldRef" in item:
        check_field_reference(child(item, "fieldRef"), FILE_FIELDS, (*path, "fieldRef"), report)
        if "resourceFieldRef" in item:
            report.add("volume", path, "may name one of `fieldRef` and `resourceFieldRef` only")
    elif "resourceFieldRef" in item:
        reference = child(item, "resourceFieldRef")
        check_resource_reference(reference, (*path, "resourceFieldRef"), report, in_volume=True)
    else:
        report.add("volume", path, "must name `fieldRef` or `resourceFieldRef`")


def check_projected(source: Record, path: Path, report: Report) -> None:
    check_mode(source, "defaultMode", path, report)
    seen: set[str] = set()
    for here, part in each(source, "sources", path):
        given = [kind for kind in _SOURCES if kind in part]
        if len(given) > 1:
            report.add("volume", here, "may name one source only")
        for kind in given:
            _check_part(kind, child(part, kind), (*here, kind), report)
        for where in _paths(part):
            if where in seen:
                report.add("volume", here, f"puts {shown(where)} at which another source has put it")
            seen.add(where)


def _paths(part: Record) -> list[str]:
    items = [
        item
        for kind in ("secret", "configMap", "downwardAPI")
        for item in records(child(part, kind), "items")
    ]
    files = [text(item, "path") for item in items]
    files.append(text(child(part, "clusterTrustBundle"), "path"))
    certificate = child(part, "podCertificate")
    files.extend(
        text(certificate, name) for name in ("credentialBundlePath", "keyPath", "certificateChainPath")
    )
    return [where for where in files if where]


def _check_part(kind: str, part: Record, path: Path, report: Report) -> None:
    if kind in {"secret", "configMap"}:
        if not text(part, "name"):
            report.add("volume", (*path, "name"), "is missing")
        check_modes(part, path, report)
    elif kind == "downwardAPI":
        check_downward_items(part, path, report)
    elif kind == "serviceAccountToken":
        _check_token(part, path, report)
    elif kind == "clusterTrustBundle":
        check_file({"path": text(part, "path")}, path, report)


def _check_token(part: Record, path: Path, report: Report) -> None:
    seconds = number(part, "expirationSeconds", 3600)
    if not 600 <= seconds <= 2**32:
        report.add(
            "volume", (*path, "expirationSeconds"), f"is {seconds}, but must be from 600 to 4294967296"
        )
    check_file({"path": text(part, "path")}, path, report)
