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


def found_before(stage: Stage) -> tuple[Revision, ...]:
    """What the stage replaces, and what it removes of others."""
    return tuple(
        found
        for change in stage.changes
        if change.pending and (found := change.subject.found())
        if change.subject.revision(change.action) or (change.action is Action.DELETE and not found.number)
    )


def others_before(stage: Stage, prepared: Prepared, world: World, settings: Settings) -> tuple[Health, ...]:
    """How the pods do whose files others wrote and the stage replaces or removes."""
    subjects = (change.subject for change in stage.changes if change.action in (Action.UPDATE, Action.DELETE))
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
    """What is adopted as it lies, which the history does not have as good already: it follows what it has.

    It is of no run: to take back what a run did never removes what was there before it.
    """
    adopted = (change.subject.found() for change in stage.changes if change.action is Action.ADOPT)
    # what has a generation of its own was written by podwright
    return tuple(
        replace(
            found,
            number=newest[0].number + 1 if newest else 0,
            who=run.who,
            when=run.since,
            command=run.command,
            why=settings.why,
        )
        for found in adopted
        if found and not found.number
        for newest in [newest_first(observation.history or (), found.name)[:1]]
        if not newest or (newest[0].digest, newest[0].fate) != (found.digest, Fate.GOOD)
    )


def fates_of_found(
    run: NodeRun, order: WriteOrder, before: Iterable[Health]
) -> Iterator[tuple[Fate, Mapping[str, object], tuple[Revision, ...]]]:
    """What was there before podwright is good if it runs as it lies, and nothing is known of it otherwise."""
    now = round(run.proof.view.clock + run.proof.view.uptime)
    for revisions, healths in ((order.found, before), (order.taken_over, run.proof.healths)):
        proven = {one.expectation.file_name: one for one in healths if one.proven}
        for revision in revisions:
            health = proven.get(revision.name)
            if health and health.expectation.wait_for is not WaitFor.FILE:
                yield Fate.GOOD, {"at": now, "uid": health.uid, "proof": proof_of(health)}, (revision,)


def proof_of(health: Health) -> str:
    agree = ", ".join(state.source for state in health.sources if state.agrees is Agreement.YES)
    return f"{agree}; readiness not checked" if health.readiness_unchecked else agree
