"""Takes back what failed on a node by evidence: to its last good revision, or away if it is new there; and proves that."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import HostError
from podwright.manifests.workload import SUFFIX, in_both_slots
from podwright.operations.converge import apply_plan
from podwright.operations.desired import Desired, Rollback
from podwright.operations.desired_from_node import revision_for
from podwright.operations.history_records import NOT_RECORDED, reason_of, record_fate, written
from podwright.operations.prepare import Prepared, prepare
from podwright.operations.report import Outcome, Reverted, problems_on
from podwright.operations.world import Settings, World
from podwright.plan.failed_pod_evidence import Finding
from podwright.plan.history import Fate, Revision
from podwright.plan.observed import Observation
from podwright.problem import Problem
from podwright.remote.host import Host

#: why nothing is taken back
_STAYS = {
    Finding.UNKNOWN: "not every source could be asked, so whether its pod failed is not known",
    Finding.LATE: "nothing shows that its pod failed, it was only not proven in time",
}
WHY = "what was pushed failed"


class Reversion(Struct, frozen=True):
    """A push to one node that is done, and may have failed."""

    prepared: Prepared
    host: Host
    world: World
    settings: Settings

    def of(self, outcome: Outcome) -> Outcome:
        """The outcome with what came of what failed; nothing is taken back without evidence."""
        concerned = self._concerned(outcome)
        if not concerned or self.world.interruption.impatient:
            return outcome
        if Finding.FAILED in concerned.values() and not self._kubelet_reports:
            # it may only be cut off from the API, which many a good pod does not survive
            concerned = dict.fromkeys(concerned, Finding.UNKNOWN)
        staying = {name: _STAYS[what] for name, what in concerned.items() if what in _STAYS}
        stays = (f"`{name}` stays as it was written: {why}" for name, why in staying.items())
        outcome = replace(outcome, warnings=(*outcome.warnings, *stays))
        failed = tuple(name for name in concerned if name not in staying)
        if not failed or Finding.UNKNOWN in concerned.values():
            return outcome
        return self._taken_back(failed, outcome)

    def _concerned(self, outcome: Outcome) -> Mapping[str, Finding]:
        """What is known of each file that is to be taken back if its pod failed."""
        desired, settings = self.prepared.desired, self.settings
        return {
            name: what
            for name, what in (outcome.value.findings if desired.from_node is None else ())
            if (settings.goes_back(desired.node, name) if self._ran_before(name) else settings.remove_first)
        }

    def _ran_before(self, name: str) -> bool:
        """In either slot."""
        return any(self.prepared.observation.file(one) for one in in_both_slots([name]))

    def _is_needed(self, name: str, outcome: Outcome) -> bool:
        """Whether something must come in its place: it was there, or the pod that it started beside is gone by now."""
        gone = {entry.file_name for entry in outcome.value.applied if entry.what == "deleted"}
        there = self.prepared.observation.file(name) is not None
        return there or not gone.isdisjoint(in_both_slots([name]))

    @property
    def _kubelet_reports(self) -> bool:
        mirrors = self.world.mirrors
        if self.world.without_api:
            return True
        return not mirrors.unavailable and mirrors.hears_from(self.prepared.observation.node_name)

    def _taken_back(self, failed: tuple[str, ...], outcome: Outcome) -> Outcome:
        updated = tuple(name for name in failed if self._is_needed(name, outcome))
        desired = Desired(
            self.prepared.desired.node,
            absent=tuple(name for name in failed if name not in updated),
            from_node=Rollback(updated),
        )
        try:
            back = prepare(desired, self.host, self.world, self.settings)
        except HostError as error:
            return _failing(outcome, *_stands(problems_on(outcome.node, error)))
        after = apply_plan(back, self.host, self.world, replace(self.settings, why=WHY, confirm_within=0.0))
        reverted = tuple(undone(after, lambda name: _back_to(name, desired, back.observation)))
        if not reverted:
            return _failing(outcome, *_stands(after.problems))
        names = [one.file_name for one in reverted]
        kept = written(names, self.prepared, self.world.run)
        recorded = record_fate(Fate.REVERTED, reason_of(outcome.problems), kept, self.prepared, self.host)
        both = joined(outcome, after, reverted)
        both = _failing(both, *(_in_words(entry, outcome.node) for entry in reverted), *after.problems)
        return both if recorded else replace(both, warnings=(*both.warnings, NOT_RECORDED))


def _failing(outcome: Outcome, *problems: Problem) -> Outcome:
    return replace(outcome, problems=(*outcome.problems, *problems))


def _back_to(name: str, desired: Desired, observation: Observation) -> Revision | None:
    """None: it was removed, whatever the history has of a pod of that name."""
    known = observation.history and name not in desired.absent
    chosen = revision_for(name, None, observation) if known else None
    return chosen if isinstance(chosen, Revision) else None


def undone(after: Outcome, back_to: Callable[[str], Revision | None]) -> Iterator[Reverted]:
    """The files that were taken back, and to what."""
    proven = {health.expectation.file_name: health.proven for health in after.value.healths}
    restored = {entry.file_name for entry in after.value.applied if entry.what == "restored"}
    for name in dict.fromkeys(entry.file_name for entry in after.value.applied):
        if name not in restored:
            revision = back_to(name)
            yield Reverted(name, revision.number if revision else None, proven.get(name, False))


def _stands(problems: Iterable[Problem]) -> Iterator[Problem]:
    for one in problems:
        yield dataclasses.replace(one, message=f"what failed was not taken back: {one.message}")


def joined(outcome: Outcome, after: Outcome, reverted: tuple[Reverted, ...]) -> Outcome:
    """What was done first, and what of it was taken back."""
    one, two = outcome.value, after.value
    what = {"written": "reverted"}
    value = replace(
        one,
        applied=(
            *one.applied,
            *(replace(entry, what=what.get(entry.what, entry.what)) for entry in two.applied),
        ),
        healths=(*one.healths, *two.healths),
        gaps=(*one.gaps, *two.gaps),
        reverted=reverted,
    )
    return replace(outcome, value=value, warnings=(*outcome.warnings, *after.warnings))


def _in_words(one: Reverted, node: str) -> Problem:
    how = "was removed again" if one.revision is None else f"was rolled back to revision {one.revision}"
    name = one.file_name.removesuffix(SUFFIX)
    if one.proven:
        return Problem(
            f"`{one.file_name}` {how}, which is proven",
            "correct the manifest and push again; `--retry` pushes the same content once more",
            node=node,
        )
    return Problem(
        f"`{one.file_name}` {how}, which is not proven either",
        f"see what runs (`podwright manifest status`), and what else there is (`podwright manifest history {name}`)",
        node=node,
    )
