"""What only several nodes show: what they share and must not, and what differs and should not."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.machines import config, kubelet, subject

from podwright.plan.facts import Identity, Time
from podwright.plan.node_checks.check import Profile
from podwright.plan.node_checks.fleet import judge_fleet
from podwright.plan.node_checks.table import judge_nodes
from podwright.plan.unknown_fact import Unknown


def own(number: int) -> Identity:
    return Identity(f"n{number}", f"{number:032x}", f"uuid-{number}", "b", (f"02:00:00:00:00:0{number}",))


def fleet(count: int = 4, **of_last: object):
    nodes = [subject(f"n{number}", "web", identity=own(number)) for number in range(1, count + 1)]
    return [*nodes[:-1], replace(nodes[-1], facts=replace(nodes[-1].facts, **of_last))]


def results(name: str, subjects) -> dict[str, str]:
    return {node: found.result.value for node, found in judge_fleet(subjects)[name].items()}


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("duplicate-machine-id", "machine_id", f"{1:032x}"),
        ("duplicate-product-uuid", "product_uuid", "uuid-1"),
        ("duplicate-host-name", "host_name", "n1"),
        ("duplicate-address", "mac_addresses", ("02:00:00:00:00:01",)),
    ],
)
def test_what_two_machines_share(name: str, field: str, value: object) -> None:
    assert set(results(name, fleet()).values()) == {"pass"}
    shared = results(name, fleet(identity=replace(own(4), **{field: value})))
    assert shared == {"n1": "fail", "n2": "pass", "n3": "pass", "n4": "fail"}
    hidden = Unknown("x") if field != "mac_addresses" else ()
    unseen = fleet(
        identity=replace(own(4), **{field: hidden}), unreadable=("/sys/class/dmi/id/product_uuid",)
    )
    assert results(name, unseen)["n4"] == "unknown"


def test_a_machine_without_firmware_shares_no_uuid() -> None:
    bare = fleet(identity=replace(own(4), product_uuid=Unknown("it is not there")))
    assert results("duplicate-product-uuid", bare)["n4"] == "n/a"


def test_only_the_checks_of_the_profiles_are_made() -> None:
    assert "etcd-members" not in judge_fleet(fleet(), [Profile.STATIC_PODS])
    assert "etcd-members" in judge_fleet(fleet(), [Profile.CONTROL_PLANE])


def test_a_clock_against_the_median_of_all() -> None:
    late = Time(synchronized=True, source="", offset_seconds=-40.0)
    assert results("time-spread", fleet(time=late)) == {
        "n1": "pass",
        "n2": "pass",
        "n3": "pass",
        "n4": "fail",
    }
    assert results("time-spread", fleet(2, time=late)) == {}


def test_who_differs_from_the_most_of_its_group_and_in_what() -> None:
    found = judge_fleet(fleet(kubelet=kubelet(version="1.33.0")))["version-spread"]
    assert found["n4"].seen == "kubelet is 1.33.0, in web 1.34.1"
    assert found["n1"].result.value == "pass"
    odd = judge_fleet(fleet(kubelet=kubelet(config=config(maxPods=50))))["configuration-spread"]
    assert odd["n4"].seen == "maxPods is 50, in web not set"
    own_name = kubelet(config=config(**{"--hostname-override": "n4"}))
    assert set(results("configuration-spread", fleet(kubelet=own_name)).values()) == {"pass"}


def test_two_nodes_are_no_majority_and_one_is_no_fleet() -> None:
    assert results("version-spread", fleet(2, kubelet=kubelet(version="1.33.0"))) == {}
    assert judge_fleet(fleet(1)) == {}
    alone = {finding.check.id: finding.result.value for finding in judge_nodes(fleet(1), ["static-pods"], "")}
    assert alone["duplicate-host-name"] == "n/a"


def test_a_hundred_nodes_with_different_settings_are_judged_once_each() -> None:
    nodes = [subject(f"n{number}", "web", kubelet=kubelet(config=config(x=number))) for number in range(100)]
    assert len(judge_fleet(nodes)["configuration-spread"]) == 100
