"""What the kubelet and the API would do with a manifest file, without asking them.

The stages are the kubelet's own (`config/common.go:tryDecodeSinglePod`): decode, fit the types, set defaults,
validate, refuse references to the API. Then come admission, the mirror pod, and advice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from msgspec import Struct

from podwright.pods.go_fields import child, text
from podwright.pods.go_values import Decoded, UnreadableError, locate
from podwright.pods.go_yaml import decode, decode_again
from podwright.pods.host_ports import HostPort, host_ports
from podwright.pods.pod_fields import pod_ref
from podwright.pods.pod_ref import PodRef
from podwright.validation.allow_comments import silenced_in
from podwright.validation.checks import names
from podwright.validation.checks.admission import check_admission, check_size
from podwright.validation.checks.best_practices import check_advice
from podwright.validation.checks.defaults import with_defaults
from podwright.validation.checks.pod import check_pod
from podwright.validation.checks.static_pods import check_static
from podwright.validation.findings import Finding, Note, Report, path_text, shown
from podwright.validation.go_types import fit
from podwright.validation.node_and_cluster import NO_NEEDS, NOTHING_KNOWN, Needs, Surroundings, answers
from podwright.validation.pod_kind import check_kind, is_pod
from podwright.validation.rules import RULES, Concern
from podwright.validation.schema import pod_types
from podwright.validation.versions import DEFAULT_MINOR, DEFAULT_VERSION, minor_of

# a name as short as nodes have in practice: it decides only how long a pod's own name may be
ASSUMED_NODE = "n1"
_CACHED_BYTES = 64 * 1024


class Verdict(Struct, frozen=True):
    """What a kubelet and its API do with a file.

    `kubelet` is accepts, rejects or ignores; `mirror` is accepts, rejects or unknown, and `depends` holds what of the node
    or the cluster decides then. `pod` carries the name as in the file, None if the file defines none. `host_ports` are
    the ports of the node that the pod takes. `lost`: another file of the folder defines the pod and wins.
    """

    file: str
    kubelet: str
    mirror: str
    pod: PodRef | None
    findings: tuple[Finding, ...] = ()
    depends: tuple[str, ...] = ()
    host_ports: tuple[HostPort, ...] = ()
    lost: bool = False

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")


def ignored(file: str, *findings: Finding) -> Verdict:
    """The verdict on what the kubelet does not read."""
    return Verdict(file, "ignores", "rejects", None, findings)


class _Content(Struct, frozen=True):
    """What holds for a content on any node: equal content is judged once.

    It does not hold the decoded document: hundreds of those would cost the garbage collector as much as the judging.
    """

    pod: PodRef | None = None
    node_name: str = ""
    notes: tuple[Note, ...] = ()
    needs: Needs = NO_NEEDS
    ports: tuple[HostPort, ...] = ()
    unreadable: Finding | None = None


def judge(
    data: bytes,
    *,
    file_name: str,
    node_name: str = "",
    kubernetes_version: str | None = None,
    silenced: Collection[str] = (),
    known: Surroundings = NOTHING_KNOWN,
) -> Verdict:
    """Return the verdict on a file of that name and content, in the folder of the node of that Kubernetes name.

    `silenced` are ids of rules of wisdom to leave out; a comment `# podwright: allow RULE because REASON` in the file
    does the same. None or an unreadable version means the default. `known` are facts of the node
    and the cluster. Never raises.
    """
    if file_name.startswith("."):
        return ignored(file_name)
    minor = minor_of(kubernetes_version) or DEFAULT_MINOR
    content = _cached_content(data, minor) if len(data) <= _CACHED_BYTES else _judge_content(data, minor)
    if content.unreadable:
        return Verdict(file_name, "rejects", "rejects", None, (content.unreadable,))
    silenced = {*silenced, *silenced_in(data)}
    return _verdict(file_name, data, content, node_name, silenced=silenced, known=known)


def _verdict(
    file: str,
    data: bytes,
    content: _Content,
    node_name: str,
    *,
    silenced: Collection[str],
    known: Surroundings,
) -> Verdict:
    report = Report(DEFAULT_MINOR, list(content.notes))
    _check_name(content, node_name, report)
    depends = () if report.has(Concern.KUBELET) else _check_needs(content, node_name, known, report)
    notes = [note for note in report.notes if note.concern is not Concern.WISE or note.rule not in silenced]
    value = _decoded(data).value if notes else None
    findings = tuple(_placed(note, value) for note in notes)
    if report.has(Concern.KUBELET):
        return Verdict(file, "rejects", "rejects", content.pod, findings)
    refused = report.has(Concern.MIRROR) or report.has(Concern.NEWER_API)
    mirror = "rejects" if refused else "unknown" if depends else "accepts"
    return Verdict(file, "accepts", mirror, content.pod, findings, depends, content.ports)


def _check_needs(content: _Content, node_name: str, known: Surroundings, report: Report) -> tuple[str, ...]:
    """Note the needs that are not met, warn of those that are unknown, and return what the latter are."""
    depends = []
    for answer in answers(content.needs, known, node_name or ASSUMED_NODE):
        if answer.met is None:
            depends.append(f"`{path_text(answer.path)}` {answer.message}")
        if answer.met is False:
            report.add(answer.rule, answer.path, answer.message, concern=Concern.MIRROR)
        elif answer.met is None and answer.path != ("spec",):
            hint = "this cannot be known from the file alone"
            report.add("unchecked", answer.path, answer.message, hint)
    return tuple(depends)


def _placed(note: Note, value: object) -> Finding:
    mark = note.mark or locate(value, note.path, key=note.about_key)
    line, column = (mark.line, mark.column) if mark else (None, None)
    severity, hint = "error", note.hint
    if note.concern is Concern.WISE:
        severity = RULES[note.rule].severity
    elif note.concern is Concern.NEWER_API:
        severity, hint = (
            "warning",
            f"the node's kubelet takes it, an API of {DEFAULT_VERSION} refuses its mirror pod",
        )
    return Finding(note.rule, severity, path_text(note.path), line, column, note.message, hint)


def _decoded(data: bytes) -> Decoded:
    """Raises UnreadableError."""
    return decode_again(data) if len(data) <= _CACHED_BYTES else decode(data)


def _judge_content(data: bytes, minor: int) -> _Content:
    try:
        decoded = _decoded(data)
    except UnreadableError as error:
        return _Content(
            unreadable=Finding("unreadable", "error", "", error.line, error.column, error.message)
        )
    report = Report(minor)
    document = decoded.value
    if not isinstance(document, Mapping) or not is_pod(document):
        check_kind(document, report)
        return _Content(notes=tuple(report.notes))
    _check_text(decoded, report)
    # an escape of six characters a byte, and some defaults, make at most ten times a small text; aliases make any size
    maybe_large = len(data) > _CACHED_BYTES or b"*" in data
    return _judge_pod(document, report, maybe_large=maybe_large)


_cached_content = lru_cache(maxsize=1024)(_judge_content)


def _judge_pod(document: Mapping[str, object], report: Report, *, maybe_large: bool) -> _Content:
    fitted = fit(document, pod_types(report.minor), report)
    pod = with_defaults(fitted)
    needs = NO_NEEDS
    if not report.has(Concern.KUBELET):
        check_pod(pod, report)
        check_static(pod, report)
        needs = NO_NEEDS if report.has(Concern.KUBELET) else check_admission(pod, report)
        if maybe_large and needs is not NO_NEEDS:
            check_size(pod, report)
        check_advice(fitted, report)
    node_name = text(child(fitted, "spec"), "nodeName")
    return _Content(pod_ref(fitted), node_name, tuple(report.notes), needs, host_ports(pod))


def _check_text(decoded: Decoded, report: Report) -> None:
    for repeated in decoded.repeated:
        message = f"the key {shown(repeated.key)} occurs twice (first in line {repeated.first.line})"
        hint = "remove one of the two: the kubelet takes the last"
        report.notes.append(Note("repeated-key", Concern.WISE, (), message, hint, mark=repeated.mark))
    if decoded.more_documents:
        message = "the file has more than one document, and the kubelet reads only the first"
        report.add("more-documents", (), message, "put each pod into a file of its own")


def _check_name(content: _Content, node_name: str, report: Report) -> None:
    """What depends on the node: the length and form of the whole name, and a `nodeName` that is another's."""
    path = ("metadata", "name")
    if any(note.rule == "wrong-kind" or note.path in {path, path[:1]} for note in content.notes):
        return
    if content.pod is None:
        report.add("pod-name", path, "is missing", "`generateName` is not enough for a static pod")
        return
    if wrong := names.dns_subdomain(content.pod.on(node_name or ASSUMED_NODE).name):
        report.add("pod-name", path, f"with the node's suffix {wrong}")
    if content.node_name and node_name and content.node_name != node_name:
        message = f"is {shown(content.node_name)}, but this node is {shown(node_name)}"
        report.add(
            "other-node", ("spec", "nodeName"), message, "leave it out: the kubelet sets it to its own node"
        )
