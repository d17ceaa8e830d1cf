"""What the kubelet and the API would say to a manifest file, without asking them.

The stages are the kubelet's own (`config/common.go:tryDecodeSinglePod`): decode, fit the types, set defaults,
validate, refuse references to the API. Then come admission, the mirror pod, and advice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

from podwright.manifests.findings import Finding, Note, Report, path_text, shown
from podwright.manifests.go_values import Decoded, UnreadableError, locate
from podwright.manifests.go_yaml import decode
from podwright.manifests.pod_fields import pod_ref
from podwright.manifests.pod_ref import PodRef
from podwright.manifests.rules import RULES, Concern
from podwright.manifests.schema import DEFAULT_MINOR, minor_of, pod_types
from podwright.manifests.silence import silenced_in
from podwright.manifests.typed import fit
from podwright.manifests.validation import names
from podwright.manifests.validation.admission import check_admission
from podwright.manifests.validation.advice import check_advice
from podwright.manifests.validation.defaults import with_defaults
from podwright.manifests.validation.fields import child, text
from podwright.manifests.validation.pod import check_pod
from podwright.manifests.validation.static import check_static

# the shortest name that nodes have in practice: it decides only how long a pod's own name may be
ASSUMED_NODE = "n1"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kubelet` is accepts, rejects or ignores; `mirror` is accepts, rejects or unknown.

    `pod` carries the name as in the file, None where the file defines none. `depends` says what, of the node or the
    cluster, decides where `mirror` is unknown.
    """

    kubelet: str
    mirror: str
    pod: PodRef | None
    findings: tuple[Finding, ...] = ()
    depends: tuple[str, ...] = ()


IGNORED = Verdict("ignores", "rejects", None)


@dataclass(frozen=True, slots=True)
class _Content:
    """What can be said of a content whatever the node: equal content is judged once."""

    decoded: Decoded | None
    pod: PodRef | None
    node_name: str
    notes: tuple[Note, ...]
    unknowns: tuple[str, ...]
    unreadable: Finding | None = None


def judge(
    data: bytes,
    *,
    file_name: str,
    node_name: str = "",
    kubernetes_version: str = "1.36",
    silenced: Collection[str] = (),
) -> Verdict:
    """Return the verdict on a file of that name and content, in the folder of the node of that Kubernetes name.

    `silenced` are ids of rules whose warnings are left out; a comment `# podwright: allow RULE because REASON` in the
    file does the same. A version that says nothing counts as the newest that was recorded. Never raises.
    """
    if file_name.startswith("."):
        return IGNORED
    content = _judge_content(data, minor_of(kubernetes_version) or DEFAULT_MINOR)
    if content.decoded is None:
        findings = (content.unreadable,) if content.unreadable else ()
        return Verdict("rejects", "rejects", None, findings)
    notes = (*content.notes, *_node_notes(content, node_name))
    return _verdict(content, notes, {*silenced, *silenced_in(data)})


def _verdict(content: _Content, notes: tuple[Note, ...], silenced: Collection[str]) -> Verdict:
    concerns = {note.concern for note in notes}
    findings = tuple(
        _placed(note, content.decoded)
        for note in notes
        if not (note.rule in silenced and note.concern is Concern.WISE)
    )
    if Concern.KUBELET in concerns:
        return Verdict("rejects", "rejects", content.pod, findings)
    if Concern.MIRROR in concerns:
        return Verdict("accepts", "rejects", content.pod, findings)
    mirror = "unknown" if content.unknowns else "accepts"
    return Verdict("accepts", mirror, content.pod, findings, content.unknowns)


def _placed(note: Note, decoded: Decoded | None) -> Finding:
    mark = note.mark or (locate(decoded.value, note.path, key=note.about_key) if decoded else None)
    line, column = (mark.line, mark.column) if mark else (None, None)
    severity = "error" if note.concern is not Concern.WISE else RULES[note.rule].severity
    return Finding(note.rule, severity, path_text(note.path), line, column, note.message, note.hint)


