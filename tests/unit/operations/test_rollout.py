"""From batch to batch: on nodes that are only names, so that what they do is said here."""

from __future__ import annotations

import json
import os
import signal
import threading
from dataclasses import dataclass, field

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation

from podwright.errors import HostUnreachableError
from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.node import Connection, Node
from podwright.inventory.rollout_settings import Hook, OnFailure, Scope
from podwright.operations import rollout, rollout_regressions
from podwright.operations.desired import Desired
from podwright.operations.drift import NodeDrift
from podwright.operations.interruption import Interruption
from podwright.operations.prepare import Prepared
from podwright.operations.report import (
    Applied,
    Convergence,
    NodeResult,
    Report,
    Reverted,
    Status,
    convergence_code,
    failure,
)
from podwright.operations.rollout import RolledOut, Work
from podwright.operations.world import Settings
from podwright.plan.changes import Action, Change
from podwright.plan.expectations import Expectation
from podwright.plan.health import Agreement, Health, Source, SourceState
from podwright.plan.manifest_files import ManifestFile
from podwright.plan.observed import ObservedContainer, ObservedPod
from podwright.plan.rollout_batches import Rollout
from podwright.plan.run import Run
from podwright.plan.stages import Plan, Stage
from podwright.problem import Problem

WEB = manifest()


@dataclass
class World:
    """A clock that every look moves on, and what each look finds."""

    interruption: Interruption = field(default_factory=Interruption)
    now: float = 0.0
    run: Run = field(default_factory=lambda: Run("r1", "ada@desk"))

    def connect(self, node):
        raise HostUnreachableError(f"{node.name}: it only has a name")

    def clock(self) -> float:
        self.now += 1
        return self.now


def plan(name: str, *, changes: bool = True) -> Prepared:
    desired = Desired(Node(name, Connection("127.0.0.1")), (WEB,))
    change = Change(Action.CREATE if changes else Action.KEEP, ManifestFile(WEB.file_name, name, WEB))
    return Prepared(desired, observation(), Plan(name, (Stage((change,)),)))


class Fleet:
    """Nodes n0, n1, …: `bad` ones fail, and `regressed` ones are found restarted when they are looked at again."""

    def __init__(self, monkeypatch, count: int = 5, *, same: tuple[str, ...] = ()) -> None:
        self.plans = tuple(plan(f"n{number}", changes=f"n{number}" not in same) for number in range(count))
        self.begun: list[str] = []
        self.looks: list[tuple[str, ...]] = []
        self.asked: list[str] = []
        self.taken_back: list[str] = []
        self.told: list[tuple[str, Status]] = []
        self.bad: set[str] = set()
        self.lost: dict[str, Convergence] = {}
        self.interrupted_by = ""
        self.regressed: dict[str, int] = {}
        self.world = World()
        monkeypatch.setattr(rollout_regressions, "check_drift", self.look)
        monkeypatch.setattr(rollout, "withdrawn", self.withdrawn)
        monkeypatch.setattr(rollout_regressions.Regressions, "_unready", lambda _self, _done: ())

    def apply(self, planned) -> NodeResult[Convergence]:
        name = planned.plan.node
        self.begun.append(name)
        if name in self.lost:
            return NodeResult(name, Status.FAILED, self.lost[name])
        if name in self.bad:
            raise OSError("broken")
        if name == self.interrupted_by:
            self.world.interruption.ask()
        if not planned.plan.pending:
            return NodeResult(name, Status.UNCHANGED, Convergence())
        return NodeResult(name, Status.CHANGED, Convergence(applied=(Applied("web.yaml", "written"),)))

    def withdrawn(self, plan, outcome, _world, _settings) -> NodeResult[Convergence]:
        self.taken_back.append(plan.plan.node)
        return replace(outcome, status=Status.FAILED)

    def look(self, desired, _world, _settings) -> Report[NodeDrift]:
        names = tuple(one.node.name for one in desired)
        self.looks.append(names)
        return Report("DriftReport", tuple(self.found(name) for name in names))

    def found(self, name: str) -> NodeResult[NodeDrift]:
        times = sum(name in names for names in self.looks)
        starts = 1 if name in self.regressed and times >= self.regressed[name] else 0
        container = ObservedContainer("main", "CONTAINER_RUNNING", attempt=starts)
        pod = ObservedPod(WEB.pod.on(name), "u1", "s1", True, containers=(container,))
        return NodeResult(name, Status.OBSERVED, NodeDrift(pods=(pod,)))

    def started(self, _plan) -> None:
        """Nodes that were begun are in `begun`."""

    def finished(self, outcome) -> None:
        self.told.append((outcome.node, outcome.status))

    def run(self, forks: int = 2, answer: bool | type[BaseException] = True, **how):
        run = RolledOut(self.plans, Rollout(**how), self.world, Settings(forks=forks), (self,))

        def go_on(done: str) -> bool:
            self.asked.append(done)
            if not isinstance(answer, bool):
                raise answer
            return answer

        work = Work(self.apply, lambda planned, error: failure(planned.plan.node, error, Convergence()))
        statuses = [str(outcome.status) for outcome in run.run(work, go_on)]
        self.outcomes, self.problems = run.outcomes, run.problems
        return statuses


