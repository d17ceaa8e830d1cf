"""INI inventories: sections, hosts with their variables, and what is wrong where."""

from __future__ import annotations

import pytest

from podwright.expressions.inventory_text import place_in
from podwright.inventory.sources.ini_file import IniFile
from podwright.inventory.structure import Structure


def read(text: str) -> Structure:
    found = Structure()
    ini = IniFile.parse("f", text)
    found.problems.extend(ini.problems)
    ini.add_to(found)
    return found


def test_hosts_children_and_variables_are_read():
    found = read(
        "loose\n[web]\na[1:2]:2222 x=1 y='b c'  # said\n; no\n[web:vars]\nz = 'q' # kept\n[site:children]\nweb\n"
    )
    assert found.problems == []
    assert found.hosts == {
        "loose": {},
        "a1": {"ansible_port": 2222, "x": 1, "y": "b c"},
        "a2": {"ansible_port": 2222, "x": 1, "y": "b c"},
    }
    assert (found.groups["web"].variables, list(found.groups["site"].children)) == ({"z": "q"}, ["web"])


def test_each_value_knows_its_line():
    found = read("n a={{b}} b=1\n[g]\n[g:vars]\n\nc={{ b }}\n")
    places = [
        source.document.value_place(source.variables, next(iter(source.variables)))
        for source in found.sources
    ]
    assert [str(place) for place in places] == ["f:1", "f:5"]
    assert str(place_in(found.groups["g"].variables["c"], 1)) == "f:5"


def test_a_child_may_be_declared_below():
    found = read("[all:children]\nlate\nearly\n[early]\n[late]\nn\n")
    assert list(found.groups["all"].children) == ["early", "late"]
    assert found.problems == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[web:hosts2]\n", "f:1: `[web:hosts2]` is not a section"),
        ("[my web]\n", "f:1: `[my web]` is not a section"),
        ("n a\n", "f:1: `a` is not a variable of a host"),
        ("n a = 1\n", "f:1: `a` is not a variable of a host"),
        ("n a='b\n", "f:1: this is not a host with its variables: No closing quotation"),
        ("n[3:1]\n", "f:1: this is not a host with its variables: a host range runs from the smaller to the greater number"),
        ("---\n", "f:1: `---` cannot be the name of a host"),
        ("all:\n", "f:1: `all:` cannot be the name of a host"),
        ("[g]\n[g:vars]\nabc\n", "f:3: this is not a variable"),
        ("[g:children]\na b\n", "f:2: `a b` cannot be the name of a group"),
        ("[g]\n[g:children]\nall\n", "f:3: `all` holds every group and is below none"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(text, problem):
    assert [str(found) for found in read(text).problems] == [problem]


def test_of_what_is_no_inventory_at_all_not_every_line_is_named():
    assert len(read("a b\n" * 100).problems) == 10


def test_a_child_without_a_section_is_a_warning():
    found = read("[g]\nn\n[g:children]\nnowhere\n")
    assert [str(warning) for warning in found.warnings] == [
        "f:4: `[g:children]` names `nowhere`, a group without a section of its own"
    ]
    assert found.problems == []
    assert "nowhere" not in found.groups


def test_variables_of_a_group_without_a_section_are_a_warning():
    found = read("n\n[nowhere:vars]\na=1\n")
    assert [str(warning) for warning in found.warnings] == [
        "f:2: `nowhere` has variables, and no section of its own"
    ]
    assert found.problems == []
