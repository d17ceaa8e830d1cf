"""Judges a folder as the kubelet would read it: which files count, which of two wins, which ports collide.

Source: kubelet `config/file.go:extractFromDir` (no filter by extension, dot files skipped, sorted by name) and
`config/config.go` (the last of two with one name wins), and recordings of v1.36.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from podwright.pods.collisions import Claim, Collision, collisions
from podwright.problem import Place, Problem
from podwright.validation.findings import Finding, path_text
from podwright.validation.judge import Verdict, ignored, judge
from podwright.validation.node_and_cluster import NOTHING_KNOWN, Surroundings


class Entry(Struct, frozen=True):
    """A name in a folder: `data` for a regular file (links followed); None for a folder, with `special` a pipe,
    socket or device, with `dangling` a link to nothing."""

    name: str
    data: bytes | None = None
    special: bool = False
    dangling: bool = False


def judge_folder(
    entries: Iterable[Entry],
    *,
    node_name: str = "",
    kubernetes_version: str | None = None,
    silenced: Collection[str] = (),
    known: Surroundings = NOTHING_KNOWN,
) -> tuple[Verdict, ...]:
    """Return a verdict for every entry, in the kubelet's order (by name, in bytes).

    Two files of one pod: each but the last gets a finding `same-pod`. Two pods on one port of the node: the later
    file gets a finding `port-collision` and no mirror pod.
    """
    ordered = sorted(entries, key=lambda entry: entry.name.encode("utf-8", "surrogateescape"))
    judged = [_judge_entry(entry, node_name, kubernetes_version, silenced, known) for entry in ordered]
    return tuple(_mark_refused(list(_mark_losers(judged))))


def unrendered(problem: Problem) -> Verdict:
    """The verdict on a template that could not be rendered: the kubelet would get no manifest."""
    place = problem.place or Place("")
    finding = Finding("template", "error", "", place.line, place.column, problem.message, problem.hint)
    return Verdict(place.file, "rejects", "rejects", None, (finding,))


def _judge_entry(
    entry: Entry, node_name: str, version: str | None, silenced: Collection[str], known: Surroundings
) -> Verdict:
    if entry.name.startswith("."):
        return ignored(entry.name)
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
        message = "is not a regular file; a pipe here stops the kubelet from reading any manifest"
        return ignored(entry.name, _finding("special-file", "error", message))
    found = "link to nothing" if entry.dangling else "folder"
    message = f"is a {found}, which the kubelet does not read and complains about every 20 s"
    return ignored(entry.name, _finding("stray-folder", "warning", message))


def _finding(rule: str, severity: str, message: str, path: str = "", hint: str = "") -> Finding:
    return Finding(rule, severity, path, None, None, message, hint)


def _mark_losers(judged: list[Verdict]) -> Iterator[Verdict]:
    """Of several files of one pod the last name wins, so each earlier one has no effect."""
    lost = {found.file_name: found for found in collisions(_claims(reversed(judged))) if found.port is None}
    for one in judged:
        found = lost.get(one.file)
        if found is None:
            yield one
            continue
        both = f"`{found.file_name}` and `{found.other}` both"
        message = f"{both} define the pod `{found.pod}`; the latter wins as its name comes later"
        hint = "remove one of the two; removing either ends the running pod until the kubelet's next poll"
        yield replace(_with(one, _finding("same-pod", "error", message, "metadata.name", hint)), lost=True)


def _mark_refused(judged: list[Verdict]) -> Iterator[Verdict]:
    """Of two pods on one port of the node the later file's is refused."""
    taken: dict[str, list[Collision]] = {}
    for found in collisions(_claims(one for one in judged if not one.lost)):
        taken.setdefault(found.file_name, []).append(found)
    for one in judged:
        marked = one
        for found in taken.get(one.file, ()):
            both = f"`{found.other}` and `{found.file_name}` both"
            message = f"{both} take the port {found.port} of the node: the kubelet admits one of the two"
            hint = "give one another `hostPort`"
            path = path_text(found.port.path) if found.port else ""
            marked = _with(marked, _finding("port-collision", "error", message, path, hint))
            marked = replace(marked, mirror="rejects", depends=())
        yield marked


def _claims(judged: Iterable[Verdict]) -> Iterator[Claim]:
    for one in judged:
        if one.kubelet == "accepts" and one.pod:
            yield Claim(one.file, one.pod, one.host_ports)


def _with(one: Verdict, finding: Finding) -> Verdict:
    return replace(one, findings=(*one.findings, finding))
