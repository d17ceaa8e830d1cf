"""A drift check as a page: each file of each node with what was found, what shows it and what would change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from podwright.operations.report import NodeResult, Report
from podwright.plan.changes import Action, Change, Subject
from podwright.plan.drift import Finding, is_critical
from podwright.plan.drift_excuses import Excused
from podwright.plan.drift_history import NO_HISTORY, DriftHistory, Seen
from podwright.plan.health import Agreement, Health
from podwright.plan.history import Revision
from podwright.plan.reasons import Difference, because
from podwright.plan.words import message
from podwright.reports.drift_lines import since
from podwright.reports.drift_remedies import is_on_node, remedy
from podwright.reports.grouping import without_particulars
from podwright.reports.page import NODE, Card, Cell, Item, Page, Row, State, unchecked_item
from podwright.reports.run_rows import compared
from podwright.reports.timestamps import age, minute
from podwright.text import counted

if TYPE_CHECKING:
    from podwright.operations.drift import NodeDrift
    from podwright.operations.drift_evidence import Age

Evidence = tuple[str, str, str]
_EXCUSES = {"held": State.HELD, "waived": State.WAIVED}
#: nothing is waited for, so what does not agree yet does not agree
_AGREES = {Agreement.YES: "yes", Agreement.NOT_YET: "no", Agreement.UNKNOWN: "unknown"}
Diff = Callable[[Change[Subject]], str]
#: of different changes; those of the rest are left to `manifest diff`
MOST_DIFFS = 1000


class _Diffs:
    """Changes that differ in names, addresses and digests at most have one diff, which is the first node's: making one for
    each cell of a large fleet would take minutes."""

    def __init__(self, diff: Diff) -> None:
        self._diff = diff
        self._known: dict[tuple[str, ...], str] = {}

    def of(self, node: str, change: Change[Subject]) -> str:
        if not change.pending:
            return ""
        key = (
            change.name,
            *change.subject.modes,
            *_without(node, change.subject.before),
            "",
            *_without(node, change.subject.after),
        )
        if key not in self._known and len(self._known) < MOST_DIFFS:
            self._known[key] = self._diff(change)
        return self._known.get(key, "# not shown here: podwright manifest diff\n")


def _without(node: str, content: bytes | None) -> tuple[str, ...]:
    if content is None:
        return ()
    text = content.decode("utf-8", "replace")
    return (_without_particulars(node if node in text else "", text),)


#: most files of a fleet are the same on many nodes
_without_particulars = lru_cache(4096)(without_particulars)


def drift_page(
    report: Report[NodeDrift],
    facts: tuple[tuple[str, str], ...],
    diff: Diff,
    history: DriftHistory = NO_HISTORY,
) -> Page:
    """`diff` makes a change's text, which holds no secret."""
    diffs = _Diffs(diff)
    rows = tuple(_row(result, diffs, history) for result in report.nodes)
    if history.before:
        facts += (("compared with", f"{minute(history.before.at)}: {compared(report)}"),)
    return Page("podwright drift check", _verdict(report), facts, rows, report.notes)


def _verdict(report: Report[NodeDrift]) -> str:
    findings = [finding for node in report.nodes for finding in node.value.findings]
    nodes, hit = len(report.nodes), sum(bool(node.value.findings) for node in report.nodes)
    critical = sum(is_critical(finding.drift) for finding in findings)
    unchecked = sum(bool(node.problems) for node in report.nodes)
    rest = f"{unchecked} of {counted(nodes, 'node')} not fully checked" if unchecked else ""
    excused = sum(len(node.value.excused) for node in report.nodes)
    if not findings:
        nothing = f"{excused} excused, nothing else" if excused else "nothing"
        return (
            f"No drift seen, but {rest}" if rest else f"In sync: {counted(nodes, 'node')}, {nothing} differs"
        )
    urgent = f", {critical} critical" if critical else ", none critical"
    said = f"{counted(len(findings), 'finding')} on {hit} of {counted(nodes, 'node')}{urgent}"
    return f"{said}; {rest}" if rest else said


