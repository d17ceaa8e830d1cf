"""Results as rows of a table, and a run's summary in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from podwright.inventory.rollout_settings import OnFailure
from podwright.operations.report import Convergence, Outcome, Report, Status
from podwright.plan.changes import Action, Change, Subject
from podwright.plan.health import Agreement
from podwright.plan.provision.item import Thing
from podwright.plan.reasons import Difference, because
from podwright.plan.rollout_batches import Rollout, batches_of
from podwright.text import abbreviated, counted

if TYPE_CHECKING:
    from podwright.operations.drift import NodeDrift
    from podwright.plan.drift_history import DriftHistory

Row = tuple[str, ...]

SHOWN_BATCHES = 5
_PLANNED = (Status.PENDING, Status.CONFLICT, Status.REFUSED)
_APPLIED = {
    "written": "wrote",
    "deleted": "deleted",
    "adopted": "took over",
    "given up": "gave up",
    "restored": "took back",
    "reverted": "rolled back",
    "removed": "removed",
    "released": "released",
    "returned": "restored the original of",
}


def plan_rows(plans: Iterable[Outcome]) -> list[Row]:
    """What is to be changed; rows that many nodes share stand once, with the nodes."""
    nodes: dict[Row, list[str]] = {}
    for outcome in plans:
        stages = outcome.value.plan.stages if outcome.value.plan else ()
        for number, stage in enumerate(stages, start=1):
            for change in stage.changes:
                if change.action is not Action.KEEP:
                    order = f"stage {number} of {len(stages)}" if len(stages) > 1 else ""
                    row = (str(change.action), change.name, "; ".join(filter(None, (_why(change), order))))
                    nodes.setdefault(row, []).append(outcome.node)
    header = ("NODE", "ACTION", "FILE", "DETAIL")
    return [header, *((abbreviated(names), *row) for row, names in nodes.items())]


def plan_summary(plans: Iterable[Outcome]) -> str:
    """`1 to create, 0 to update, …`; what should be absent and is has nothing to keep."""
    changes = [change for outcome in plans if outcome.value.plan for change in outcome.value.plan.changes]
    actions = [
        change.action for change in changes if because(Difference.ABSENT_ALREADY) not in change.reasons
    ]
    shown = (Action.CREATE, Action.UPDATE, Action.DELETE, Action.KEEP)
    rare = (Action.RESTART, Action.RELEASE, Action.ADOPT)
    orphans = actions.count(Action.ORPHAN)
    return ", ".join(
        [
            *(f"{actions.count(action)} to {action}" for action in shown),
            *(f"{actions.count(action)} to {action}" for action in rare if action in actions),
            *([f"{orphans} orphaned"] if orphans else []),
        ]
    )


def batch_lines(plans: Iterable[Outcome], rollout: Rollout) -> list[str]:
    """`in 3 batches: cp-1, then cp-2, then cp-3`, and the way they go; no batches if all nodes change at once."""
    plans = tuple(plans)
    pending = [outcome.node for outcome in plans if outcome.status is Status.PENDING]
    batches = batches_of(pending, rollout)
    way = _way(rollout, len(pending) + sum(outcome.failed for outcome in plans))
    if len(batches) < 2:
        return way
    shown = [abbreviated(names) for names in batches[:SHOWN_BATCHES]]
    more = [f"{len(batches) - SHOWN_BATCHES} more"] if len(batches) > SHOWN_BATCHES else []
    return [f"in {len(batches)} batches: {', then '.join((*shown, *more))}", *way]


def _way(rollout: Rollout, total: int) -> list[str]:
    """What of the way is not the default, in one line."""
    limit = rollout.stops_at(total)
    said = (
        f"each batch is watched for {rollout.soak:g} s" if rollout.soak else "",
        f"up to {counted(limit - 1, 'node')} may fail" if limit > 1 else "",
        "asks before each further batch" if rollout.pause else "",
        f"on failure: {rollout.on_failure}" if rollout.on_failure is not OnFailure.STOP else "",
        f"runs {counted(len(rollout.hooks), 'hook')} on this machine" if rollout.hooks else "",
    )
    found = "; ".join(filter(None, said))
    return [found] if found else []


def _why(change: Change[Subject]) -> str:
    """Of a pod's file whether the pod restarts; what restarts of the rest of a node is a change of its own."""
    if change.action is Action.CONFLICT:
        return ""  # it is an error, which is told below with what to do about it
    of_pod = not isinstance(change.subject, Thing)
    stays = of_pod and change.action is Action.UPDATE and not change.restarts
    return f"{change.reason}; no restart" if stays else change.reason


