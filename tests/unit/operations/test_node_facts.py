"""Facts of nodes, with the clocks compared; one bad node is its own result."""

from __future__ import annotations

import time

import pytest
from tests.fakes.copies import replace

from podwright.errors import HostUnreachableError
from podwright.operations.node_facts import compared, gather_facts
from podwright.operations.report import Status
from podwright.plan.known import Unknown


def test_the_facts_of_a_node(site) -> None:
    [result] = gather_facts((site.node,), site.world, time.time, forks=1).nodes
    facts = result.value.facts
    assert (result.status, facts.kubelet.running, facts.kubelet.node_name) == (Status.OBSERVED, True, "n1")
    assert facts.kubelet.static_pod_path == str(site.folder)
    assert abs(facts.time.offset_seconds) <= facts.time.uncertainty_seconds + 0.1


def test_a_node_that_cannot_be_reached_hides_no_other(site) -> None:
    def connect(node):
        if node.name == "gone":
            raise HostUnreachableError("gone: cannot connect")
        return original(node)

    original = site.world.connect
    nodes = (replace(site.node, name="gone"), site.node)
    gone, well = gather_facts(nodes, replace(site.world, connect=connect), time.time, forks=2).nodes
    assert (gone.status, gone.value.facts) == (Status.UNREACHABLE, None)
    assert well.value.facts is not None


@pytest.mark.parametrize(
    ("clock", "offset", "uncertainty"),
    [(100.25, -0.75, 1.0), (101.0, 0.5, 1.5), (700.5, 599.5, 1.0)],
)
def test_a_clock_is_ahead_of_the_middle_of_the_round_trip(site, clock, offset, uncertainty) -> None:
    [result] = gather_facts((site.node,), site.world, time.time, forks=1).nodes
    found = compared(result.value.facts, clock, 100.0, 102.0).time
    assert (found.offset_seconds, found.uncertainty_seconds) == (offset, uncertainty)


def test_without_a_clock_nothing_is_compared(site) -> None:
    [result] = gather_facts((site.node,), site.world, time.time, forks=1).nodes
    time_fact = replace(result.value.facts.time, offset_seconds=Unknown("x"))
    facts = replace(result.value.facts, time=time_fact)
    assert compared(facts, 0.0, 100.0, 102.0) is facts
    assert compared(None, 1.0, 100.0, 102.0) is None
