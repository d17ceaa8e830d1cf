"""What a node's history keeps of what others wrote: what is taken over, replaced or removed, good if its pod runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from podwright.operations.converge_progress import NodeRun
from podwright.operations.mirror_evidence import with_mirrors
from podwright.operations.prepare import Prepared
from podwright.operations.world import Settings, World
from podwright.plan.changes import Action
from podwright.plan.expectations import WaitFor
from podwright.plan.health import Agreement, Health
from podwright.plan.history import Fate, Revision, newest_first
from podwright.plan.manifest_files import ManifestFile
from podwright.plan.observed import Observation
from podwright.plan.proof import Proof
from podwright.plan.run import Run
from podwright.plan.stages import Stage
from podwright.remote.node.apply import WriteOrder


def found_before(stage: Stage, observation: Observation) -> tuple[Revision, ...]:
    """What the stage replaces, and what it removes of others, for a history that has nothing of that name.

    What the history has already of another's is named as it is there, for its fate.
    """
    return tuple(filter(None, (_as_there(found, observation) for found in _replaced(stage))))


def _replaced(stage: Stage) -> Iterator[Revision]:
    for change in stage.changes:
        found = change.subject.found() if change.pending else None
        if found and (
            change.subject.revision(change.action) or (change.action is Action.DELETE and not found.number)
        ):
            yield found


def _as_there(found: Revision, observation: Observation) -> Revision | None:
    newest = _newest(observation, found.name)
    if newest and not newest.run and newest.content == found.content:
        return newest
    kept = newest or any(name == found.name for name, _ in observation.newest)
    return found if found.number or not kept else None


def others_before(stage: Stage, prepared: Prepared, world: World, settings: Settings) -> tuple[Health, ...]:
    """How the pods do whose files others wrote and the stage replaces or removes."""
    # of what has a note, a removal has not read the history
    actions = (Action.UPDATE, Action.DELETE) if settings.adopt else (Action.UPDATE,)
    subjects = (change.subject for change in stage.changes if change.action in actions)
    wanted = [
        entry
        for subject in subjects
        if isinstance(subject, ManifestFile)
        for entry in subject.as_found(stage.wait_for)
    ]
    if not wanted:
        return ()
    proof = Proof.begin(
        wanted,
        prepared.observation,
        hold=settings.hold_on(prepared.desired.node),
        api=not world.mirrors.unavailable,
        at_rest=True,
    )
    return with_mirrors(proof, world.mirrors, world.clock()).healths


def taken_over(stage: Stage, observation: Observation, run: Run, settings: Settings) -> tuple[Revision, ...]:
    """What is adopted as it lies, or written over, which the history does not have as good already: it follows what it has.

    It is of no run: to take back what a run did never removes what was there before it.
    """
    adopted = (change.subject.found() for change in stage.changes if change.action is Action.ADOPT)
    over = (found for found in _replaced(stage) if _follows(found, observation))
    # what has a generation of its own was written by podwright
    return tuple(
        replace(
            found,
            number=newest.number + 1 if newest else 0,
            who=run.who,
            when=run.since,
            command=run.command,
            why=settings.why,
        )
        for found in (*adopted, *over)
        if found and not found.number
        for newest in [_newest(observation, found.name)]
        if not newest or (newest.digest, newest.fate) != (found.digest, Fate.GOOD)
    )


def _follows(found: Revision, observation: Observation) -> bool:
    """Whether another wrote it since the history's newest revision; of what has a note the history has it already."""
    there, newest = observation.file(found.name), _newest(observation, found.name)
    foreign = there is not None and not there.managed and not there.adopted
    return foreign and newest is not None and _as_there(found, observation) is None


def _newest(observation: Observation, name: str) -> Revision | None:
    """As far as its content is known: without the whole history, that of one that may yet be proven."""
    return next(iter(newest_first((*(observation.history or ()), *observation.unproven), name)), None)


def fates_of_found(
    run: NodeRun, order: WriteOrder, before: Iterable[Health]
) -> Iterator[tuple[Fate, Mapping[str, object], tuple[Revision, ...]]]:
    """What was there before podwright is good if it runs as it lies, and nothing is known of it otherwise."""
    now = round(run.proof.view.clock + run.proof.view.uptime)
    as_they_lie = {change.name for change in run.stage.changes if change.action is Action.ADOPT}
    still = (one for one in run.proof.healths if one.expectation.file_name in as_they_lie)
    proven = {one.expectation.file_name: one for one in (*before, *still) if one.proven}
    for revision in (*order.found, *order.taken_over):
        health = proven.get(revision.name)
        if health and health.expectation.wait_for is not WaitFor.FILE:
            yield Fate.GOOD, {"at": now, "uid": health.uid, "proof": proof_of(health)}, (revision,)


def proof_of(health: Health) -> str:
    agree = ", ".join(state.source for state in health.sources if state.agrees is Agreement.YES)
    return f"{agree}; readiness not checked" if health.readiness_unchecked else agree
