from __future__ import annotations

import pytest

from podwright.plan.provision.item import ABSENT, Item, Kind, Seen
from podwright.plan.provision.observed import NodeFacts, NodeSeen
from podwright.plan.provision.packages import index_warnings, package_problems


def seen(**states: str) -> NodeSeen:
    return NodeSeen("n1", NodeFacts(), {f"package {name}": Seen(state) for name, state in states.items()})


def package(name: str, state: str = "present") -> Item:
    return Item(Kind.PACKAGE, name, state)


@pytest.mark.parametrize(
    ("wanted", "state", "message"),
    [
        ("present", "unmanaged", "it has no package manager that podwright knows: apt, dnf, zypper, apk"),
        (
            "present hold=yes",
            "present hold=unsupported",
            "`a` cannot be held: dnf has no plugin `versionlock` there",
        ),
        (ABSENT, "present version=1 hold=no with=b,c", "without `a` these would go too: b, c"),
        (ABSENT, "present version=1 hold=no with=?", "its package manager would not remove `a`"),
    ],
)
def test_what_cannot_be_done_stops_the_node(wanted: str, state: str, message: str) -> None:
    [(said, _hint)] = package_problems([package("a", wanted)], seen(a=state))
    assert said == message


def test_what_goes_too_may_if_it_is_to_go() -> None:
    items = [package("a", ABSENT), package("b", ABSENT)]
    states = seen(a="present version=1 hold=no with=b", b="present version=1 hold=no")
    assert list(package_problems(items, states)) == []


def test_what_only_a_newer_index_may_have_is_told() -> None:
    items = [package("a"), package("b")]
    [warning] = index_warnings(items, seen(a="absent candidate=none", b="absent candidate=1.2"))
    assert "`a`" in warning
