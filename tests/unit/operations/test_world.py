"""The command line outweighs the inventory, and the inventory the defaults."""

from __future__ import annotations

import pytest

from podwright.inventory.node import Connection, Node, NodeSettings
from podwright.operations.world import DEFAULT_HOLD_SECONDS, Settings
from podwright.plan.expectations import WaitFor


def node(**settings):
    return Node("n1", Connection("127.0.0.1"), settings=NodeSettings(**settings))


@pytest.mark.parametrize(
    ("said", "inventory", "expected"),
    [
        (None, None, WaitFor.READY),
        (None, "running", WaitFor.RUNNING),
        (WaitFor.FILE, "running", WaitFor.FILE),
    ],
)
def test_how_much_must_be_proven(said, inventory, expected):
    assert Settings(wait_for=said).wait_for_on(node(wait_for=inventory)) is expected


@pytest.mark.parametrize(
    ("said", "inventory", "expected"),
    [(None, None, None), (None, 40.0, 40.0), (5.0, 40.0, 5.0)],
)
def test_how_long_a_node_may_take(said, inventory, expected):
    assert Settings(timeout=said).timeout_on(node(timeout=inventory)) == expected


@pytest.mark.parametrize(
    ("said", "inventory", "expected"),
    [(None, None, DEFAULT_HOLD_SECONDS), (None, 9.0, 9.0), (0.0, 9.0, 0.0), (None, 0.0, 0.0)],
)
def test_how_long_pods_must_hold_and_zero_is_a_choice(said, inventory, expected):
    assert Settings(hold=said).hold_on(node(hold=inventory)) == expected
