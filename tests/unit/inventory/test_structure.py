"""Groups and hosts gather what every source says, as Ansible's own data do."""

from __future__ import annotations

import pytest

from podwright.inventory.structure import Source, Structure, is_name
from podwright.inventory.yaml_document import Document
from podwright.problem import Place

DOCUMENT = Document("f")


def test_a_host_belongs_to_the_file_that_named_it_first_and_keeps_its_first_port():
    found = Structure()
    found.add_host("n", found.group("web"), "a", 22)
    found.add_host("n", found.group("db"), "b", 23)
    assert (found.hosts, found.files) == ({"n": {"ansible_port": 22}}, {"n": "a"})
    assert [name for name, group in found.groups.items() if "n" in group.hosts] == ["web", "db"]


def test_later_variables_win_and_never_change_what_was_read():
    found = Structure()
    found.add_host("n", None, "a")
    first, second = {"x": 1, "y": 1}, {"x": 2}
    found.set_variables(Source(DOCUMENT, first, hosts=("n",)))
    found.set_variables(Source(DOCUMENT, second, hosts=("n",)))
    assert (found.hosts["n"], first, second) == ({"x": 2, "y": 1}, {"x": 1, "y": 1}, {"x": 2})
    assert [source.variables for source in found.sources] == [first, second]


def test_a_host_called_like_a_group_is_that_group():
    found = Structure()
    found.add_host("web", found.group("web"), "a")
    found.set_variables(Source(DOCUMENT, {"x": 1}, hosts=("web",)))
    assert (found.groups["web"].variables, found.hosts["web"]) == ({"x": 1}, {})


def test_a_priority_is_no_variable():
    found = Structure()
    found.set_variables(Source(DOCUMENT, {"ansible_group_priority": "7", "x": 1}, "web"))
    found.set_variables(Source(DOCUMENT, {"ansible_group_priority": "high"}, "web"))
    assert (found.groups["web"].priority, found.groups["web"].variables) == (7, {"x": 1})
    assert [problem.message for problem in found.problems] == ["`ansible_group_priority` is a whole number"]


def test_all_is_below_no_group():
    found = Structure()
    found.add_child(found.group("web"), "all", Place("f", 1))
    assert (found.groups["web"].children, len(found.problems)) == ({}, 1)


@pytest.mark.parametrize("name", ["a", "a b", "a+b==", "ü", "::1", "a" * 253])
def test_nearly_anything_is_a_name(name):
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "-x", " a", "a ", "a\nb", "a\x1b[0m", "a" * 254, 1, None])
def test_what_steers_a_terminal_or_a_program_is_no_name(name):
    assert not is_name(name)
