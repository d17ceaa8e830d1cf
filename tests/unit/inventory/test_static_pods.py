"""`static_pods` is read once where it stands, and merged name by name."""

from __future__ import annotations

import pytest

from podwright.inventory.node import StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.inventory.static_pods import StaticPods, as_variable
from podwright.inventory.structure import Source
from podwright.inventory.yaml_document import parse_document


def source(text: str) -> Source:
    document = parse_document("f", text, [])
    return Source(document, document.value)


def test_layers_merge_by_name():
    layers = [source("static_pods: [a, b]"), source("static_pods: {b: absent, c: present}"), source("x: 1")]
    pods = StaticPods(layers, [])
    merged = pods.merged([layer.variables for layer in layers], {"z": (StaticPod("z"),)})
    assert pods.pods(merged) == (
        StaticPod("z"),
        StaticPod("a"),
        StaticPod("b", present=False),
        StaticPod("c"),
    )
    assert as_variable(merged)["b"] == "absent"


def test_settings_of_a_weaker_layer_hold_for_a_pod_that_is_only_called_present():
    layers = [
        source("static_pods: {vip: {state: absent, podwright_single: true}}"),
        source("static_pods: [vip]"),
    ]
    [vip] = StaticPods(layers, []).merged([layer.variables for layer in layers], {})["vip"]
    assert (vip.present, vip.settings) == (True, PodSettings(single=True))


INSTANCES = source(
    "static_pods: {vip: {instances: [{name: a, vars: {ip: 1}}, {name: b, state: absent}]}, web: {}}"
)


def test_a_template_has_instances_with_variables_of_their_own():
    pods = StaticPods([INSTANCES], [])
    merged = pods.merged([INSTANCES.variables], {})
    first, second, third = pods.pods(merged)
    assert (first, first.variables) == (StaticPod("vip", instance="a"), {"ip": 1})
    assert (second, third) == (StaticPod("vip", present=False, instance="b"), StaticPod("web"))
    assert as_variable(merged)["vip"] == {
        "instances": [
            {"name": "a", "state": "present", "vars": {"ip": 1}},
            {"name": "b", "state": "absent", "vars": {}},
        ]
    }
    assert (first.name, third.name) == ("vip.a", "web")
    assert [first.is_named([name]) for name in ("vip", "vip.a", "vip.b")] == [True, True, False]


@pytest.mark.parametrize("layer", ["static_pods: {vip: absent}", "static_pods: {vip: {state: absent}}"])
def test_a_template_that_is_absent_is_so_in_all_its_instances(layer):
    layers = [INSTANCES, source(layer)]
    pods = StaticPods(layers, [])
    merged = pods.merged([layer.variables for layer in layers], {})
    assert [(pod.name, pod.present) for pod in pods.pods(merged)] == [
        ("vip", False), ("vip.a", False), ("vip.b", False), ("web", True),
    ]  # fmt: skip


def test_two_pods_cannot_have_one_file():
    problems: list = []
    said = source("static_pods: {vip.a: present, vip: {instances: [{name: a}]}}")
    pods = StaticPods([said], problems)
    pods.pods(pods.merged([said.variables], {}))
    assert (
        problems[0].message
        == "`static_pods` has a template `vip.a` and an instance that would have the same file"
    )


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("static_pods: a", "f:1:14: `static_pods` is a list or a mapping", "templates are not rendered here"),
        ("static_pods: [a/b]", "f:1:15: `a/b` cannot be the name of a template", "without `.yaml.j2`"),
        ("static_pods: {a: presnt}", "f:1:18: `static_pods.a` is neither", "did you mean `present`?"),
        (
            "static_pods: {a: {stat: absent}}",
            "f:1:19: `static_pods.a` has no setting `stat`",
            "did you mean `state`?",
        ),
        ("static_pods: {a: {state: x}}", "f:1:18: `static_pods.a.state` is neither", "write `present`"),
        ("static_pods: {a: {instances: b}}", "f:1:18: `static_pods.a.instances` is a list", "vars: {…}"),
        (
            "static_pods: {a: {instances: [b]}}",
            "f:1:31: `static_pods.a.instances[0]` is not a mapping",
            "vars: {…}",
        ),
        (
            "static_pods: {a: {instances: [{name: B_}]}}",
            "f:1:31: `static_pods.a.instances[0].name` cannot",
            "lower case",
        ),
        (
            "static_pods: {a: {instances: [{name: b, vars: 1}]}}",
            "f:1:31: `static_pods.a.instances[0].vars` is not a mapping",
            "vars: {…}",
        ),
        (
            "static_pods: {a: {instances: [{name: b}, {name: b}]}}",
            "f:1:42: `static_pods.a` has two instances `b`",
            "a name of its own",
        ),
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
