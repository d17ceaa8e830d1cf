"""Requests, limits, claims and resize policies of a container."""

import pytest


@pytest.mark.parametrize(
    ("resources", "field"),
    [
        ("requests: {cpu: 2}, limits: {cpu: 1}", ".requests[cpu]"),
        ("requests: {cpu: -1}", ".requests[cpu]"),
        ("limits: {memory: -1}", ".limits[memory]"),
        ("requests: {gpu: 1}", ".requests[gpu]"),
        ("requests: {'a b': 1}", ".requests[a b]"),
        ("requests: {example.com/gpu: 1}", ".requests[example.com/gpu]"),
        ("limits: {example.com/gpu: 1.5}", ".limits[example.com/gpu]"),
        ("limits: {requests.a/gpu: 1}", ".limits[requests.a/gpu]"),
        ("limits: {example.com/gpu: 2}, requests: {example.com/gpu: 1}", ".requests[example.com/gpu]"),
        ("limits: {hugepages-2Mi: 2Mi}", ""),
        ("limits: {hugepages-2Mi: 3Mi, memory: 1Gi}", ".limits[hugepages-2Mi]"),
        ("limits: {hugepages-two: 2Mi, memory: 1Gi}", ".limits[hugepages-two]"),
        ("limits: {hugepages-0: 2Mi, memory: 1Gi}", ".limits[hugepages-0]"),
        ("limits: {memory: 1Gi}, requests: {hugepages-2Mi: 2Mi}", ".requests[hugepages-2Mi]"),
    ],
)
def test_the_kubelet_refuses_an_amount(places, resources, field):
    assert places("resources", container=f"resources: {{{resources}}}") == [f"resources{field}"]


@pytest.mark.parametrize(
    "resources",
    [
        "",
        "limits: {cpu: 0.5, memory: 1e9, ephemeral-storage: 0}",
        "limits: {cpu: 1}, requests: {cpu: 1}",
        "limits: {cpu: 1}, requests: {cpu: 0.5}",
        "limits: {example.com/gpu: 1}, requests: {example.com/gpu: 1000m}",
        "requests: {kubernetes.io/batch-cpu: 1}",
        "limits: {hugepages-2Mi: 4Mi, memory: 1Gi}",
        "limits: {hugepages-2Mi: 4Mi}, requests: {hugepages-2Mi: 4Mi, cpu: 1}",
    ],
)
def test_the_kubelet_takes_amounts(places, resources):
    assert places("resources", container=f"resources: {{{resources}}}") == []


@pytest.mark.parametrize("amount", ["one", "true", "'1,5'", "''", "1Kib"])
def test_an_amount_is_a_quantity(errors, amount):
    assert errors(container=f"resources: {{requests: {{cpu: {amount}}}}}") == ["wrong-type"]


def test_amounts_are_rounded_up_to_thousandths_before_they_are_compared(errors):
    assert errors(container="resources: {requests: {cpu: 0.0002}, limits: {cpu: 0.0001}}") == []
    assert errors(container="resources: {requests: {cpu: 0.0011}, limits: {cpu: 0.001}}") == ["resources"]
    assert errors(container="resources: {limits: {example.com/a: 1.0001}}") == ["resources"]


@pytest.mark.parametrize(
    ("claims", "field"),
    [
        ("{name: a}", None),
        ("{name: a, request: x}, {name: a, request: y}", None),
        ("{name: b}", ".claims[0].name"),
        ("{}", ".claims[0].name"),
        ("{name: a}, {name: a}", ".claims[1]"),
    ],
)
def test_a_container_uses_each_claim_of_its_pod_once(verdict, claims, field):
    spec = "resourceClaims: [{name: a, resourceClaimName: b}]"
    found = verdict(spec, container=f"resources: {{claims: [{claims}]}}").findings
    paths = [one.path.removeprefix("spec.containers[0].") for one in found if one.rule == "resources"]
    assert paths == ([f"resources{field}"] if field else [])


@pytest.mark.parametrize(
    ("policies", "pod", "field"),
    [
        ("{resourceName: cpu, restartPolicy: NotRequired}", "Always", None),
        ("{resourceName: memory, restartPolicy: RestartContainer}", "Always", None),
        ("{resourceName: cpu, restartPolicy: NotRequired}", "Never", None),
        ("{resourceName: cpu, restartPolicy: RestartContainer}", "Never", "[0].restartPolicy"),
        ("{resourceName: disk, restartPolicy: NotRequired}", "Always", "[0].resourceName"),
        ("{resourceName: cpu, restartPolicy: Never}", "Always", "[0].restartPolicy"),
        ("{resourceName: cpu}", "Never", "[0].restartPolicy"),
        (
            "{resourceName: cpu, restartPolicy: NotRequired}, {resourceName: cpu, restartPolicy: NotRequired}",
            "Always",
            "[1]",
        ),
    ],
)
def test_a_resize_policy_names_a_resource_once_and_fits_the_pods_restarts(places, policies, pod, field):
    found = places("resize-policy", f"restartPolicy: {pod}", container=f"resizePolicy: [{policies}]")
    assert found == ([f"resizePolicy{field}"] if field else [])
