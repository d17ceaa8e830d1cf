"""The nodes' manifests as a page: each file of each node with what runs of it and what the API shows."""

from __future__ import annotations

from podwright.operations.report import NodeResult, Report
from podwright.operations.status import NodeStatus, PodStatus
from podwright.reports.page import NODE, Card, Cell, Item, Page, Row, State, unchecked_item
from podwright.reports.status_rows import pod_row
from podwright.text import counted


def status_page(report: Report[NodeStatus], facts: tuple[tuple[str, str], ...], *, without_api: bool) -> Page:
    """`without_api`: none was to be asked, so the nodes alone tell."""
    rows = tuple(_row(result, without_api) for result in report.nodes)
    return Page("podwright manifest status", _verdict(rows), facts, rows, report.notes)


def _verdict(rows: tuple[Row, ...]) -> str:
    cells = [cell for row in rows for name, cell in row.cells.items() if name != NODE]
    well = sum(cell.state is State.WELL for cell in cells)
    unseen = sum(row.blind for row in rows)
    said = f"{well} of {counted(len(cells), 'pod')} well on {counted(len(rows), 'node')}"
    return f"{said}; {counted(unseen, 'node')} not observed" if unseen else said


def _row(result: NodeResult[NodeStatus], without_api: bool) -> Row:
    cells = {pod.file: _cell(pod, without_api) for pod in result.value.pods}
    of_node = (
        *(unchecked_item(one, command=("manifest", "status")) for one in result.problems),
        *(Item(State.UNKNOWN, "warning", "", text) for text in result.warnings),
    )
    if of_node:
        cells[NODE] = Cell(State.UNKNOWN, of_node[0].kind, Card(of_node))
    return Row(result.node, cells, blind=bool(result.problems) and not result.value.pods)


def _cell(pod: PodStatus, without_api: bool) -> Cell:
    """An age is another on every node, so only a card of a problem has it."""
    state, words = _state(pod, without_api)
    _, name, written_by, _, image, sandbox, restarts, age, mirror = pod_row(pod)
    well = state is State.WELL
    evidence = (
        (
            "file",
            f"written by {written_by}",
            f"generation {pod.generation or '-'}, {image}",
        ),
        ("sandbox", sandbox, f"restarts: {restarts}" if well else f"restarts: {restarts}, age: {age}"),
        ("mirror", mirror, ""),
    )
    if well:
        return Cell(state, words, Card((), evidence))
    logs = ("manifest", "logs", pod.file.removesuffix(".yaml"))
    command = (logs if pod.runs is False else ("drift", "check")) if pod.owner == "podwright" else ()
    return Cell(state, words, Card((Item(state, state.value.word, name, words, "", command),), evidence))


def _state(pod: PodStatus, without_api: bool) -> tuple[State, str]:
    """How it stands, and what says so."""
    if pod.runs is False:
        return State.CRITICAL, pod.sandbox
    if pod.runs is None:
        return State.UNKNOWN, pod.sandbox
    if pod.shown is False:
        return State.DRIFT, f"mirror: {pod.mirror}"
    if pod.shown is None and not without_api:
        return State.UNKNOWN, f"mirror {pod.mirror}"
    return (State.DRIFT, "orphaned") if pod.orphaned else (State.WELL, pod.sandbox)