def outcome_rows(outcomes: Sequence[Outcome]) -> list[Row]:
    """A row a node, those that failed last: a person sees the end of a long table."""
    header = ("NODE", "STATUS", "CHANGES", "PROOF", "SECONDS")
    return [header, *(_outcome_row(one) for one in sorted(outcomes, key=lambda one: one.failed))]


def _outcome_row(outcome: Outcome) -> Row:
    seconds = f"{outcome.seconds:.1f}" if outcome.seconds else "-"
    return (outcome.node, str(outcome.status), _changes(outcome), _proof(outcome), seconds)


def _changes(outcome: Outcome) -> str:
    if outcome.status in _PLANNED and outcome.value.plan and not outcome.value.applied:
        changes = outcome.value.plan.changes
        planned = (change for change in changes if change.pending or change.action is Action.CONFLICT)
        return ", ".join(f"{change.action} {change.name}" for change in planned) or "-"
    applied = [
        f"{_APPLIED[entry.what]} {entry.file_name}"
        for entry in outcome.value.applied
        if entry.what in _APPLIED
    ]
    return ", ".join(applied) or "-"


def _proof(outcome: Outcome) -> str:
    """Which sources agree, and how long an update left nothing running."""
    if not outcome.value.healths:
        return _observed_again(outcome)
    unchecked = sum(health.readiness_unchecked for health in outcome.value.healths)
    proven = [health for health in outcome.value.healths if health.proven and not health.readiness_unchecked]
    agreed = [entry.source for entry in proven[0].sources if entry.agrees is Agreement.YES] if proven else []
    by = f" by {', '.join(agreed)}" if agreed else ""
    runs = [f"{unchecked} running, readiness not checked"] if unchecked else []
    gaps = [f"nothing ran for at most {gap.seconds:.1f} s" for gap in outcome.value.gaps]
    return "; ".join((f"{len(proven)}/{len(outcome.value.healths)}{by}", *runs, *gaps))


def _observed_again(outcome: Outcome) -> str:
    """Of a node that was itself changed: each of its things counts as changed only once it was seen to be."""
    if outcome.status is not Status.CHANGED or not outcome.value.plan:
        return "-"
    subjects = [change.subject for change in outcome.value.plan.pending]
    things = {subject.name for subject in subjects if isinstance(subject, Thing)}
    seen = things.intersection(entry.file_name for entry in outcome.value.applied if entry.what != "restored")
    return f"{len(seen)}/{len(things)} observed again" if things else "-"


def report_summary(report: Report[Convergence]) -> str:
    """`3 changed, 1 failed`."""
    counts = [(status, report.count(status)) for status in Status]
    plans = [outcome.value.plan for outcome in report.nodes if outcome.value.plan]
    orphans = sum(change.action is Action.ORPHAN for plan in plans for change in plan.changes)
    shown = [f"{count} {status}" for status, count in counts if count]
    return ", ".join([*shown, counted(orphans, "orphaned file")] if orphans else shown)


def drift_summary(report: Report[NodeDrift], history: DriftHistory | None = None) -> str:
    """`3 nodes, 1 finding, 2 waived, 1 not fully checked`; compared with a check before, how many are new and mended."""
    from podwright.operations.drift import findings_of

    unchecked = sum(bool(node.problems) for node in report.nodes)
    parts = [counted(len(report.nodes), "node"), counted(len(findings_of(report)), "finding")]
    if history and history.before:
        parts.append(compared(report))
    excused = [entry.excuse for node in report.nodes for entry in node.value.excused]
    parts += [
        f"{excused.count(kind)} {kind.replace('-', ' ')}"
        for kind in ("in-flux", "held", "waived")
        if kind in excused
    ]
    return ", ".join([*parts, f"{unchecked} not fully checked"] if unchecked else parts)


def compared(report: Report[NodeDrift]) -> str:
    """`2 new, 1 mended`."""
    from podwright.plan.drift_history import key_of

    new = sum(
        key_of(finding) in node.value.course.new for node in report.nodes for finding in node.value.findings
    )
    return f"{new} new, {sum(len(node.value.course.mended) for node in report.nodes)} mended"
