"""`ephemeral` volumes: the claim they are made from. Source: `validateEphemeralVolumeSource`,
`ValidatePersistentVolumeClaimSpec`.

Kubelets refuse such a volume anyway since 1.34, for it refers to the API.
"""

from __future__ import annotations

from collections.abc import Sequence

from podwright.pods.go_fields import Record, child, pairs, text, texts
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.enums import check_choice
from podwright.validation.checks.metadata import check_labels
from podwright.validation.checks.quantities import quantity
from podwright.validation.checks.selectors import check_label_selector
from podwright.validation.findings import Report, shown

_ALONE = "ReadWriteOncePod"
_ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", _ALONE)
_CLAIM = "PersistentVolumeClaim"


def check_ephemeral(source: Record, path: Path, report: Report) -> None:
    here = (*path, "volumeClaimTemplate")
    if "volumeClaimTemplate" not in source:
        report.add("volume", here, "is missing")
        return
    template = child(source, "volumeClaimTemplate")
    _check_metadata(child(template, "metadata"), (*here, "metadata"), report)
    _check_claim(child(template, "spec"), (*here, "spec"), report)


def _check_metadata(metadata: Record, path: Path, report: Report) -> None:
    check_labels(pairs(metadata, "labels"), (*path, "labels"), "volume", report)
    for key in pairs(metadata, "annotations"):
        report.add("volume", (*path, "annotations"), names.qualified_name(key.lower()), key=True)
    for field, value in metadata.items():
        if value and field not in {"labels", "annotations"}:
            report.add(
                "volume", (*path, field), "may not be set: a template takes only labels and annotations"
            )


def _check_claim(spec: Record, path: Path, report: Report) -> None:
    _check_access_modes(texts(spec, "accessModes"), (*path, "accessModes"), report)
    requests, here = pairs(child(spec, "resources"), "requests"), (*path, "resources", "requests", "storage")
    if "storage" not in requests:
        report.add("volume", here, "is missing")
    elif quantity(requests["storage"]) <= 0:
        report.add("volume", here, f"is {shown(requests['storage'])}, but must be above 0")
    if text(spec, "storageClassName"):
        wrong = names.dns_subdomain(text(spec, "storageClassName"))
        report.add("volume", (*path, "storageClassName"), wrong)
    modes = ("Block", "Filesystem")
    check_choice(spec, "volumeMode", modes, path, rule="volume", report=report, pointer=True)
    check_label_selector(child(spec, "selector"), (*path, "selector"), report)
    for field in ("dataSource", "dataSourceRef"):
        if field in spec:
            _check_data_source(child(spec, field), (*path, field), report)


def _check_access_modes(modes: Sequence[str], path: Path, report: Report) -> None:
    if not modes:
        report.add("volume", path, "is missing or empty")
    for index, mode in enumerate(modes):
        report.add("volume", (*path, index), names.one_of(mode, _ACCESS_MODES))
    if _ALONE in modes and any(mode in _ACCESS_MODES and mode != _ALONE for mode in modes):
        report.add("volume", path, f"may not have other modes beside {shown(_ALONE)}")


def _check_data_source(source: Record, path: Path, report: Report) -> None:
    for field in ("kind", "name"):
        if not text(source, field):
            report.add("volume", (*path, field), "is missing")
    if not text(source, "apiGroup") and text(source, "kind") not in {"", _CLAIM}:
        report.add("volume", (*path, "kind"), f"must be {shown(_CLAIM)} without an `apiGroup`")
