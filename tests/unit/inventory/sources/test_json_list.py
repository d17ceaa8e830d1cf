"""Lists of groups as inventory scripts print them, of old and of today."""

from __future__ import annotations

import json

import pytest

from podwright.inventory.sources.json_list import is_list, read_list
from podwright.inventory.structure import Structure
from podwright.inventory.yaml_document import Document, parse_document


def read(value: object, ask=None) -> Structure:
    found = Structure()
    read_list(Document("f", value), found, ask)
    return found


def test_groups_hosts_and_their_variables_are_read():
    found = read(
        {
            "_meta": {"hostvars": {"a": {"x": 1}, "nobody": {"x": 2}}},
            "web": {"hosts": ["a", "b"], "vars": {"y": 1}, "children": ["db"]},
            "old": ["c"],
            "single": {"z": 1},
        }
    )
    assert found.problems == []
    assert found.hosts == {"a": {"x": 1}, "b": {}, "c": {}, "single": {}}
    assert found.groups["single"].variables == {"z": 1}
    assert (found.groups["web"].variables, list(found.groups["web"].children)) == ({"y": 1}, ["db"])


def test_without_meta_every_host_is_asked_for():
    asked = []

    def ask(host: str) -> Document | None:
        asked.append(host)
        return Document("f", {"x": host}) if host == "a" else None

    assert read({"web": ["a", "b"]}, ask).hosts == {"a": {"x": "a"}, "b": {}}
    assert asked == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([], "a list of groups is a mapping of their names to hosts"),
        ({"_meta": {}}, "`_meta` holds no mapping `hostvars`"),
        ({"web": {"hosts": "a"}}, "the hosts of `web` are not a list"),
        ({"web": {"hosts": [1]}}, "`1` cannot be the name of a host"),
        ({"web": {"hosts": [], "vars": []}}, "the variables of `web` are not a mapping"),
        ({"web": {"children": "a"}}, "the children of `web` are not a list"),
        ({"web": {"children": ["-a"]}}, "`-a` cannot be the name of a group"),
        ({"_meta": {"hostvars": {"a": 1}}, "web": ["a"]}, "the variables of `a` are not a mapping"),
    ],
)
def test_what_is_no_such_list_is_a_problem(value, problem):
    assert [str(found).removeprefix("f: ") for found in read(value).problems] == [problem]


@pytest.mark.parametrize(
    ("value", "expected"),
    [({"_meta": {}}, True), ({"a": {"hosts": ["b"]}}, True), ({"a": {"hosts": {"b": None}}}, False), ({"a": None}, False)],
)  # fmt: skip
def test_a_list_is_told_from_groups_in_yamls_shape(value, expected):
    document = parse_document("f", json.dumps(value), [])
    assert is_list(document, document.value) == expected
