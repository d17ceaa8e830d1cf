"""How many members an etcd has, and whether it is new enough for its API servers."""

from __future__ import annotations

import pytest
from tests.fakes.control_planes import control_plane, network, static_pod, worker
from tests.fakes.machines import judged, observation, result, subject

from podwright.plan.node_checks.fleet import judge_fleet


def results(name: str, *fleet) -> dict[str, str]:
    return {node: found.result.value for node, found in judge_fleet(fleet)[name].items()}


def test_members_that_joined_one_after_another_are_counted_together() -> None:
    three = (control_plane(1, (1,)), control_plane(2, (1, 2)), control_plane(3, (1, 2, 3)))
    assert set(results("etcd-members", *three).values()) == {"pass"}
    assert results("etcd-members", *three[:2], worker()) == {"cp-1": "fail", "cp-2": "fail", "w-1": "n/a"}
    assert judge_fleet(three[:2])["etcd-members"]["cp-1"].seen == "2: cp-1, cp-2"


def test_two_clusters_are_counted_apart() -> None:
    fleet = (control_plane(1, (1,)), control_plane(4, (4, 5)), control_plane(5, (4, 5)))
    assert results("etcd-members", *fleet) == {"cp-1": "pass", "cp-4": "fail", "cp-5": "fail"}


def test_a_member_that_was_not_checked_may_have_left() -> None:
    found = judged("etcd-members", control_plane(1, (1, 2)))
    assert (found.result, found.seen) == ("unknown", "10.0.0.2 may be members too, and were not checked")
    assert result("etcd-members", control_plane(1, (1,))) == "pass"


def test_an_etcd_whose_members_stand_in_a_file_of_its_own_is_unknown() -> None:
    flags = static_pod("etcd", "etcd:3.6.4-0", config_file="/etc/etcd.yaml")
    assert result("etcd-members", subject(seen=observation(files=(flags,)))) == "unknown"


@pytest.mark.parametrize(
    ("api", "etcd", "expected"),
    [("v1.34.1", "3.5.11-0", "pass"), ("v1.34.1", "3.5.9-0", "fail"), ("v1.35.0", "3.5.21-0", "fail"),
     ("v1.35.0", "3.6.4-0", "pass"), ("latest", "3.6.4-0", "unknown"), ("v1.35.0", "latest", "unknown")],
)  # fmt: skip
def test_an_etcd_may_be_too_old_for_its_api_server(api: str, etcd: str, expected: str) -> None:
    assert result("etcd-version", control_plane(1, api=api, etcd_version=etcd)) == expected


def test_an_etcd_elsewhere_is_known_if_its_node_is_checked_too() -> None:
    server = control_plane(1, (), servers="https://10.0.0.7:2379")
    assert results("etcd-version", server, worker()) == {"cp-1": "unknown", "w-1": "n/a"}
    old = control_plane(7, (7,), etcd_version="3.5.1-0", network=network("10.0.0.7"))
    assert judge_fleet((server, old))["etcd-version"]["cp-1"].seen == "3.5.1 at 10.0.0.7"
