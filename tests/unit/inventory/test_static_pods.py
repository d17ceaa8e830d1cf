"""`static_pods` is read once where it stands, and merged name by name."""

from __future__ import annotations

import pytest

from podwright.inventory.document import parse_document
from podwright.inventory.node import StaticPod
from podwright.inventory.static_pods import StaticPods, as_pods, as_variable
from podwright.inventory.structure import Source


def source(text: str) -> Source:
    document = parse_document("f", text, [])
    return Source(document, document.value)


def test_layers_merge_by_name():
    layers = [source("static_pods: [a, b]"), source("static_pods: {b: absent, c: present}"), source("x: 1")]
    pods = StaticPods(layers, [])
    merged = pods.merged([layer.variables for layer in layers], {"z": True})
    assert merged == {"z": True, "a": True, "b": False, "c": True}
    assert as_pods(merged)[2] == StaticPod("b", present=False)
    assert as_variable(merged)["b"] == "absent"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("static_pods: a", "f:1:14: `static_pods` is a list or a mapping", "templates are not rendered here"),
        ("static_pods: [a/b]", "f:1:15: `a/b` cannot be the name of a template", "without `.yaml.j2`"),
        ("static_pods: {a: presnt}", "f:1:18: `static_pods.a` is neither", "did you mean `present`?"),
        ("static_pods: {a: yes}", "f:1:18: `static_pods.a` is neither", "write `present` or `absent`"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(text, message, hint):
    problems: list = []
    StaticPods([source(text)], problems)
    assert str(problems[0]).startswith(message)
    assert hint in problems[0].hint


def test_nothing_said_is_nothing():
    said = source("static_pods: ")
    assert StaticPods([said], []).merged([said.variables], {}) == {}