@pytest.fixture
def fleet(monkeypatch) -> Fleet:
    return Fleet(monkeypatch)


def test_without_batches_all_nodes_change_and_none_is_looked_at_again(fleet: Fleet) -> None:
    assert fleet.run() == ["changed"] * 5
    assert fleet.looks == []


def test_the_first_failure_begins_no_further_node(fleet: Fleet) -> None:
    fleet.bad = {"n0"}
    assert fleet.run(forks=1) == ["failed", *["not-begun"] * 4]
    assert fleet.begun == ["n0"]


def test_of_a_batch_that_fails_no_next_one_begins(fleet: Fleet) -> None:
    fleet.bad = {"n1"}
    assert fleet.run(forks=5, batches=(Amount(2),)) == ["changed", "failed", *["not-begun"] * 3]


def test_as_many_may_fail_as_was_said(fleet: Fleet) -> None:
    fleet.bad = {"n0", "n2"}
    assert fleet.run(forks=1, max_fail=Amount(2)) == ["failed", "changed", "failed", "not-begun", "not-begun"]
    assert fleet.run(forks=1, max_fail=Amount(100, percent=True)) == [
        "failed", "changed", "failed", "changed", "changed",
    ]  # fmt: skip


def _blind(source: Source) -> Convergence:
    unknown = SourceState(source, Agreement.UNKNOWN)
    return Convergence(
        applied=(Applied("web.yaml", "written"),),
        healths=(Health(Expectation("web.yaml", None, sha256s=("a",)), (unknown,)),),
    )


@pytest.mark.parametrize(
    ("lost", "begun"),
    [
        (_blind(Source.MIRROR), 1),
        (Convergence(reverted=(Reverted("web.yaml", 1, proven=False),)), 1),
        (Convergence(reverted=(Reverted("web.yaml", 1, proven=True),)), 5),
        (_blind(Source.SANDBOX), 5),
    ],
    ids=["api-down", "restored-not-proven", "restored", "node-lost"],
)
def test_however_many_may_fail_nothing_goes_on_while_nobody_knows_what_runs(
    fleet: Fleet, lost, begun
) -> None:
    fleet.lost = {"n0": lost}
    assert fleet.run(forks=1, max_fail=Amount(3))[0] == "failed"
    assert len(fleet.begun) == begun


def test_a_node_that_is_not_changed_counts_only_if_a_limit_was_set(monkeypatch) -> None:
    fleet = Fleet(monkeypatch, same=("n0",))
    fleet.bad = {"n0"}
    assert sorted(fleet.run(forks=1, batches=(Amount(1),))) == ["changed"] * 4 + ["failed"]
    assert fleet.run(forks=1, batches=(Amount(1),), max_fail=Amount(1))[2:] == ["not-begun"] * 3


def test_finished_nodes_are_looked_at_before_each_batch_and_at_the_end(fleet: Fleet) -> None:
    fleet.run(batches=(Amount(2),))
    assert fleet.looks == [("n0", "n1"), ("n0", "n1", "n2", "n3"), ("n0", "n1", "n2", "n3", "n4")]


def test_a_restart_after_the_proof_ends_the_run(fleet: Fleet) -> None:
    fleet.regressed = {"n0": 2}
    assert fleet.run(batches=(Amount(2),)) == ["failed", "changed", "changed", "changed", "not-begun"]


def test_nodes_that_are_known_to_have_failed_count_before_anything_is_begun(monkeypatch) -> None:
    fleet = Fleet(monkeypatch)
    refused = replace(fleet.plans[3], problems=(Problem("no"),))
    fleet.plans = (*fleet.plans[:3], refused, fleet.plans[4])
    fleet.bad = {"n3"}
    statuses = fleet.run(forks=9, max_fail=Amount(1))
    assert statuses == ["not-begun", "not-begun", "not-begun", "failed", "not-begun"]
    assert fleet.begun == ["n3"]
    assert fleet.run(forks=9) == ["changed", "changed", "changed", "failed", "changed"]


