"""What must be gone before something else is written goes first; the plain push is one stage."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, observed_file, plan_of, pod_text, running, written

from podwright.plan.changes import Action
from podwright.plan.compare import compare, renamed_apart
from podwright.plan.expectations import WaitFor
from podwright.plan.stages import Plan, make_plan
from podwright.plan.writes import NOTHING

OLD = manifest("nginx", extra="", image="example.com/web:1\n    ports: [{containerPort: 8443}]")
NEW = manifest("haproxy", image="example.com/web:2\n    ports: [{containerPort: 8443}]")
ELSEWHERE = manifest("nginx", image="example.com/web:1\n    ports: [{containerPort: 9443}]")
PLAIN = manifest("plain")


def stages(plan: Plan) -> list[list[str]]:
    return [[f"{change.action} {change.name}" for change in stage.changes] for stage in plan.stages]


def test_changes_that_wait_for_nothing_are_one_stage() -> None:
    plan = plan_of([manifest(), PLAIN], ["old.yaml"], observation(written(manifest("old")), written(PLAIN)))
    assert stages(plan) == [["create web.yaml", "keep plain.yaml", "delete old.yaml"]]
    assert [entry.file_name for entry in plan.expectations] == ["web.yaml", "plain.yaml", "old.yaml"]


def test_a_port_is_given_up_and_proven_free_before_another_pod_takes_it() -> None:
    plan = plan_of([NEW, PLAIN], ["nginx.yaml"], observation(written(OLD), written(PLAIN)))
    assert stages(plan) == [["delete nginx.yaml"], ["create haproxy.yaml", "keep plain.yaml"]]
    first, last = plan.stages
    assert [(entry.gone, entry.subject) for entry in first.expectations] == [(True, "default/nginx-n1")]
    assert [entry.gone for entry in last.expectations] == [False, False]


def test_a_port_that_another_pod_leaves_by_an_update_is_taken_after_it() -> None:
    plan = plan_of([NEW, ELSEWHERE], [], observation(written(OLD)))
    assert stages(plan) == [["update nginx.yaml"], ["create haproxy.yaml"]]


def test_a_pod_that_moves_to_another_file_is_removed_and_proven_gone_first() -> None:
    moved = manifest("web", template="site")
    look = observation(written(manifest()), pods=(running(manifest(), generation=4),))
    plan = plan_of([moved], ["web.yaml"], look)
    assert stages(plan) == [["delete web.yaml"], ["create site.yaml"]]
    assert plan.changes[1].subject.generation == 5


def test_two_pods_that_swap_their_ports_are_a_conflict_since_neither_can_be_first() -> None:
    one = manifest("one", image="example.com/web:1\n    ports: [{containerPort: 1}]")
    two = manifest("two", image="example.com/web:1\n    ports: [{containerPort: 2}]")
    swapped = [
        manifest("one", image="example.com/web:1\n    ports: [{containerPort: 2}]"),
        manifest("two", image="example.com/web:1\n    ports: [{containerPort: 1}]"),
    ]
    plan = plan_of(swapped, [], observation(written(one), written(two)))
    assert [change.action for change in plan.changes] == [Action.CONFLICT] * 2
    assert plan.changes[0].reason == "`one.yaml` and `two.yaml` each need what the other gives up"


def test_a_file_that_is_not_in_the_plan_gives_nothing_up() -> None:
    plan = plan_of([NEW], [], observation(written(OLD)))
    assert plan.conflicts[0].reason == "the port 8443/TCP of the node is taken by the pod of `nginx.yaml`"


def test_every_conflict_of_a_file_is_told_at_once() -> None:
    theirs = observed_file("haproxy.yaml", "theirs")
    [change] = plan_of([NEW], [], observation(theirs, written(OLD))).conflicts
    assert len(change.reasons) == 2
    assert change.reason.startswith("`haproxy.yaml` cannot be read as a pod")
    assert "the port 8443/TCP" in change.reason
    assert change.hint.count("\n") == 1


def test_removing_both_files_of_a_pod_is_no_conflict() -> None:
    copy = observed_file("web.yaml.bak", written(manifest()).content)
    plan = plan_of([], ["web.yaml", "web.yaml.bak"], observation(written(manifest()), copy))
    assert [change.action for change in plan.changes] == [Action.DELETE] * 2


def test_what_waits_for_files_alone_is_one_stage_in_the_same_order() -> None:
    changes = compare([NEW], ["nginx.yaml"], observation(written(OLD)))
    plan = make_plan("n1", changes, wait_for=WaitFor.FILE)
    assert stages(plan) == [["delete nginx.yaml", "create haproxy.yaml"]]


@pytest.mark.parametrize("action", list(Action))
def test_every_change_that_writes_has_an_expectation(action) -> None:
    looks = {
        Action.CREATE: observation(),
        Action.UPDATE: observation(written(manifest(image="example.com/web:0"))),
        Action.RESTART: observation(written(manifest())),
        Action.RELEASE: observation(written(manifest())),
        Action.ADOPT: observation(observed_file("web.yaml", pod_text())),
        Action.KEEP: observation(written(manifest())),
        Action.CONFLICT: observation(observed_file("web.yaml", "theirs")),
        Action.DELETE: observation(written(manifest())),
        Action.ORPHAN: observation(written(manifest())),
    }
    absent = ["web.yaml"] if action is Action.DELETE else []
    desired = [] if action in (Action.DELETE, Action.ORPHAN) else [manifest()]
    if action is Action.RELEASE:
        desired = [replace(manifest(), marked=False)]
    options = {"restart": action is Action.RESTART, "note": action is Action.ADOPT}
    changes = compare(desired, absent, looks[action], owner="", **options)
    plan = make_plan("n1", changes)
    assert [change.action for change in plan.changes] == [action]
    assert bool(plan.expectations) is (action not in (Action.CONFLICT, Action.ORPHAN))


def test_the_removal_of_a_file_that_defines_no_pod_is_proven_by_the_file() -> None:
    """Only with --adopt: a file that nothing runs of is still a file that must go."""
    changes = compare([], ["web.yaml"], observation(observed_file("web.yaml", "theirs")), adopt=True)
    [expectation] = make_plan("n1", changes).expectations
    assert (expectation.pod, expectation.subject, expectation.wait_for) == (None, "web.yaml", WaitFor.FILE)


def test_a_pod_that_is_renamed_in_its_file_is_removed_and_proven_gone_before_it_is_created() -> None:
    renamed = manifest("web2", template="web")
    changes = tuple(renamed_apart(compare([renamed], [], observation(written(manifest())))))
    plan = make_plan("n1", changes)
    assert stages(plan) == [["delete web.yaml"], ["create web.yaml"]]
    assert [(entry.gone, entry.subject) for entry in plan.expectations] == [
        (True, "default/web-n1"),
        (False, "default/web2-n1"),
    ]
    [removal], [creation] = (stage.writes for stage in plan.stages)
    assert (removal.name, creation.over) == ("web.yaml", NOTHING)


def test_a_pod_that_keeps_its_name_is_updated_in_one_write() -> None:
    changes = compare([manifest(image="example.com/web:2")], [], observation(written(manifest())))
    assert tuple(renamed_apart(changes)) == changes
