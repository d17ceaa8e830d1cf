"""What guards a group: every kind has its own settings, and what is wrong is told where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import InventoryError
from podwright.inventory.guards import WRITE, Guard, GuardKind, guard_problems, read_guard
from podwright.inventory.load import load_inventory
from podwright.inventory.node import Connection, Node, NodeSettings, StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.inventory.structure import Source
from podwright.inventory.yaml_document import parse_document

ETCD = Guard(GuardKind.ETCD)


@pytest.mark.parametrize(
    ("value", "guard"),
    [
        ({"kind": "etcd"}, ETCD),
        ({"kind": "etcd", "group": "cp"}, Guard(GuardKind.ETCD, "cp")),
        ({"group": "lb", "min_available": 2}, Guard(GuardKind.AVAILABLE, "lb", 2)),
        ({"kind": "vip", "address": "10.0.0.9"}, Guard(GuardKind.VIP, address="10.0.0.9")),
        (
            {"kind": "vip", "address": "FE80:0::1", "port": 443},
            Guard(GuardKind.VIP, address="fe80::1", port=443),
        ),
        ({}, None),
        ({"group": "lb"}, None),
        ({"kind": "etcd", "min_available": 1}, None),
        ({"kind": "quorum"}, None),
        ({"kind": "vip"}, None),
        ({"kind": "vip", "address": "lb.example.com"}, None),
        ({"min_available": 0}, None),
        ({"min_available": True}, None),
        ({"min_available": "2"}, None),
        ({1: 2}, None),
        (["etcd"], None),
        ("etcd", None),
        (None, None),
    ],
)
def test_a_guard_is_read_whole_or_not_at_all(value: object, guard: Guard | None) -> None:
    assert read_guard(value) == guard


def test_what_is_wrong_has_its_place_and_a_hint() -> None:
    document = parse_document("f", "x: 1\npodwright_guard: {kind: etcdd}\n", [])
    [problem] = guard_problems(Source(document, document.value))
    assert (str(problem.place), problem.hint) == ("f:2:18", WRITE)
    unset = parse_document("f", "podwright_guard:\n", [])
    assert not [*guard_problems(Source(unset, unset.value))]


def test_a_pods_own_guard_wins_over_its_nodes() -> None:
    own = StaticPod("vip", settings=PodSettings(guard=Guard(GuardKind.VIP, address="10.0.0.9")))
    node = Node("n1", Connection("h"), (own, StaticPod("web")), NodeSettings(guard=ETCD))
    assert node.guard_of("vip").kind is GuardKind.VIP
    assert node.guard_of("web") == node.guard_of("unheard-of") == ETCD
    assert node.guards == (ETCD, node.guard_of("vip"))
    assert Node("n2", Connection("h"), (StaticPod("web"),)).guard_of("web") is None


def test_an_inventory_guards_a_group_a_pod_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "hosts.yaml").write_text(
        """\
all:
  vars:
    static_pods: {vip: {podwright_guard: {kind: vip, address: 10.0.0.9}}}
  children:
    etcd:
      hosts: {n1: {static_pods: {vip: present, web: present}}, n2: {podwright_guard: }}
      vars: {podwright_guard: {kind: etcd}}
"""
    )
    first, second = load_inventory(tmp_path / "hosts.yaml").nodes
    assert first.guard_of("web") == ETCD
    assert first.guard_of("vip") == second.guard_of("vip") == Guard(GuardKind.VIP, address="10.0.0.9")
    assert second.guard_of("web") is None


@pytest.mark.parametrize(
    "text",
    [
        "all: {hosts: {n1: }, vars: {podwright_guard: {kind: etcd, min_available: 2}}}",
        "all: {hosts: {n1: }, vars: {static_pods: {web: {podwright_guard: {kind: vip}}}}}",
    ],
)
def test_a_guard_that_cannot_be_read_is_an_error_before_any_connection(tmp_path: Path, text: str) -> None:
    (tmp_path / "hosts.yaml").write_text(text)
    with pytest.raises(InventoryError, match="podwright_guard` has no value that it may have"):
        load_inventory(tmp_path / "hosts.yaml")
