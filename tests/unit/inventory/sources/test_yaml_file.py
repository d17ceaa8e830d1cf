"""Groups, children and hosts as the files name them; cycles are taken out and told."""

from __future__ import annotations

import pytest

from podwright.inventory.cycles import refuse_cycles
from podwright.inventory.document import parse_document
from podwright.inventory.sources.yaml_file import StructureReader
from podwright.inventory.structure import Structure


def structure(*texts: str) -> tuple[Structure, list[str]]:
    problems: list = []
    reader = StructureReader(problems)
    for text in texts:
        reader.read(parse_document("f", text, problems))
    refuse_cycles(reader.structure, problems)
    return reader.structure, [str(problem) for problem in problems]


def test_what_a_later_document_says_is_added_or_wins():
    found, problems = structure(
        "a: {hosts: {n: {x: 1, y: 1}}, vars: {v: 1}}", "a: {hosts: {n: {x: 2}, m: }, vars: {v: 2}}"
    )
    assert problems == []
    assert found.hosts == {"n": {"x": 2, "y": 1}, "m": {}}
    assert (found.groups["a"].variables, list(found.groups["a"].hosts)) == ({"v": 2}, ["n", "m"])


def test_a_single_name_is_a_group_or_host_too():
    found, problems = structure("a: {hosts: n, children: b}")
    assert problems == []
    assert (list(found.hosts), list(found.groups["a"].children)) == (["n"], ["b"])


def test_a_port_behind_a_name_is_a_variable_that_others_beat():
    found, _ = structure("a: {hosts: {'n[1:2]:22': {x: 1}, 'm:23': {ansible_port: 24}}}")
    assert found.hosts == {
        "n1": {"ansible_port": 22, "x": 1},
        "n2": {"ansible_port": 22, "x": 1},
        "m": {"ansible_port": 24},
    }


def test_priority_is_a_number_of_the_group():
    found, problems = structure(
        "a: {vars: {ansible_group_priority: '3', v: 1}}", "b: {vars: {ansible_group_priority: x}}"
    )
    assert (found.groups["a"].priority, found.groups["a"].variables) == (3, {"v": 1})
    assert problems == ["f:1:36: `ansible_group_priority` is a whole number"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: {children: {b: {children: {a: }}}}", "the groups a > b > a go round in a circle"),
        ("a: {children: {a: }}", "the groups a > a go round in a circle"),
        ("a: {children: {all: }}", "`all` holds every group and is below none"),
        ("a: {hosts: [n]}", "`hosts` of group `a` is a list, not a mapping"),
        ("a: {host: {n: }}", "`host` is not a key of a group"),
        ("a: {hosts: {-x: }}", "`-x` cannot be the name of a host"),
        ("-a: {hosts: {x: }}", "`-a` cannot be the name of a group"),
    ],
)
def test_what_is_wrong_is_told(text, problem):
    assert structure(text)[1][0].partition(": ")[2] == problem
