"""Results as rows: what many nodes share once, failures last, a row for every node asked."""

from tests.fakes import results
from tests.fakes.nouns import manifest, observation, observed_file, plan_of, written

from podwright.operations.report import Applied, Report, Status
from podwright.plan.changes import Action, Change
from podwright.plan.provision.item import Item, Kind, Seen, Thing
from podwright.plan.reasons import Difference, because
from podwright.plan.stages import Plan, Stage
from podwright.problem import Problem
from podwright.reports.run_rows import (
    drift_summary,
    outcome_rows,
    plan_rows,
    plan_summary,
    report_summary,
)

WEB = manifest()


def planned(node, *files, desired=(WEB,), absent=()):
    return results.outcome(node, Status.PENDING, plan_of(desired, absent, observation(*files)))


def test_equal_rows_of_a_plan_stand_once_with_their_nodes():
    plans = [*(planned(f"n{number}") for number in range(100)), planned("m", written(manifest(image="i:2")))]
    assert plan_rows(plans)[1:] == [
        ("n0, n1, n2 and 97 more nodes", "create", "web.yaml", ""),
        ("m", "update", "web.yaml", "the content changes"),
    ]


def test_what_is_absent_already_is_not_counted_as_kept():
    plan = planned("n1", written(manifest()), absent=("old.yaml",))
    assert plan_summary([plan]) == "0 to create, 0 to update, 0 to delete, 1 to keep"


def test_a_plan_in_stages_shows_their_order():
    port = "i:1\n    ports: [{containerPort: 8443}]"
    old, new = manifest("old", image=port), manifest("new", image=port)
    plan = planned("n1", written(old), desired=(new,), absent=("old.yaml",))
    assert plan_rows([plan])[1:] == [
        ("n1", "delete", "old.yaml", "stage 1 of 2"),
        ("n1", "create", "new.yaml", "stage 2 of 2"),
    ]


def test_an_update_that_restarts_nothing_says_so():
    [_, row] = plan_rows([planned("n1", written(manifest(), mode="644"))])
    assert row[3] == "mode 644 instead of 600; no restart"


def test_a_service_that_restarts_is_not_said_not_to():
    change = Change(
        Action.UPDATE,
        Thing(Item(Kind.SERVICE, "app", "current=yes"), Seen("current=yes")),
        (because(Difference.RESTARTED_FOR_FILES),),
    )
    [_, row] = plan_rows([results.outcome("n1", Status.PENDING, Plan("n1", (Stage((change,)),)))])
    assert row[3] == "restarted, as a file that it reads changes"


def test_nodes_that_failed_stand_last():
    outcomes = (
        results.outcome("n1", Status.FAILED, seconds=2.04),
        results.outcome(
            "n2", Status.CHANGED, applied=(Applied("web.yaml", "written"), Applied("web.yaml", "second"))
        ),
        results.outcome("n3", Status.UNREACHABLE),
    )
    assert outcome_rows(outcomes)[1:] == [
        ("n2", "changed", "wrote web.yaml", "-", "-"),
        ("n1", "failed", "-", "-", "2.0"),
        ("n3", "unreachable", "-", "-", "-"),
    ]
    assert report_summary(Report("PushReport", outcomes)) == "1 changed, 1 failed, 1 unreachable"


def test_a_pending_node_lists_what_would_be_done():
    [_, row] = outcome_rows([planned("n1", desired=(manifest(), manifest("api")))])
    assert row[1:3] == ("pending", "create web.yaml, create api.yaml")


def test_a_stopped_node_lists_what_was_planned():
    refused = results.outcome("n1", Status.REFUSED, plan_of((WEB,), (), observation()))
    theirs = observation(observed_file("web.yaml", "theirs"))
    conflict = results.outcome("n2", Status.CONFLICT, plan_of((WEB,), (), theirs))
    nothing = results.outcome("n3", Status.REFUSED)
    assert [row[1:3] for row in outcome_rows([refused, conflict, nothing])[1:]] == [
        ("refused", "create web.yaml"),
        ("conflict", "conflict web.yaml"),
        ("refused", "-"),
    ]


def test_the_proof_of_a_changed_node_is_that_its_things_were_observed_again():
    items = (Item(Kind.SYSCTL, "vm.swappiness", "1"), Item(Kind.SYSCTL, "vm.max_map_count", "2"))
    things = [Thing(item, Seen("0")) for item in items]
    plan = Plan("n1", (Stage(tuple(Change(Action.UPDATE, thing) for thing in things)),))
    applied = tuple(Applied(thing.name, "written") for thing in things)
    [_, row] = outcome_rows([results.outcome("n1", Status.CHANGED, plan, applied=applied)])
    assert row[3] == "2/2 observed again"
    assert outcome_rows([results.outcome("n1", Status.PENDING, plan)])[1][3] == "-"


def test_a_drift_check_is_summed_up():
    unchecked = results.checked("n1", problems=(Problem("no answer"),))
    assert drift_summary(results.drift_report(unchecked)) == "1 node, 0 findings, 1 not fully checked"
    assert (
        drift_summary(results.drift_report(results.checked("n1"), results.checked("n2")))
        == "2 nodes, 0 findings"
    )
