"""Checks of nodes as a page: a column for each check that some node does not pass, and one for all the others."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from podwright.plan.node_checks.check import NodeFinding, Result, Severity
from podwright.reports.node_checks import check_summary, is_fine
from podwright.reports.page import NODE, Card, Cell, Item, Page, Row, State, Wording, unchecked_item

if TYPE_CHECKING:
    from podwright.operations.node_check import NodeChecked
    from podwright.operations.report import NodeResult, Report

_STATES = {
    Result.FAIL: State.CRITICAL,
    Result.WARN: State.DRIFT,
    Result.UNKNOWN: State.UNKNOWN,
    Result.NOT_APPLICABLE: State.WELL,
    Result.PASS: State.WELL,
}
_WORDING = Wording(
    "check",
    ("check", "seen", "expected"),
    {
        State.CRITICAL: "fail",
        State.DRIFT: "warn",
        State.UNKNOWN: "unknown",
        State.EXCUSED: "waived",
        State.WELL: "pass",
    },
)
_OTHERS = "other checks"
#: one command alone, of which nothing must be filled in
_COMMAND = re.compile(r"`([^`]+)`")
_TO_FILL_IN = re.compile(r"\b[A-Z]{4,}\b")


def checks_page(report: Report[NodeChecked], facts: tuple[tuple[str, str], ...]) -> Page:
    found = [finding for result in report.nodes for finding in result.value.findings]
    columns = _columns(finding for finding in found if not is_fine(finding))
    rows = tuple(_row(result, columns) for result in report.nodes)
    return Page("podwright node check", check_summary(report), facts, rows, report.notes, _WORDING)


def _columns(findings: Iterable[NodeFinding]) -> tuple[str, ...]:
    """The worst first, and of those what most nodes have."""
    counts = Counter((_state(finding).rank, _is_warning(finding), finding.check.id) for finding in findings)
    order = sorted(counts, key=lambda one: (one[:2], -counts[one]))
    return tuple(dict.fromkeys(name for _, _, name in order))


def _is_warning(finding: NodeFinding) -> bool:
    return finding.check.severity is Severity.WARNING


def _row(result: NodeResult[NodeChecked], columns: tuple[str, ...]) -> Row:
    by_check = {finding.check.id: finding for finding in result.value.findings}
    cells = {name: _cell(by_check[name]) for name in columns if _matters(by_check.get(name))}
    others = tuple(finding for name, finding in by_check.items() if name not in columns and _matters(finding))
    if others:
        evidence = tuple(_evidence(finding) for finding in others)
        passed = Item(State.WELL, _OTHERS, "", f"{len(others)} pass")
        cells[_OTHERS] = Cell(State.WELL, f"{len(others)} pass", Card((passed,), evidence))
    of_node = tuple(unchecked_item(problem, command=("node", "check")) for problem in result.problems)
    if of_node:
        cells[NODE] = Cell(State.UNKNOWN, of_node[0].kind, Card(of_node))
    return Row(result.node, cells, blind=not by_check)


def _matters(finding: NodeFinding | None) -> bool:
    return finding is not None and finding.result is not Result.NOT_APPLICABLE


def _cell(finding: NodeFinding) -> Cell:
    state = _state(finding)
    passed = Item(state, f"{finding.check.id} passes", "", "")
    item = passed if state is State.WELL else _item(finding, state)
    return Cell(state, _WORDING.states[state], Card((item,), (_evidence(finding),)))


def _state(finding: NodeFinding) -> State:
    return State.EXCUSED if finding.waived_until else _STATES[finding.result]


def _item(finding: NodeFinding, state: State) -> Item:
    check = finding.check
    unknown = finding.result is Result.UNKNOWN
    if finding.waived_until:
        hint, mends = f"waived until {finding.waived_until}: {finding.waived_because}", ""
    else:
        hint, mends = f"why: {check.why}", "" if unknown else finding.mend
    if finding.waiver_ended:
        hint += f"; its waiver ended on {finding.waiver_ended}: {finding.waived_because}"
    command = None if not finding.judged.mend and _TO_FILL_IN.search(mends) else _COMMAND.fullmatch(mends)
    if mends:
        hint += f"; mend: {'the command below' if command else mends}{_by_provision(finding.provision)}"
    remedy = tuple(shlex.split(command[1])) if command else ()
    return Item(state, _WORDING.states[state], "", finding.problem, hint, remedy, on_node=bool(remedy))


def _by_provision(setting: str) -> str:
    """The inventory's line that mends it too, if there is one."""
    if not setting:
        return ""
    return f", or `podwright_node: {{{setting}}}` in the inventory and `podwright node provision`"


def _evidence(finding: NodeFinding) -> tuple[str, str, str]:
    """What was seen of a check that passes is another on each node, so only a problem's row has it."""
    judged = finding.judged
    seen = judged.result.value if is_fine(finding) else judged.seen
    return finding.check.id, seen, f"{judged.expected}{f' ({judged.source})' if judged.source else ''}"
