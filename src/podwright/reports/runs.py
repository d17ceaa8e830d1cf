"""Runs of the journal as rows and documents."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.reports.documents import API_VERSION
from podwright.state.journal import NodeEntry, RecordedRun

Row = tuple[str, ...]


def runs_rows(found: Iterable[RecordedRun]) -> list[Row]:
    """A row a run."""
    header = ("RUN", "COMMAND", "BY", "NODES", "CHANGED", "FAILED", "UNREACHED", "UNKNOWN", "RESULT")
    return [header, *(_run_row(run) for run in found)]


def _run_row(run: RecordedRun) -> Row:
    started = run.started
    named = (started.nodes, run.changed, run.failed, run.unreached, run.unknown)
    counts = map(len, named)
    by = started.operator.partition(" ")[0]
    return (started.run, started.command, by, *map(str, counts), _result(run))


def _result(run: RecordedRun) -> str:
    if run.ended is None:
        return "not ended"
    return f"exit {run.ended.code}" if run.ended.code else "done"


def run_rows(run: RecordedRun) -> list[Row]:
    """A row a node, those that failed last; a node that the run never came to has a row too.

    Of a run without an end nobody knows that: what it wrote on a node is recorded here once the node is done.
    """
    header = ("NODE", "STATUS", "CHANGES", "SECONDS", "PROBLEMS")
    entries = {entry.node: entry for entry in run.nodes}
    asks = f"the run did not end: see `podwright rollout status {run.started.run}`"
    rest = ("not reached", "-", "-", "-") if run.ended else ("unknown", "unknown", "-", asks)
    missing = [(name, *rest) for name in run.started.nodes if name not in entries]
    ordered = sorted(entries.values(), key=lambda entry: entry.failed)
    return [header, *map(_node_row, ordered), *missing]


def _node_row(entry: NodeEntry) -> Row:
    changes = ", ".join(entry.applied) or "-"
    return (entry.node, entry.status, changes, f"{entry.seconds:.1f}", "; ".join(entry.problems) or "-")


def runs_document(found: Iterable[RecordedRun]) -> dict[str, object]:
    """For `-o json` and `-o yaml`; fields are only ever added within one apiVersion."""
    return {"apiVersion": API_VERSION, "kind": "RunList", "runs": [_run(run) for run in found]}


def run_document(run: RecordedRun) -> dict[str, object]:
    """One run; fields are only ever added within one apiVersion."""
    return {"apiVersion": API_VERSION, "kind": "Run", **_run(run)}


def _run(run: RecordedRun) -> dict[str, object]:
    started, ended = run.started, run.ended
    return {
        "run": started.run,
        "command": started.command,
        "by": started.operator,
        "started": started.at,
        "ended": ended.at if ended else None,
        "exitCode": ended.code if ended else None,
        "nodes": [
            {
                "node": entry.node,
                "status": entry.status,
                "applied": list(entry.applied),
                "problems": list(entry.problems),
                "seconds": entry.seconds,
            }
            for entry in run.nodes
        ],
        "failed": list(run.failed),
        "unreached": list(run.unreached),
        "changed": list(run.changed),
        "unknown": list(run.unknown),
    }
