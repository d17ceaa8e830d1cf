"""What a node's history keeps of a run: what it wrote, and what came of that."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from podwright.errors import HostError
from podwright.manifests.workload import whatever_slot
from podwright.operations.converge_progress import NodeRun
from podwright.operations.history_of_others import fates_of_found, proof_of
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome
from podwright.operations.world import Settings, World
from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.health import Health
from podwright.plan.history import Fate, Revision, newest_first
from podwright.plan.observed import Observation, Unavailable
from podwright.plan.run import Run
from podwright.plan.stages import Stage
from podwright.problem import Problem
from podwright.remote.host import Host
from podwright.remote.node.apply import WriteOrder
from podwright.remote.node.history import Fates, record_fates

#: of the reason why a revision failed
MAX_REASON = 500
NOT_RECORDED = "the node could not record in its history what came of this"


def revisions_of(
    stage: Stage, observation: Observation, run: Run, settings: Settings
) -> tuple[Revision, ...]:
    """What the stage writes, with whose run it is and why."""
    there = {whatever_slot(file.name) for file in observation.files}
    return tuple(
        replace(
            kept,
            who=run.who,
            when=run.since,
            run=run.id,
            command=run.command,
            why=settings.why,
            created=whatever_slot(kept.name) not in there,
        )
        for change in stage.changes
        if (kept := change.subject.revision(change.action))
    )


def with_fates(
    run: NodeRun, order: WriteOrder, host: Host, world: World, before: Iterable[Health] = ()
) -> NodeRun:
    """Once the node has recorded what was proven and what was not; what was neither stays as written.

    `before`: how what lay there did until it was replaced.
    """
    fates = (*_fates(run, order), *fates_of_found(run, order, before))
    lost = isinstance(run.proof.view.files, Unavailable)
    if not fates or lost or world.interruption.impatient:
        return run
    kept = _recorded(host, run.prepared.observation, Fates(order.state_dir, fates))
    return run if kept else run.warned(NOT_RECORDED)


def settle(plan: Prepared, outcome: Outcome, host: Host) -> None:
    """Record as good what an earlier run wrote and did not prove, and what is proven by now."""
    seen = plan.observation
    for health in outcome.value.healths:
        expected = health.expectation
        newest = (*seen.unproven, *newest_first(seen.history or (), expected.file_name)[:1])
        kept = [one for one in newest if one.name == expected.file_name and _is_of(one, expected)]
        if not health.proven or expected.wait_for is WaitFor.FILE:
            continue
        if kept and kept[0].fate in (Fate.WRITTEN, Fate.FAILED):
            record_fate(Fate.GOOD, proof_of(health), tuple(kept[:1]), plan, host)


def _is_of(revision: Revision, expected: Expectation) -> bool:
    """What is not marked is known by its bytes."""
    if expected.digest:
        return revision.digest == expected.digest
    return hashlib.sha256(revision.content).hexdigest() in expected.sha256s


def written(names: Collection[str], prepared: Prepared, run: Run) -> tuple[Revision, ...]:
    """What the run wrote of these files."""
    return tuple(
        replace(revision, run=run.id)
        for change in prepared.plan.changes
        if change.name in names and (revision := change.subject.revision(change.action))
    )


def record_fate(fate: Fate, proof: str, kept: tuple[Revision, ...], prepared: Prepared, host: Host) -> bool:
    """What came of these revisions after they were proven, or were not; False if the node could not record it."""
    words = {"at": round(prepared.observation.clock), "proof": proof}
    state_dir = prepared.desired.node.settings.state_dir or ""
    return _recorded(host, prepared.observation, Fates(state_dir, ((fate, words, kept),)))


def _recorded(host: Host, observation: Observation, fates: Fates) -> bool:
    try:
        return record_fates(host, observation, fates)
    except HostError:
        return False


def reason_of(problems: Iterable[Problem]) -> str:
    return "; ".join(map(str, problems))[:MAX_REASON]


def _fates(
    run: NodeRun, order: WriteOrder
) -> Iterator[tuple[Fate, Mapping[str, object], tuple[Revision, ...]]]:
    now = round(run.proof.view.clock + run.proof.view.uptime)
    healths = {health.expectation.file_name: health for health in run.proof.healths}
    for revision in order.revisions:
        health = healths.get(revision.name)
        if not health or health.expectation.wait_for is WaitFor.FILE or not run.stands(revision.name):
            continue
        if health.file_is_lost:
            # another run wrote over it, so nothing is known of its pod
            continue
        proof = proof_of(health) if health.proven else reason_of(run.problems)
        fate = Fate.GOOD if health.proven else Fate.FAILED
        yield fate, {"at": now, "uid": health.uid, "proof": proof}, (revision,)
