"""Drift checked again and again, in simulated time: what is told, when, and that nothing grows."""

from __future__ import annotations

import gc
import random
import tracemalloc
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror
from tests.unit.operations.conftest import SETTINGS, FakeNode

from podwright.errors import HostUnreachableError
from podwright.operations import drift_watch
from podwright.operations.drift import NodeDrift
from podwright.operations.drift_watch import Clocks, DriftWatch
from podwright.operations.interruption import Interruption
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.drift import Finding
from podwright.plan.drift_excuses import Allowances
from podwright.plan.drift_history import Scope
from podwright.plan.reasons import Drift, because
from podwright.problem import Problem
from podwright.reports.drift_lines import change_lines

WEB = manifest()
EVERY = 300.0


@dataclass
class Simulation:
    """Time that passes by sleeping alone; `events` happen at their second, and the watch ends at the last."""

    site: FakeNode
    events: dict[float, Callable[[], None]] = field(default_factory=dict)
    now: float = 0.0
    told: list[tuple[float, str]] = field(default_factory=list)
    rounds: list[tuple[float, int]] = field(default_factory=list)

    def run(self, *desired, whole: bool = False, until: float = 1e9) -> DriftWatch:
        world = replace(self.site.world, clock=lambda: self.now, interruption=Interruption())
        self.interruption = world.interruption
        watch = DriftWatch(
            Scope(),
            Allowances(),
            SETTINGS,
            EVERY,
            Clocks(lambda: 1e9 + self.now, lambda: "2027-01-31", self._sleep, lambda: 0.0),
            self._tell,
        )
        while not world.interruption():
            watch.run(
                desired or (self.site.desired(WEB),), world, whole=whole, until=min(until, self.now + 3600)
            )
        return watch

    def _tell(self, report, history) -> None:
        self.rounds.append((self.now, len(report.nodes)))
        self.told += [(self.now, line) for line in change_lines(report, history)]

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        for at in sorted(self.events):
            if at <= self.now:
                self.events.pop(at)()
        if not self.events:
            self.interruption.ask()


def test_each_change_is_told_once_when_it_comes(site: FakeNode) -> None:
    def edit() -> None:
        site.place(manifest(image="example.com/web:9"))

    site.place(WEB)
    site.runs(WEB)
    times = Simulation(site, {400: edit, 1000: lambda: site.place(WEB), 1600: lambda: None})
    times.run()
    assert times.told == [
        (600, "n1: file-changed: web.yaml: the content changes"),
        (1200, "n1: mended: web.yaml: file-changed (since 2001-09-09 01:56 UTC)"),
    ]
    assert [at for at, _ in times.rounds] == [0, 300, 600, 900, 1200, 1500]


def test_a_mirror_that_changes_is_followed_within_seconds_and_not_at_every_change(site: FakeNode) -> None:
    ref = WEB.pod.on("n1")

    def ready(value: bool) -> Callable[[], None]:
        return lambda: site.mirrors.pods.update({ref: mirror(WEB, ready=value)})

    site.place(WEB)
    site.runs(WEB)
    states = {50: ready(False), 52: ready(True), 54: ready(False), 56: ready(True)}
    times = Simulation(site, {**states, 100: lambda: None})
    times.run()
    assert [at for at, _ in times.rounds] == [0, 50, 60]
    assert [(at, line[:12]) for at, line in times.told] == [(50, "n1: pod-not-"), (60, "n1: mended: ")]


def test_a_node_that_cannot_be_reached_is_told_once_and_so_is_its_return(site: FakeNode) -> None:
    site.place(WEB)
    site.runs(WEB)
    good, away = site.world.connect, []

    @contextmanager
    def connect(node):
        if away:
            raise HostUnreachableError("n1: cannot connect")
        with good(node) as host:
            yield host

    site.world = replace(site.world, connect=connect)
    times = Simulation(site, {10: lambda: away.append(1), 1000: away.clear, 1300: lambda: None})
    times.run()
    assert times.told == [(300, "n1: not checked: cannot connect"), (1200, "n1: checked again")]


def test_an_api_that_is_away_ends_the_connection_at_the_next_round_and_is_told_once(site: FakeNode) -> None:
    def silent(reason: str) -> Callable[[], None]:
        return lambda: setattr(site.mirrors, "silent", reason)

    site.place(WEB)
    site.runs(WEB)
    times = Simulation(site, {10: silent("the API is down"), 1000: silent(""), 1300: lambda: None})
    times.run()
    assert times.told == [
        (300, "n1: not checked: the mirror could not be asked: the API is down"),
        (1200, "n1: checked again"),
    ]
    assert [at for at, _ in times.rounds] == [0, 300, 600, 900, 1200]


def made_up(nodes: int, pods: int) -> Callable[..., Report[NodeDrift]]:
    """Checks that find whatever chance brings: nodes away, pods down, restarts, other pods."""
    chance = random.Random(7)

    def check(desired, world, settings, *, allowances, whole, history, with_changes) -> Report[NodeDrift]:
        results = []
        for number in range(nodes):
            name = f"n{number}"
            if chance.random() < 0.1:
                problems, findings = (Problem("cannot connect", node=name),), ()
            else:
                problems = ()
                findings = tuple(
                    Finding(
                        name, Drift.POD_NOT_RUNNING, f"default/p{pod}-{name}", because(Drift.FILE_MISSING)
                    )
                    for pod in range(pods)
                    if chance.random() < 0.2
                )
            course = history.course(name, findings, whole=not problems)
            results.append(NodeResult(name, Status.OBSERVED, NodeDrift(findings, course=course), problems))
        return Report("DriftReport", tuple(results))

    return check


def test_24_hours_of_chaos_leave_no_more_behind_than_the_first_two(
    site: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift_watch, "check_drift", made_up(nodes=50, pods=10))
    sizes: list[int] = []

    def measure() -> None:
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])

    def silent(reason: str) -> Callable[[], None]:
        return lambda: setattr(site.mirrors, "silent", reason)

    events: dict[float, Callable[[], None]] = {hour * 3600.0: measure for hour in range(2, 25, 2)}
    for hour in range(1, 24, 3):
        events |= {hour * 3600 + 5.0: silent("the API restarts"), hour * 3600 + 400.0: silent("")}
    times = Simulation(site, events)
    times._tell = lambda report, history: times.rounds.append((times.now, len(report.nodes)))
    tracemalloc.start()
    try:
        times.run()
    finally:
        tracemalloc.stop()
    assert len(times.rounds) >= 24 * 12
    assert max(sizes) - sizes[0] < 200_000, sizes
