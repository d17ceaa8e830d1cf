"""What a push would change in the files of all nodes, as unified diffs; one that many nodes share stands once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from podwright.manifests.workload import whatever_slot
from podwright.operations.report import Outcome
from podwright.plan.changes import Change, Subject
from podwright.plan.diff import unified_diff
from podwright.plan.foreign_files import AS_IT_LIES
from podwright.plan.reasons import Difference
from podwright.redaction.redactor import Redactor
from podwright.reports.colour import style
from podwright.reports.grouping import Alike, alike, without_particulars
from podwright.text import abbreviated, printable

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def diff_lines(outcomes: Iterable[Outcome], redactor: Redactor) -> Iterator[str]:
    """Each diff below `# NODES`; those that differ in names, addresses and digests alone are shown once."""
    found = [
        (outcome.node, text)
        for outcome in outcomes
        for text in _differences(outcome.value.plan.pending if outcome.value.plan else (), redactor)
    ]
    for one in alike(found, by=changed_words):
        yield style(f"# {printable(_nodes(one))}", bold=True)
        for line in printable(one.text).splitlines():
            colour = _COLOURS.get(line[:1])
            yield style(line, fg=colour) if colour else line


def _differences(pending: tuple[Change[Subject], ...], redactor: Redactor) -> Iterator[str]:
    """A workload that goes to its other slot is one difference, not a file that comes and one that goes."""
    ending = {whatever_slot(change.name): change for change in pending if change.ends}
    beside = {whatever_slot(change.name) for change in pending if change.starts_beside}
    for change in pending:
        name = whatever_slot(change.name)
        if change.starts_beside or not (change.ends and name in beside):
            yield difference(change, redactor, ending.get(name) if change.starts_beside else None)


def changed_words(node: str, text: str) -> str:
    """What a diff takes away and adds, whatever stands beside it; all of it, if words only change their places."""
    old: Counter[str] = Counter()
    new: Counter[str] = Counter()
    heads = []
    text = without_particulars(node, text)
    for line in text.splitlines():
        if line.startswith(("--- ", "+++ ", "old mode", "new mode", "# ")):
            heads.append(line)
        elif line.startswith("-"):
            old.update(line[1:].split())
        elif line.startswith("+"):
            new.update(line[1:].split())
    if not (old - new or new - old):
        return text
    return "\n".join([*heads, *sorted((old - new).elements()), "", *sorted((new - old).elements())])


def _nodes(one: Alike) -> str:
    if one.equal:
        return abbreviated(one.nodes)
    return f"{one.nodes[0]}; alike but for names, addresses and digests: {abbreviated(one.nodes[1:])}"


def difference(change: Change[Subject], redactor: Redactor, replaced: Change[Subject] | None = None) -> str:
    """What is written is never shown as nothing: if neither mode nor meaning changes, the reason stands for it."""
    old, new = change.subject.modes
    as_it_lies = any(reason.kind in AS_IT_LIES for reason in change.reasons)
    modes = f"old mode {old}\nnew mode {new}\n" if old != new and not as_it_lies else ""
    if any(reason.kind is Difference.LINK_REPLACED for reason in change.reasons):
        modes = f"# {change.name}: {change.reason}\n"
    text = unified_diff(change, redactor, replaced)
    if text:
        return modes + text
    return f"--- a/{change.name}\n+++ b/{change.name}\n" + (modes or f"# {change.reason}\n")
