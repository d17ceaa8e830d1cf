"""`matchLabelKeys` and `mismatchLabelKeys` of affinity terms and spreading constraints.

The API adds the pod's own labels of these keys to `labelSelector` before it validates; the kubelet does not. Source:
`ValidateMatchLabelKeysAndMismatchLabelKeys`, `ValidateMatchLabelKeysInTopologySpread`, `registry/core/pod/strategy.go`.
"""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, pairs, records, text, texts
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.selectors import RULE
from podwright.validation.findings import Report, shown
from podwright.validation.rules import Concern
from podwright.validation.versions import Behaviour


def check_label_keys(term: Record, labels: dict[str, str], path: Path, report: Report) -> None:
    """Both lists of an affinity term; `labels` are the pod's own."""
    for name in ("matchLabelKeys", "mismatchLabelKeys"):
        _check_keys(term, name, path, report)
    for key in sorted(set(texts(term, "matchLabelKeys")) & set(texts(term, "mismatchLabelKeys"))):
        report.add(RULE, (*path, "matchLabelKeys"), f"has {shown(key)}, which `mismatchLabelKeys` has too")
    if "labelSelector" in term:
        _check_selected(term, labels, path, report)


def check_spreading_keys(constraint: Record, labels: dict[str, str], path: Path, report: Report) -> None:
    """The one list of a spreading constraint; before 1.35 the kubelet wants none of its keys in the selector."""
    if report.does(Behaviour.SPREADING_KEYS_MERGED):
        check_label_keys(constraint, labels, path, report)
        return
    _check_keys(constraint, "matchLabelKeys", path, report)
    for key in sorted(set(texts(constraint, "matchLabelKeys")) & set(_selected(constraint))):
        report.add(RULE, (*path, "matchLabelKeys"), f"has {shown(key)}, which `labelSelector` has too")


def _check_keys(term: Record, name: str, path: Path, report: Report) -> None:
    keys = texts(term, name)
    if keys and "labelSelector" not in term:
        report.add(RULE, (*path, name), "needs a `labelSelector`")
        return
    for index, key in enumerate(keys):
        report.add(RULE, (*path, name, index), names.qualified_name(key))


def _check_selected(term: Record, labels: dict[str, str], path: Path, report: Report) -> None:
    """A key may stand once in the selector and the list together, counting what the API adds."""
    matched = texts(term, "matchLabelKeys")
    added = [key for key in (*matched, *texts(term, "mismatchLabelKeys")) if key in labels]
    for key in sorted(set(matched)):
        given = _selected(term).count(key)
        if given > 1:
            report.add(RULE, (*path, "matchLabelKeys"), f"has {shown(key)}, which `labelSelector` has twice")
        elif given + added.count(key) > 1:
            message = f"has {shown(key)}, which `labelSelector` has too once the API added the pod's label"
            report.add(RULE, (*path, "matchLabelKeys"), message, concern=Concern.MIRROR)


def _selected(term: Record) -> list[str]:
    selector = child(term, "labelSelector")
    return [
        *pairs(selector, "matchLabels"),
        *(text(one, "key") for one in records(selector, "matchExpressions")),
    ]