def test_a_share_is_of_the_nodes_that_cannot_be_changed_too(monkeypatch) -> None:
    fleet = Fleet(monkeypatch)
    refused = replace(fleet.plans[0], problems=(Problem("no"),))
    fleet.plans, fleet.bad = (refused, fleet.plans[1]), {"n0"}
    assert fleet.run(max_fail=Amount(100, percent=True)) == ["failed", "changed"]
    assert fleet.run(max_fail=Amount(50, percent=True)) == ["failed", "not-begun"]


def test_while_a_batch_is_watched_a_restart_is_a_failure(fleet: Fleet) -> None:
    fleet.regressed = {"n0": 2}
    assert fleet.run(canary=("n0",), soak=3.0) == ["failed", *["not-begun"] * 4]
    assert fleet.looks == [("n0",), ("n0",)]


def test_a_node_that_fails_while_it_is_watched_is_told_to_who_keeps_records(fleet: Fleet) -> None:
    fleet.regressed = {"n0": 2}
    fleet.run(canary=("n0",), soak=1.0)
    assert [status for name, status in fleet.told if name == "n0"] == [Status.CHANGED, Status.FAILED]


def test_nothing_is_watched_once_the_run_goes_no_further_nor_if_nothing_changed(monkeypatch) -> None:
    fleet = Fleet(monkeypatch)
    fleet.bad = {"n1"}
    fleet.run(forks=1, batches=(Amount(1),), soak=10.0)
    assert fleet.looks == [("n0",)] * 4
    fleet = Fleet(monkeypatch, count=2, same=("n0", "n1"))
    fleet.run(soak=3600.0)
    assert fleet.looks == []


def test_ctrl_c_before_a_look_leaves_what_was_proven_as_it_is(fleet: Fleet) -> None:
    fleet.interrupted_by = "n0"
    assert fleet.run(forks=1, batches=(Amount(1),), pause=True) == ["changed", *["not-begun"] * 4]
    assert (fleet.begun, fleet.looks, fleet.asked) == (["n0"], [], [])


def test_ctrl_c_while_a_batch_is_watched_keeps_its_results(fleet: Fleet) -> None:
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    statuses = fleet.run(canary=("n0",), soak=3600.0)
    timer.join()
    assert statuses == ["changed", *["not-begun"] * 4]
    assert fleet.looks == [("n0",)]


def test_ctrl_c_at_the_question_keeps_the_results(fleet: Fleet) -> None:
    assert fleet.run(batches=(Amount(2),), pause=True, answer=KeyboardInterrupt) == [
        "changed", "changed", *["not-begun"] * 3,
    ]  # fmt: skip
    assert fleet.world.interruption()


def test_a_pause_asks_before_each_further_batch_and_no_is_neither_done_nor_failed(fleet: Fleet) -> None:
    assert fleet.run(batches=(Amount(2),), pause=True) == ["changed"] * 5
    assert fleet.asked == ["1 of 3 batches are done", "2 of 3 batches are done"]
    statuses = fleet.run(batches=(Amount(2),), pause=True, answer=False)
    assert statuses == ["changed", "changed", *["not-begun"] * 3]


def test_a_paused_run_tells_its_id(fleet: Fleet) -> None:
    fleet.run(batches=(Amount(2),), pause=True, answer=False)
    assert fleet.told[-1] == ("n4", Status.NOT_BEGUN)
    assert "not begun: the run r1 is paused" in fleet.outcomes["n4"].problems[0].message
    assert "`-l @failed/r1 -l @unreached/r1`" in fleet.outcomes["n4"].problems[0].hint


def test_after_a_failure_the_run_pauses_and_goes_on_with_those_that_were_left(fleet: Fleet) -> None:
    fleet.bad = {"n0", "n3"}
    pauses = {"on_failure": OnFailure.PAUSE, "batches": (Amount(3),), "forks": 1}
    assert fleet.run(**pauses) == ["failed", "changed", "changed", "failed", "changed"]
    assert fleet.asked == ["1 node failed", "2 nodes failed"]
    assert fleet.run(answer=False, **pauses) == ["failed", *["not-begun"] * 4]


def test_after_the_last_node_failed_nobody_is_asked(fleet: Fleet) -> None:
    fleet.bad = {"n4"}
    assert fleet.run(on_failure=OnFailure.PAUSE, batches=(Amount(1),))[-1] == "failed"
    assert fleet.asked == []


