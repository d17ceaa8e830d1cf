"""Hosts on the command line."""

from __future__ import annotations

from podwright.inventory.sources.host_list import read_hosts
from podwright.inventory.structure import Structure


def test_hosts_and_ports_are_split_and_empty_parts_left_out():
    found = Structure()
    read_hosts("a, b:22,,[::1]:23,x[1:2],", found)
    assert found.hosts == {"a": {}, "b": {"ansible_port": 22}, "::1": {"ansible_port": 23}, "x[1:2]": {}}
    assert list(found.groups["ungrouped"].hosts) == ["a", "b", "::1", "x[1:2]"]


def test_what_is_no_name_is_a_problem():
    found = Structure()
    read_hosts("-oX,", found)
    assert [str(problem) for problem in found.problems] == ["-oX,: `-oX` cannot be the name of a host"]