def _row(result: NodeResult[NodeDrift], diffs: _Diffs, history: DriftHistory) -> Row:
    value, plan = result.value, result.value.plan
    healths = {health.expectation.file_name: health for health in value.healths}
    changes = {change.name: change for change in plan.changes} if plan else {}
    found: dict[str, list[Item]] = {}
    for finding in value.findings:
        column = _column((finding.subject, finding.file), changes, healths)
        item = replace(_item(finding, column), since=since(finding, value.course, history))
        found.setdefault(column, []).append(item)
    for entry in value.excused:
        column = _column((entry.finding.subject, entry.finding.file), changes, healths)
        found.setdefault(column, []).append(_excused(entry, column))
    for seen in value.course.mended:
        found.setdefault(_column((seen.subject,), changes, healths), []).append(_mended(seen))
    own = {one.file_name: [_age_of(one)] for one in value.ages}
    for revision in value.changes:
        own.setdefault(revision.name, []).append(_last_change(revision))
    cells = {
        name: _cell(
            found.get(name, []),
            change,
            healths.get(name),
            own.get(name, []),
            diffs.of(result.node, change),
            unchecked=bool(result.problems),
        )
        for name, change in changes.items()
    }
    of_node = _in_order(
        (*found.get(NODE, []), *(unchecked_item(one, value.blind) for one in result.problems))
    )
    if of_node:
        cells[NODE] = Cell(of_node[0].state, _words(of_node), Card(of_node))
    return Row(result.node, cells, blind=plan is None)


def _column(names: tuple[str, ...], changes: dict[str, Change[Subject]], healths: dict[str, Health]) -> str:
    """Of the first of these files and pods that has one."""
    by_pod = (name for name, health in healths.items() if health.expectation.subject == names[0])
    return next((name for name in (*names, *by_pod) if name in changes), NODE)


def _cell(
    found: list[Item],
    change: Change[Subject],
    health: Health | None,
    own: list[Evidence],
    diff: str,
    *,
    unchecked: bool,
) -> Cell:
    items = _in_order(found)
    evidence: list[Evidence] = [
        (str(one.source), _AGREES[one.agrees], one.detail) for one in (health.sources if health else ())
    ]
    # another on every node, so only a card of a problem has it
    card = Card(items, (*evidence, *(own if items else ())), diff)
    if items:
        return Cell(items[0].state, _words(items), card)
    if change.action is not Action.KEEP or (health and health.missing):
        return Cell(State.EXCUSED, "ignored", card)
    # without an API that was meant to be asked, the nodes alone are what there is to rely on
    if health and health.unknown and unchecked:
        return Cell(State.UNKNOWN, f"{health.unknown[0].source} unknown", card)
    absent = because(Difference.ABSENT_ALREADY) in change.reasons
    return Cell(State.WELL, "absent" if absent else State.WELL.value.word, card)


def _age_of(one: Age) -> Evidence:
    file = f"the file was written {age(one.written)} ago" if one.written is not None else ""
    pod = f"its pod started {age(one.started)} ago" if one.started is not None else ""
    return "age", "", ", ".join(filter(None, (file, pod))) or "nothing is there"


def _last_change(written: Revision) -> Evidence:
    run = f"run {written.run}" if written.run else "before podwright"
    how = ", ".join(filter(None, (written.who, written.command, run, written.when)))
    return "last change", "", f"{how}: {written.why}" if written.why else how


def _item(finding: Finding, file_name: str) -> Item:
    state = State.CRITICAL if is_critical(finding.drift) else State.DRIFT
    words, command = remedy(finding, file_name)
    return Item(
        state, finding.drift.value, finding.subject, finding.detail, words, command, is_on_node(command)
    )


def _mended(seen: Seen) -> Item:
    return Item(
        State.WELL,
        f"mended: {seen.drift}",
        seen.subject,
        seen.detail,
        since=f"was there since {minute(seen.since)}",
    )


def _excused(entry: Excused, file_name: str) -> Item:
    item, why = _item(entry.finding, file_name), message(entry.why)
    return replace(
        item,
        state=_EXCUSES.get(entry.excuse, State.EXCUSED),
        kind=f"{entry.excuse}: {item.kind}",
        hint=f"it does not count: {why}",
    )


def _in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: item.state.rank))


def _words(items: tuple[Item, ...]) -> str:
    more = f" +{len(items) - 1}" if len(items) > 1 else ""
    return f"{items[0].kind}{more}"
