"""Facts of nodes, with the clocks compared; one bad node is its own result."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager

import pytest
from tests.fakes.copies import replace

from podwright.errors import HostUnreachableError
from podwright.operations.node_facts import compared, gather_facts
from podwright.operations.report import Report, Status
from podwright.plan.unknown_fact import Unknown
from podwright.reports.facts import fact_rows


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


@pytest.mark.parametrize("count", [2, 3])
def test_three_clocks_are_compared_with_each_other_too(site, count: int) -> None:
    nodes = tuple(replace(site.node, name=f"n{number}") for number in range(count))
    # the first is compared with another time
    walls = iter([0.0, 0.0] + [time.time()] * 9)
    results = gather_facts(nodes, site.world, lambda: next(walls), forks=1).nodes
    spreads = [result.value.facts.time.spread_seconds for result in results]
    if count == 2:
        assert spreads == [Unknown("it takes three nodes that have answered")] * 2
    else:
        assert spreads[0] > 3_600 > max(map(abs, spreads[1:]))


def test_without_a_clock_nothing_is_compared(site) -> None:
    [result] = gather_facts((site.node,), site.world, time.time, forks=1).nodes
    time_fact = replace(result.value.facts.time, offset_seconds=Unknown("x"))
    facts = replace(result.value.facts, time=time_fact)
    assert compared(facts, 0.0, 100.0, 102.0) is facts
    assert compared(None, 1.0, 100.0, 102.0) is None


class Hostile:
    """A node that knows the nonce of what it is asked, and answers as it likes."""

    def __init__(self, records: list[tuple[str, bytes]]) -> None:
        self._records = records

    def stream(self, program: str, **_given: object):
        nonce = re.search(r"nonce=(\w+)", program)[1]
        for words, body in (("begin 1", b""), *self._records, ("end", b"")):
            yield f"\n@{nonce} {words}\n".encode() + body


@pytest.mark.parametrize(
    "records",
    [
        [("machine 0", b""), ("machine-texts", b"proc/meminfo:" + b"9" * (70 << 20))],
        [("machine 0", b""), *[("machine-paths", b"there x\n")] * 30_000],
        [("machine 0", b""), ("machine-texts", b"\x1b[31m\x00:\xff\n" * 500_000)],
        [("machine 0", b""), ("machine-ports asked", b"tcp 00000000:0050 1\nowner 1 9 x\n" * 200_000)],
        [("machine 0", b""), ("machine-owned", b"777 a b 1 directory:x\n" * 200_000)],
        [("machine 0", b""), ("machine-texts", b"a:-----BEGIN CERTIFICATE-----\n" * 200_000)],
        [("machine \x1b[2J", b""), ("machine 0", b""), ("machine-units", b"Id=x.service\n\n" * 300_000)],
        [("machine 0", b""), ("kubelet 1 kubelet S", b""), ("kubelet-process S 1", b"/" * 9_000_000)],
        [("machine 0", b""), ("kubelet 1 kubelet S", b""), ("arguments", b"--a=b\n" * 500_000)],
    ],
    ids=["megabytes", "records", "control", "ports", "rights", "certificates", "units", "cgroup", "flags"],
)
def test_a_hostile_node_costs_itself_alone_and_little(site, records) -> None:
    @contextmanager
    def connect(node):
        if node.name == "evil":
            yield Hostile(records)
            return
        with original(node) as host:
            yield host

    original = site.world.connect
    world = replace(site.world, connect=connect)
    began = time.process_time()
    evil, well = gather_facts((replace(site.node, name="evil"), site.node), world, time.time, forks=2).nodes
    assert time.process_time() - began < 6
    assert well.value.facts.kubelet.running
    if evil.value.facts is None:
        assert evil.problems
        assert not evil.trace
    else:
        assert len(repr(evil.value.facts)) < 40_000_000
        table = fact_rows(Report("NodeFacts", (evil,)))
        assert all(len(row) == 3 for row in table)
