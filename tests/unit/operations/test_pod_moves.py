"""Pods that move between nodes: gone there before they are created here, and not sooner than they must be."""

from __future__ import annotations

import threading

from tests.fakes import results
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, running, written

from podwright.inventory.node import Connection, Node
from podwright.operations.desired import Desired
from podwright.operations.pod_moves import Moves
from podwright.operations.prepare import Prepared
from podwright.operations.report import Applied, Status
from podwright.operations.world import Settings
from podwright.plan.compare import compare
from podwright.plan.stages import make_plan

WEB, OTHER = manifest(), manifest("other")


def prepared(name: str, desired=(), files=(), *, absent=(), prune=True, single=(), pods=()) -> Prepared:
    look = replace(observation(*files), node=name, pods=pods)
    plan = make_plan(name, compare(desired, absent, look, owner="", prune=prune))
    wanted = Desired(Node(name, Connection("127.0.0.1")), tuple(desired), tuple(absent), single=single)
    return Prepared(wanted, look, plan)


class Run:
    """Nodes that do what they are told, unless they are among the `bad`."""

    def __init__(self, *plans: Prepared, bad: tuple[str, ...] = ()) -> None:
        self.bad = bad
        self.done: list[str] = []
        self.told: list[str] = []
        self.moves = Moves(plans, self.apply, Settings())

    def apply(self, plan):
        if not isinstance(plan, Prepared) or plan.stopped:
            return plan.outcome() if isinstance(plan, Prepared) else plan
        node = plan.plan.node
        pending = plan.plan.pending
        self.done += [f"{node}: {change.action} {change.name}" for change in pending]
        status = Status.FAILED if node in self.bad else Status.CHANGED if pending else Status.UNCHANGED
        applied = tuple(Applied(change.name, str(change.action)) for change in pending)
        return results.outcome(node, status, plan.plan, applied=applied)

    def turn(self, plan: Prepared):
        return self.moves.at_turn(plan, self.apply)

    def all(self):
        turns = [self.turn(plan) for plan in self.moves.plans]
        return list(self.moves.results(turns, (self,)))

    def started(self, _plan) -> None:
        """Only results count here."""

    def finished(self, outcome) -> None:
        self.told.append(outcome.node)


GIVES, GETS = prepared("a", files=(written(WEB),)), prepared("b", (WEB,))


def test_it_is_gone_from_one_node_at_the_turn_of_the_other() -> None:
    run = Run(GIVES, GETS)
    assert [plan.plan.node for plan in run.moves.plans] == ["b"]
    first, second = run.all()
    assert run.done == ["a: delete web.yaml", "b: create web.yaml"]
    assert (first.status, second.status, run.told) == (Status.CHANGED, Status.CHANGED, ["a"])


def test_what_no_other_node_gets_is_pruned_at_its_own_turn() -> None:
    run = Run(GIVES, prepared("b", (OTHER,)))
    run.all()
    assert run.done == ["a: delete web.yaml", "b: create other.yaml"]
    assert [plan.plan.node for plan in run.moves.plans] == ["a", "b"]


def test_nothing_is_created_that_may_still_run_elsewhere() -> None:
    first, held = Run(GIVES, GETS, bad=("a",)).all()
    assert (first.status, held.status) == (Status.FAILED, Status.REFUSED)
    assert held.problems[0].message == "`web.yaml` was left alone: on a it is not proven gone"


def test_a_node_whose_work_raises_is_not_proven_rid_of_it() -> None:
    run = Run(GIVES, GETS)

    def broken(plan):
        raise OSError("gone away")

    moves = Moves((GIVES, GETS), broken, Settings())
    [held] = [moves.at_turn(plan, run.apply) for plan in moves.plans]
    assert (held.status, run.done) == (Status.REFUSED, [])


def test_it_stays_if_the_node_that_is_to_have_it_is_not_begun() -> None:
    run = Run(GIVES, GETS)
    not_begun = results.outcome("b", Status.NOT_BEGUN)
    first, second = run.moves.results([not_begun], ())
    assert (first.status, second, run.done) == (Status.NOT_BEGUN, not_begun, [])
    assert "`web.yaml` was left alone" in first.problems[0].message


def test_what_else_is_to_be_done_there_waits_for_its_own_turn() -> None:
    busy = prepared("a", (manifest("other", image="x:2"),), (written(WEB), written(OTHER)))
    run = Run(busy, GETS)
    first, _ = run.all()
    assert run.done == ["a: update other.yaml", "a: delete web.yaml", "b: create web.yaml"]
    assert [entry.file_name for entry in first.value.applied] == ["web.yaml", "other.yaml"]
    # what is to leave yet is none of what the node is watched for meanwhile
    assert run.moves.plans[0].desired.absent == ()


def test_a_node_that_did_its_own_and_then_lost_nothing_has_failed() -> None:
    busy = prepared("a", (manifest("other", image="x:2"),), (written(WEB), written(OTHER)))
    run = Run(busy, GETS)
    changed = run.turn(run.moves.plans[0])
    first, _ = run.moves.results([changed, results.outcome("b", Status.NOT_BEGUN)], ())
    assert (changed.status, first.status) == (Status.CHANGED, Status.FAILED)


def test_two_pods_that_change_places_both_go_before_either_comes() -> None:
    one = prepared("a", (OTHER,), (written(WEB),))
    two = prepared("b", (WEB,), (written(OTHER),))
    run = Run(one, two)
    assert [outcome.status for outcome in run.all()] == [Status.CHANGED] * 2
    assert run.done == [
        "b: delete other.yaml", "a: delete web.yaml", "a: create other.yaml", "b: create web.yaml",
    ]  # fmt: skip


def test_two_pods_that_change_places_at_the_same_time_end() -> None:
    one = prepared("a", (OTHER,), (written(WEB),))
    two = prepared("b", (WEB,), (written(OTHER),))
    run = Run(one, two)
    threads = [threading.Thread(target=run.turn, args=(plan,), daemon=True) for plan in run.moves.plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert {entry.split(": ")[1].split()[0] for entry in run.done[:2]} == {"delete"}
    assert len(run.done) == 4


def test_a_single_pod_leaves_without_prune_and_one_that_still_ends_is_waited_for() -> None:
    single = ("web.yaml",)
    gives = prepared("a", files=(written(WEB),), absent=single, prune=False, single=single)
    ending = prepared("c", absent=single, prune=False, single=single, pods=(running(WEB),))
    gets = prepared("b", (WEB,), prune=False, single=single)
    run = Run(gives, ending, gets, bad=("c",))
    assert [plan.plan.node for plan in run.moves.plans] == ["b"]
    assert [outcome.status for outcome in run.all()] == [Status.CHANGED, Status.FAILED, Status.REFUSED]