@lru_cache(maxsize=256)
def _judge_content(data: bytes, minor: int) -> _Content:
    try:
        decoded = decode(data)
    except UnreadableError as error:
        finding = Finding("unreadable", "error", "", error.line, error.column, error.message)
        return _Content(None, None, "", (), (), finding)
    report = Report(minor)
    pod, node_name = _judge_value(decoded, report)
    return _Content(decoded, pod, node_name, tuple(report.notes), tuple(report.unknowns))


def _judge_value(decoded: Decoded, report: Report) -> tuple[PodRef | None, str]:
    document = decoded.value
    if not isinstance(document, Mapping) or not _is_pod(document, report):
        _refuse_kind(document, report)
        return None, ""
    _check_text(decoded, report)
    fitted = fit(document, pod_types(report.minor), report)
    if report.has(Concern.KUBELET):
        return pod_ref(fitted), ""
    pod = with_defaults(fitted)
    check_pod(pod, report)
    check_static(pod, report)
    check_admission(pod, report)
    check_advice(fitted, report)
    return pod_ref(fitted), text(child(fitted, "spec"), "nodeName")


def _is_pod(document: Mapping[str, object], report: Report) -> bool:
    """Go's standard decoder finds version and kind whatever their case; the last key wins, lower case after upper."""
    version, kind = (_folded(document, name) for name in ("apiVersion", "kind"))
    for name in ("apiVersion", "kind"):
        if not isinstance(_folded(document, name), str | None):
            report.add("wrong-kind", (name,), "must be a string")
    return version == "v1" and kind == "Pod"


def _folded(document: Mapping[str, object], name: str) -> object:
    same = sorted(key for key in document if key.lower() == name.lower())
    given = [document[key] for key in same if document[key] is not None]
    return given[-1] if given else None


def _refuse_kind(document: object, report: Report) -> None:
    if not isinstance(document, Mapping):
        found = "is empty" if document is None else "holds no object"
        report.add("wrong-kind", (), f"the file {found}, but must hold one `v1` `Pod`")
        return
    version, kind = (_folded(document, name) for name in ("apiVersion", "kind"))
    if not version or not kind:
        missing = "apiVersion" if not version else "kind"
        report.add("wrong-kind", (missing,), "is missing", "a static pod is `apiVersion: v1` and `kind: Pod`")
        return
    hint = "the kubelet runs single pods only; the content of a `Deployment` belongs into `kind: Pod`"
    report.add(
        "wrong-kind", ("kind",), f"is {shown(kind)} of {shown(version)}, but must be `Pod` of `v1`", hint
    )


def _check_text(decoded: Decoded, report: Report) -> None:
    for repeated in decoded.repeated:
        message = f"the key {shown(repeated.key)} stands twice (first in line {repeated.first.line})"
        report.notes.append(
            Note("repeated-key", Concern.WISE, (), message, "the kubelet takes the last", mark=repeated.mark)
        )
    if decoded.more_documents:
        hint = "put each pod into a file of its own"
        report.add(
            "more-documents",
            (),
            "the file goes on after its first document, which the kubelet never reads",
            hint,
        )


def _node_notes(content: _Content, node_name: str) -> tuple[Note, ...]:
    """What depends on the node: the length and form of the whole name, and a `nodeName` that is another's."""
    report = Report(DEFAULT_MINOR)
    path = ("metadata", "name")
    kind_is_wrong = any(note.rule in {"wrong-kind"} for note in content.notes)
    if kind_is_wrong:
        return ()
    if content.pod is None:
        if not any(note.rule == "wrong-type" and note.path[:1] == ("metadata",) for note in content.notes):
            report.add("pod-name", path, "is missing", "`generateName` is not enough for a static pod")
        return tuple(report.notes)
    whole = content.pod.on(node_name or ASSUMED_NODE).name
    if wrong := names.dns_subdomain(whole):
        report.add("pod-name", path, f"with the node's suffix {wrong}")
    if content.node_name and node_name and content.node_name != node_name:
        message = f"is {shown(content.node_name)}, but this node is {shown(node_name)}"
        report.add(
            "other-node", ("spec", "nodeName"), message, "leave it out: the kubelet sets it to its own node"
        )
    return tuple(report.notes)