@pytest.mark.parametrize(
    ("on_failure", "taken_back"),
    [(OnFailure.STOP, []), (OnFailure.REVERT_BATCH, ["n2"]), (OnFailure.REVERT_RUN, ["n2", "n1", "n0"])],
)
def test_on_failure_a_batch_or_the_run_goes_back_the_newest_first(
    fleet: Fleet, on_failure, taken_back
) -> None:
    fleet.bad = {"n3"}
    statuses = fleet.run(forks=1, on_failure=on_failure, batches=(Amount(2),))
    back = ["failed" if name in taken_back else "changed" for name in ("n0", "n1", "n2")]
    assert (statuses, fleet.taken_back) == ([*back, "failed", "not-begun"], taken_back)


def test_nothing_goes_back_if_it_is_not_known_what_runs_on_a_node(fleet: Fleet) -> None:
    blind = Health(Expectation("web.yaml", None), (SourceState(Source.MIRROR, Agreement.UNKNOWN),))
    fleet.lost = {"n1": Convergence(applied=(Applied("web.yaml", "written"),), healths=(blind,))}
    fleet.run(forks=1, on_failure=OnFailure.REVERT_RUN)
    assert fleet.taken_back == []


def hook(scope: Scope, before: bool, line: str, *nodes: str) -> dict[Hook, tuple[str, ...]]:
    return {Hook(scope, before, ("sh", "-c", line)): nodes or ("n0", "n1", "n2", "n3", "n4")}


def test_hooks_of_the_run_and_its_batches_come_in_turn(fleet: Fleet, tmp_path) -> None:
    said = tmp_path / "said"
    tell = f"""sed 's/.*"hook": "\\([a-z-]*\\)".*/\\1/' >>{said}"""
    hooks = {
        key: value
        for scope in Scope
        for before in (True, False)
        for key, value in hook(scope, before, tell).items()
    }
    assert fleet.run(forks=1, batches=(Amount(3),), hooks=hooks) == ["changed"] * 5
    node = ["before-node", "after-node"]
    assert said.read_text().split() == [
        "before-run", "before-batch", *node * 3, "after-batch", "before-batch", *node * 2, "after-batch", "after-run",
    ]  # fmt: skip


def test_the_hook_after_a_node_runs_also_if_its_work_raised(fleet: Fleet, tmp_path) -> None:
    said = tmp_path / "said"
    fleet.bad = {"n0"}
    after = hook(Scope.NODE, False, f"cat >>{said}")
    assert fleet.run(forks=1, hooks=after) == ["failed", *["not-begun"] * 4]
    [line] = said.read_text().splitlines()
    document = json.loads(line)
    assert (document["node"], document["status"]) == ("n0", "failed")
    [problem] = fleet.outcomes["n0"].problems
    assert "OSError" in problem.message


@pytest.mark.parametrize(
    ("scope", "before", "begun"),
    [(Scope.RUN, True, 0), (Scope.BATCH, True, 0), (Scope.BATCH, False, 2), (Scope.NODE, True, 0)],
)
def test_a_hook_that_fails_stops_the_run(fleet: Fleet, scope: Scope, before: bool, begun: int) -> None:
    statuses = fleet.run(forks=1, batches=(Amount(2),), hooks=hook(scope, before, "exit 1"))
    assert len(fleet.begun) == begun
    failed = 1 if scope is Scope.NODE else 0
    assert statuses == [*["failed"] * failed, *["changed"] * begun, *["not-begun"] * (5 - begun - failed)]
    assert [problem.message for problem in fleet.problems] == (
        [f"the hook `sh -c 'exit 1'` {'before' if before else 'after'} "
         f"{'the' if scope is Scope.RUN else 'each'} {scope} failed: exit status 1"] * (1 - failed)
    )  # fmt: skip


def test_a_hook_of_other_nodes_is_not_run(fleet: Fleet) -> None:
    hooks = hook(Scope.BATCH, True, "exit 1", "n4")
    assert fleet.run(batches=(Amount(4),), hooks=hooks) == [*["changed"] * 4, "not-begun"]


def test_a_run_of_which_a_hook_failed_has_failed() -> None:
    report = Report(
        "PushReport", (NodeResult("n1", Status.CHANGED, Convergence()),), failures=(Problem("a hook failed"),)
    )
    assert convergence_code(report) == 1
    assert report.problems == (Problem("a hook failed"),)


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ((Status.CHANGED, Status.NOT_BEGUN), 4),
        ((Status.FAILED, Status.NOT_BEGUN), 1),
        ((Status.CHANGED,), 0),
    ],
)
def test_a_paused_run_is_exit_4(statuses, code) -> None:
    report = Report(
        "PushReport", tuple(NodeResult(f"n{at}", one, Convergence()) for at, one in enumerate(statuses))
    )
    assert convergence_code(report) == code
