"""Holds from end to end: what is refused meanwhile, what is told, and that it ends."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation
from tests.unit.operations.conftest import SETTINGS

from podwright.exit_codes import ExitCode
from podwright.operations.converge import apply_plan
from podwright.operations.desired import Desired
from podwright.operations.drift import check_drift, drift_code, findings_of
from podwright.operations.holds import add_holds, heeding_holds, release_holds, show_holds
from podwright.operations.prepare import Prepared, prepare
from podwright.operations.report import Status
from podwright.operations.status import show_status
from podwright.plan.changes import Action, Change
from podwright.plan.holds import Hold
from podwright.plan.provision.item import Item, Kind, Seen, Thing
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.stages import Plan, Stage

NOW = 1_800_000_000
KIM = Hold("", "kim@ops1", "disk replacement", NOW, NOW + 3600, "2027-01-15 09:00 UTC")
WEB = manifest()


@pytest.fixture
def held(site):
    site.world = replace(site.world, wall=lambda: NOW)
    return site


def hold(site, *holds: Hold):
    [result] = add_holds((site.node,), site.world, holds or (KIM,), forks=1).nodes
    return result


def planned(site, *manifests) -> Prepared:
    return prepare(site.desired(*manifests), site.host, site.world, SETTINGS)


def test_a_held_node_refuses_changes_and_what_is_as_it_should_be_is_none(held) -> None:
    assert hold(held).status is Status.CHANGED
    refused = planned(held, WEB)
    assert refused.stopped is Status.REFUSED
    assert [problem.message for problem in refused.problems] == [
        "kim@ops1 holds the node until 2027-01-15 09:00 UTC: disk replacement"
    ]
    held.place(WEB)
    held.runs(WEB)
    assert planned(held, WEB).stopped is None
    [status] = show_status((held.node,), held.world, forks=1).nodes
    assert status.warnings[0].startswith("kim@ops1 holds the node until 2027-01-15 09:00 UTC")


def test_a_hold_that_came_after_the_plan_refuses_it_too(held) -> None:
    plan = planned(held, WEB)
    hold(held)
    outcome = apply_plan(plan, held.host, held.world, SETTINGS)
    assert (outcome.status, outcome.value.applied) == (Status.REFUSED, ())
    assert "somebody holds it since this run was planned (kim@ops1" in outcome.problems[0].message


def test_a_hold_of_a_workload_leaves_the_others_to_be_changed(held) -> None:
    hold(held, replace(KIM, workload="web"))
    assert planned(held, manifest("api")).stopped is None
    assert planned(held, manifest("api"), WEB).stopped is Status.REFUSED


def test_a_hold_ends_by_itself_and_the_next_one_clears_it_away(held) -> None:
    hold(held, KIM, replace(KIM, workload="web"))
    held.world = replace(held.world, wall=lambda: KIM.until)
    assert planned(held, WEB).stopped is None
    assert show_holds((held.node,), held.world, forks=1).nodes[0].value.holds == ()
    later = replace(KIM, until=KIM.until + 60, ends="2027-01-15 09:01 UTC")
    hold(held, later)
    kept = held.root / ".podwright" / "manifests" / "holds"
    assert [path.name for path in kept.iterdir()] == ["_node"]


def test_anothers_hold_is_not_replaced_and_ones_own_is(held) -> None:
    hold(held)
    eve = hold(held, replace(KIM, who="eve@laptop", reason="mine"))
    assert (eve.status, eve.value.holds) == (Status.REFUSED, (KIM,))
    assert "podwright node hold release n1" in eve.problems[0].hint
    longer = replace(KIM, until=KIM.until + 60, ends="2027-01-15 09:01 UTC")
    assert hold(held, longer).status is Status.CHANGED
    assert show_holds((held.node,), held.world, forks=1).nodes[0].value.holds == (longer,)


def test_holds_are_released_all_or_those_that_are_named(held) -> None:
    web = replace(KIM, workload="web")
    hold(held, KIM, web)
    for only, gone in (("api",), ()), (("web",), (web,)), ((), (KIM,)), ((), ()):
        [result] = release_holds((held.node,), held.world, only, forks=1).nodes
        assert (result.value.holds, result.value.released) == (gone, True)
        assert result.status is (Status.CHANGED if gone else Status.UNCHANGED)


def test_drift_of_a_held_node_is_told_as_held_and_does_not_count(held) -> None:
    hold(held)
    report = check_drift((held.desired(WEB),), held.world, SETTINGS)
    assert (findings_of(report), drift_code(report)) == ((), ExitCode.DONE)
    shown = [(one.excuse, one.finding.drift.value) for one in report.nodes[0].value.excused]
    assert shown == [("held", "file-missing"), ("held", "node-held")]


def test_the_node_itself_is_not_changed_either(held) -> None:
    thing = Thing(Item(Kind.SYSCTL, "vm.swappiness", "1"), Seen("0"))
    plan = Plan("n1", (Stage((Change(Action.UPDATE, thing),)),))
    prepared = Prepared(Desired(held.node, items=(thing.item,)), observation(), plan)
    assert heeding_holds(prepared, held.host, held.world).problems == ()
    hold(held, replace(KIM, workload="web"))
    assert heeding_holds(prepared, held.host, held.world).problems == ()
    hold(held)
    assert heeding_holds(prepared, held.host, held.world).stopped is Status.REFUSED


def test_static_pods_of_which_one_is_held_do_not_move_to_another_folder(held) -> None:
    held.place(WEB)
    asks = KubeletAsks(static_pods="/srv/static", moves_from=str(held.folder), count="1")
    item = Item(Kind.KUBELET, "kubelet", "current", asks=asks.words)
    plan = Plan("n1", (Stage((Change(Action.UPDATE, Thing(item, Seen("other"))),)),))
    prepared = Prepared(Desired(held.node, items=(item,)), observation(), plan)
    hold(held, replace(KIM, workload="api"))
    assert heeding_holds(prepared, held.host, held.world).problems == ()
    hold(held, replace(KIM, workload="web"))
    assert heeding_holds(prepared, held.host, held.world).stopped is Status.REFUSED
