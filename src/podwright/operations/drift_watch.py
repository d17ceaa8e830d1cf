"""Checks for drift again and again: every node at an interval, and at once the node whose mirror pods changed in the API.

It holds one result a node and nothing else, however long it runs.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from podwright.operations.desired import Desired
from podwright.operations.drift import Checked, NodeDrift, check_drift
from podwright.operations.interruption import signals_ask
from podwright.operations.report import Report
from podwright.operations.world import Settings, World
from podwright.plan.drift_excuses import Allowances
from podwright.plan.drift_history import Before, DriftHistory, NodeBefore, Scope
from podwright.plan.observed import MirrorPod

#: seconds between two looks at what the API's watch brought
TICK_SECONDS = 2.0
#: seconds from one check of a node to the next one that the API causes: a pod that starts changes many times
SETTLE_SECONDS = 10.0
#: of the interval, at most: watches that were started together part
JITTER = 0.1

#: sees each check with what went before
Tell = Callable[[Report[NodeDrift], DriftHistory], None]
Mirrors = frozenset[MirrorPod]


class Clocks(Struct, frozen=True):
    """Unix seconds, the day as `2027-01-31`, and a sleep."""

    now: Callable[[], float]
    today: Callable[[], str]
    sleep: Callable[[float], None]
    rolled: Callable[[], float] = random.random


class DriftWatch(Struct):
    """What is watched, `every` so many seconds.

    `nodes` is what the last check of each found, `before` what its next check is to know of that. `with_changes`: also who
    changed each file last.
    """

    scope: Scope
    allowances: Allowances
    settings: Settings
    every: float
    clocks: Clocks
    tell: Tell
    with_changes: bool = False
    before: dict[str, NodeBefore] = field(default_factory=dict)
    nodes: dict[str, Checked] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    _began: dict[str, float] = field(default_factory=dict)

    @property
    def report(self) -> Report[NodeDrift]:
        """All nodes, as last seen."""
        return Report("DriftReport", tuple(self.nodes.values()), self.notes)

    def run(self, desired: tuple[Desired, ...], world: World, *, whole: bool, until: float) -> None:
        """Until that instant of `world.clock`, an interruption, or a round in which the API did not answer.

        Only somebody who connects again learns whether its credentials changed; the next round's time has come then.
        `whole` is as for one check.
        """
        following, known = world.clock(), dict[str, Mirrors]()
        with signals_ask(world.interruption):
            while not world.interruption() and world.clock() < until:
                if world.clock() >= following:
                    self._check(desired, world, all_nodes=True, whole=whole)
                    following = world.clock() + self.every * (1 + JITTER * self.clocks.rolled())
                    known = _shown(world)
                    until = following if _is_deaf(world) else until
                elif not _is_deaf(world):
                    self._follow(desired, world, known)
                self.clocks.sleep(min(TICK_SECONDS, max(0.0, following - world.clock())))

    def _follow(self, desired: tuple[Desired, ...], world: World, known: dict[str, Mirrors]) -> None:
        """Check the nodes whose mirror pods are not those that are `known`; it is brought up to date."""
        shown, now = _shown(world), world.clock()
        changed = {name for name in known.keys() | shown.keys() if known.get(name) != shown.get(name)}
        due = tuple(
            one
            for one in desired
            if self._name(one) in changed and now - self._began.get(one.node.name, now) >= SETTLE_SECONDS
        )
        if due:
            self._check(due, world, all_nodes=False, whole=False)
            for name in map(self._name, due):
                known[name] = shown.get(name, frozenset())

    def _check(self, desired: tuple[Desired, ...], world: World, *, all_nodes: bool, whole: bool) -> None:
        now, names = float(int(self.clocks.now())), {one.node.name for one in desired}
        before = {name: one for name, one in self.before.items() if all_nodes or name in names}
        history = DriftHistory(now, self.scope, Before(now, self.scope, before))
        self._began |= dict.fromkeys(names, world.clock())
        report = check_drift(
            desired,
            world,
            self.settings,
            allowances=replace(self.allowances, today=self.clocks.today()),
            whole=whole,
            history=history,
            with_changes=self.with_changes,
        )
        if world.interruption():
            return
        results = {result.node: result for result in report.nodes}
        after = {name: _after(result, history) for name, result in results.items()}
        self.nodes = results if all_nodes else {**self.nodes, **results}
        self.before = after if all_nodes else {**self.before, **after}
        self.notes = report.notes
        self.tell(report, history)

    def _name(self, one: Desired) -> str:
        """Its Kubernetes name, as far as it is known."""
        found = self.nodes.get(one.node.name)
        identity = found.value.identity if found else None
        return identity.node_name if identity else one.node.settings.node_name or one.node.name


def _after(result: Checked, history: DriftHistory) -> NodeBefore:
    value = result.value
    excused = [entry.finding for entry in value.excused]
    return history.after(value.course, value.findings, excused, unchecked=bool(result.problems))


def _is_deaf(world: World) -> bool:
    """Whether an API should be asked and does not answer now."""
    return not world.without_api and bool(world.mirrors.trouble)


def _shown(world: World) -> dict[str, Mirrors]:
    """Each node's mirror pods, as the API shows them."""
    found: dict[str, set[MirrorPod]] = {}
    for mirror in world.mirrors.everywhere():
        found.setdefault(mirror.node_name, set()).add(mirror)
    return {name: frozenset(pods) for name, pods in found.items()}
