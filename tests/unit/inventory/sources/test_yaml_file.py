"""Groups, children and hosts as the files name them; cycles are taken out and told."""

from __future__ import annotations

import pytest

from podwright.inventory.group_cycles import refuse_cycles
from podwright.inventory.sources.yaml_file import read_groups
from podwright.inventory.structure import Structure
from podwright.inventory.yaml_document import parse_document


def structure(*texts: str) -> tuple[Structure, list[str]]:
    found = Structure()
    for text in texts:
        read_groups(parse_document("f", text, found.problems), found)
    refuse_cycles(found, found.problems)
    return found, [str(problem) for problem in found.problems]


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


def test_what_ansible_skips_is_a_warning():
    found, problems = structure("a: {hosts: {n: }, annotations: {x: 1}, kind: }\napiVersion: v1\n")
    assert (problems, list(found.groups)) == ([], ["all", "ungrouped", "a"])
    assert [str(warning) for warning in found.warnings] == [
        "f:1:19: `annotations` is not a key of a group (`a`), and is not used",
        "f:1:40: `kind` is not a key of a group (`a`), and is not used",
        "f:2:1: `apiVersion` is a single value, not a group, and is not used",
    ]


def test_variables_of_a_host_called_like_a_group_are_the_groups():
    found, _ = structure("web: {hosts: {web: {x: 1}, other: }}")
    assert (found.groups["web"].variables, found.hosts) == ({"x": 1}, {"web": {}, "other": {}})


def test_each_mapping_of_variables_knows_whose_it_is():
    found, _ = structure("a: {vars: {x: 1}, hosts: {'n[1:2]': {y: 1}}}")
    assert [(source.group, source.hosts) for source in found.sources] == [("a", ()), ("", ("n1", "n2"))]
