"""Whether a document is a `v1` `Pod`. Source: apimachinery `json/meta.go:Interpret`, `runtime.Decode`."""

from __future__ import annotations

from collections.abc import Mapping

from podwright.validation.findings import Report, shown


def is_pod(document: Mapping[str, object]) -> bool:
    """Go also takes `/v1`, the core group with its empty name spelled out."""
    return _folded(document, "apiVersion") in ("v1", "/v1") and _folded(document, "kind") == "Pod"


def check_kind(document: object, report: Report) -> None:
    """Say what a file is instead of a pod."""
    if not isinstance(document, Mapping):
        found = "is empty" if document is None else "holds no object"
        report.add("wrong-kind", (), f"the file {found}, but must hold one `v1` `Pod`")
        return
    version, kind = _folded(document, "apiVersion"), _folded(document, "kind")
    if not version or not kind:
        missing = "kind" if not kind else "apiVersion"
        report.add("wrong-kind", (missing,), "is missing", "a static pod is `apiVersion: v1` and `kind: Pod`")
        return
    hint = "the kubelet runs single pods only; the pod template of a `Deployment` belongs into `kind: Pod`"
    report.add(
        "wrong-kind", ("kind",), f"is {shown(kind)} of {shown(version)}, but must be `Pod` of `v1`", hint
    )


def _folded(document: Mapping[str, object], name: str) -> object:
    """Go's standard decoder ignores case here, and of several such keys the last one counts (YAML's are sorted)."""
    given = [
        document[key] for key in sorted(document) if key.lower() == name.lower() and document[key] is not None
    ]
    return given[-1] if given else None
