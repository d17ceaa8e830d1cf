"""What a delete does, by grace period, node, phase and finalizers."""

from datetime import UTC, datetime

import pytest

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.deletion import Deletion, check_uid, plan_deletion
from podwright_lab.api.kinds import KINDS

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PODS = KINDS["pods"]


def pod(*, node="n1", phase="Running", grace=30, **metadata):
    return {
        "metadata": {"name": "p", "namespace": "default", "uid": "u", "generation": 1} | metadata,
        "spec": {"nodeName": node, "terminationGracePeriodSeconds": grace},
        "status": {"phase": phase},
    }


def marks(plan):
    metadata = plan.marked["metadata"]
    return metadata["deletionTimestamp"], metadata["deletionGracePeriodSeconds"], metadata["generation"]


@pytest.mark.parametrize(
    ("target", "asked", "grace", "remove"),
    [
        (pod(), None, 30, False),
        (pod(grace=2), None, 2, False),
        (pod(), 5, 5, False),
        (pod(), 0, 0, True),
        (pod(), -1, 1, False),
        (pod(node=""), None, 0, True),
        (pod(phase="Succeeded"), None, 0, True),
        (pod(phase="Failed"), 30, 0, True),
        (pod(finalizers=["example.com/a"]), 0, 0, False),
    ],
)
def test_a_pod_is_marked_first_and_goes_at_once_only_without_grace(target, asked, grace, remove):
    plan = plan_deletion(PODS, target, asked, NOW)
    expected = f"2026-11-23T12:00:{grace:02d}Z"
    assert marks(plan) == (expected, grace, 2)
    assert plan.remove is remove


def marked(grace, **metadata):
    return pod(deletionTimestamp="2026-11-23T12:00:30Z", deletionGracePeriodSeconds=grace, **metadata)


def test_a_second_delete_only_shortens_the_grace_period():
    assert plan_deletion(PODS, marked(30), None, NOW) == Deletion(None, remove=False)
    assert plan_deletion(PODS, marked(30), 60, NOW) == Deletion(None, remove=False)
    assert marks(plan_deletion(PODS, marked(30), 10, NOW)) == ("2026-11-23T12:00:10Z", 10, 1)


def test_the_kubelets_last_delete_takes_the_pod_away():
    plan = plan_deletion(PODS, marked(30), 0, NOW)
    assert marks(plan) == ("2026-11-23T12:00:00Z", 0, 1)
    assert plan.remove


def test_a_pod_that_finalizers_hold_stays_however_often_it_is_deleted():
    held = marked(0, finalizers=["example.com/a"])
    assert plan_deletion(PODS, held, 0, NOW) == Deletion(None, remove=False)


def test_other_kinds_go_at_once_unless_held():
    node = {"metadata": {"name": "n1", "uid": "u"}}
    assert plan_deletion(KINDS["nodes"], node, None, NOW) == Deletion(None, remove=True)
    held = {"metadata": {"name": "n1", "uid": "u", "finalizers": ["example.com/a"]}}
    plan = plan_deletion(KINDS["nodes"], held, None, NOW)
    assert plan.marked["metadata"]["deletionTimestamp"] == "2026-11-23T12:00:00Z"
    assert not plan.remove


def test_another_object_of_the_same_name_is_not_deleted():
    check_uid(PODS, pod(), "u")
    with pytest.raises(ApiError, match="might have been deleted and then recreated") as caught:
        check_uid(PODS, pod(), "older")
    assert caught.value.code == 409
