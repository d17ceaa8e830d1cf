"""Looks again at nodes that are done while their run goes on: a pod may fail after it was proven."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import HostError
from podwright.operations.drift import Checked, check_drift
from podwright.operations.history_records import record_fate, written
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome, Status
from podwright.operations.world import Settings, World
from podwright.plan.expectations import WaitFor
from podwright.plan.health import Health
from podwright.plan.history import Fate
from podwright.plan.observed import MirrorPod, ObservedPod
from podwright.problem import Problem

#: how often an interruption, and what the API shows, is looked for while a batch is watched
LISTEN_SECONDS = 0.25
_HINT = "see `podwright manifest status` and `podwright manifest logs --previous`"


class Regressions:
    """What the pods of nodes that are done were when they were first looked at again."""

    def __init__(self, plans: Mapping[str, Prepared], world: World, settings: Settings) -> None:
        self._plans = plans
        self._world = world
        self._settings = settings
        self._pods: dict[str, tuple[_Life, ...]] = {}

    def found(self, outcomes: Iterable[Outcome], soak: float = 0.0) -> tuple[Outcome, ...]:
        """The outcomes of nodes that have failed since, looked for now and, with `soak`, for so many seconds.

        Raises nothing: what cannot be checked is a failure of that node, unless Ctrl-C left it unchecked.
        """
        changed = (one for one in outcomes if one.status is Status.CHANGED)
        done = tuple(one for one in changed if self._plans[one.node].desired.items is None)
        failed = self._observed(done)
        if not soak or not done or failed:
            return failed
        end = self._world.clock() + soak
        while self._world.clock() < end and not self._world.interruption():
            time.sleep(LISTEN_SECONDS)
            if failed := tuple(self._unready(done)):
                return failed
        return self._observed(done)

    def _observed(self, done: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
        if self._world.interruption() or not done:
            return ()
        outcomes = {one.node: one for one in done}
        report = check_drift(
            tuple(self._plans[name].desired for name in outcomes), self._world, self._settings
        )
        return () if self._world.interruption() else tuple(self._regressed(outcomes, report.nodes))

    def _regressed(self, outcomes: Mapping[str, Outcome], report: Iterable[Checked]) -> Iterator[Outcome]:
        for checked in report:
            pods = tuple(_Life.of(pod) for pod in checked.value.pods)
            problem = _regression(checked, self._pods.get(checked.node, pods), pods)
            self._pods[checked.node] = pods
            if problem:
                yield self._failed(outcomes[checked.node], problem)

    def _unready(self, done: Iterable[Outcome]) -> Iterator[Outcome]:
        """Nodes of which the API shows just now that a pod is not Ready, or another than was proven."""
        for outcome in done:
            for health in outcome.value.healths:
                if _stays_ready(health) and self._other_or_unready(health):
                    text = f"`{health.expectation.subject}` was proven, and then was not Ready"
                    yield self._failed(outcome, Problem(text, _HINT, node=outcome.node))
                    break

    def _other_or_unready(self, health: Health) -> bool:
        assert health.expectation.pod  # noqa: S101 - what stays ready has a name
        mirror = self._world.mirrors.see(health.expectation.pod)
        return isinstance(mirror, MirrorPod) and (mirror.config_mirror, mirror.ready) != (health.uid, True)

    def _failed(self, outcome: Outcome, problem: Problem) -> Outcome:
        """Recorded on the node too, whose history holds it for good."""
        plan = self._plans[outcome.node]
        names = {change.name for change in plan.plan.pending}
        try:
            with self._world.connect(plan.desired.node) as host:
                record_fate(Fate.REGRESSED, str(problem), written(names, plan, self._world.run), plan, host)
        except HostError:
            pass  # it is not known what runs there, which the problem says
        return replace(outcome, status=Status.FAILED, problems=(*outcome.problems, problem))


def _stays_ready(health: Health) -> bool:
    """Whether the API shows the pod as Ready for as long as nothing happens to it."""
    wanted = health.expectation
    return bool(
        health.uid
        and wanted.pod
        and not wanted.gone
        and not wanted.runs_to_completion
        and wanted.wait_for is WaitFor.READY
    )


class _Life(Struct, frozen=True):
    """A pod's uid, and how often its containers were started."""

    pod: str
    uid: str
    starts: int

    @staticmethod
    def of(pod: ObservedPod) -> _Life:
        return _Life(str(pod.ref), pod.uid, sum(entry.attempt for entry in pod.containers))


def _regression(checked: Checked, before: Iterable[_Life], now: Iterable[_Life]) -> Problem | None:
    """What became of a node after its pods were proven; None if they are as they were."""
    lost = next((health for health in checked.value.healths if not health.proven), None)
    if lost and lost.missing:
        text = f"`{lost.expectation.subject}` was proven, and then failed: {lost.missing[0].detail}"
    elif lost or (checked.problems and not checked.value.healths):
        text = "it was proven, and then could not be checked"
    else:
        known: Mapping[str, _Life] = {life.pod: life for life in before}
        changed = [life.pod for life in now if known.get(life.pod, life) != life]
        if not changed:
            return None
        text = f"`{changed[0]}` was proven, and then restarted"
    return Problem(text, _HINT, node=checked.node)
