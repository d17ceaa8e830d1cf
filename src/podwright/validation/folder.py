"""Judges a folder as the kubelet would read it: which files count, which of two wins, which ports collide.

Source: kubelet `config/file.go:extractFromDir` (no filter by extension, dot files skipped, sorted by name) and
`config/config.go` (the last of two with one name wins), and recordings of v1.36.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from podwright.pods.pod_ref import PodRef
from podwright.problem import Problem
from podwright.validation.findings import Finding, path_text
from podwright.validation.judge import IGNORED, Verdict, judge
from podwright.validation.surroundings import NOTHING_KNOWN, Surroundings


@dataclass(frozen=True, slots=True)
class Entry:
    """A name in a folder: `data` for a regular file (links followed); None for a folder, with `special` a pipe,
    socket or device, with `dangling` a link to nothing."""

    name: str
    data: bytes | None = None
    special: bool = False
    dangling: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A file and its verdict."""

    file: str
    verdict: Verdict


def judge_folder(
    entries: Iterable[Entry],
    *,
    node_name: str = "",
    kubernetes_version: str | None = None,
    silenced: Collection[str] = (),
    known: Surroundings = NOTHING_KNOWN,
) -> tuple[Judged, ...]:
    """Return a verdict for every entry, in the kubelet's order (by name, in bytes).

    Two files of one pod: each but the last gets a finding `same-pod`. Two pods on one port of the node: the later
    file gets a finding `port-collision` and no mirror pod.
    """
    ordered = sorted(entries, key=lambda entry: entry.name.encode("utf-8", "surrogateescape"))
    judged = [
        Judged(entry.name, _judge_entry(entry, node_name, kubernetes_version, silenced, known))
        for entry in ordered
    ]
    winners = {one.verdict.pod: one.file for one in judged if one.verdict.kubelet == "accepts"}
    marked = [_mark_loser(one, winners) for one in judged]
    return tuple(_mark_collisions(marked, winners))


def unrendered(problem: Problem) -> Judged:
    """The verdict on a template that could not be rendered: the kubelet would get no manifest."""
    place = problem.place
    line = place.line if place else None
    finding = Finding("template", "error", "", line, None, problem.message, problem.hint)
    return Judged(place.file if place else "", Verdict("rejects", "rejects", None, (finding,)))


def _judge_entry(
    entry: Entry, node_name: str, version: str | None, silenced: Collection[str], known: Surroundings
) -> Verdict:
    if entry.name.startswith("."):
        return IGNORED
    if entry.data is not None:
        return judge(
            entry.data,
            file_name=entry.name,
            node_name=node_name,
            kubernetes_version=version,
            silenced=silenced,
            known=known,
        )
    if entry.special:
        message = "is no regular file; a pipe here stops the kubelet from reading any manifest"
        return replace(IGNORED, findings=(_finding("special-file", "error", message),))
    found = "link to nothing" if entry.dangling else "folder"
    message = f"is a {found}, which the kubelet does not read and complains about every 20 s"
    return replace(IGNORED, findings=(_finding("stray-folder", "warning", message),))


def _finding(rule: str, severity: str, message: str, path: str = "", hint: str = "") -> Finding:
    return Finding(rule, severity, path, None, None, message, hint)


def _mark_loser(one: Judged, winners: dict[PodRef | None, str]) -> Judged:
    winner = winners.get(one.verdict.pod)
    if one.verdict.kubelet != "accepts" or winner in {None, one.file}:
        return one
    message = f"the pod `{one.verdict.pod}` is defined by `{winner}` too, which wins as its name comes later"
    hint = "remove one of the two; removing either ends the running pod until the kubelet's next poll"
    return _with(one, _finding("same-pod", "error", message, "metadata.name", hint))


def _mark_collisions(judged: list[Judged], winners: dict[PodRef | None, str]) -> list[Judged]:
    running = [
        one for one in judged if one.verdict.kubelet == "accepts" and winners.get(one.verdict.pod) == one.file
    ]
    marked: dict[str, Judged] = {}
    for position, later in enumerate(running):
        for earlier in running[:position]:
            later = _mark_collision(later, earlier)  # noqa: PLW2901 - each earlier file may add a finding
        marked[later.file] = later
    return [marked.get(one.file, one) for one in judged]


def _mark_collision(later: Judged, earlier: Judged) -> Judged:
    for port in later.verdict.host_ports:
        if any(port.collides(other) for other in earlier.verdict.host_ports):
            message = f"the port {port} of the node is taken by `{earlier.file}` too: the kubelet admits one of the two"
            marked = _with(later, _finding("port-collision", "error", message, path_text(port.path)))
            later = replace(marked, verdict=replace(marked.verdict, mirror="rejects", depends=()))
    return later


def _with(one: Judged, finding: Finding) -> Judged:
    return replace(one, verdict=replace(one.verdict, findings=(*one.verdict.findings, finding)))
