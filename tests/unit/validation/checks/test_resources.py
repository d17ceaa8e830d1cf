"""Requests, limits and resize policies."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("resources: {requests: {cpu: 2}, limits: {cpu: 1}}", "resources"),
        ("resources: {requests: {cpu: -1}}", "resources"),
        ("resources: {requests: {gpu: 1}}", "resources"),
        ("resources: {requests: {example.com/gpu: 1}}", "resources"),
        ("resources: {limits: {example.com/gpu: 1.5}}", "resources"),
        ("resources: {limits: {example.com/gpu: 2}, requests: {example.com/gpu: 1}}", "resources"),
        ("resources: {limits: {hugepages-2Mi: 2Mi}}", "resources"),
        ("resources: {limits: {hugepages-2Mi: 3Mi, memory: 1Gi}}", "resources"),
        ("resources: {limits: {hugepages-two: 2Mi, memory: 1Gi}}", "resources"),
        ("resources: {claims: [{name: x}]}", "resources"),
        ("resizePolicy: [{resourceName: disk, restartPolicy: NotRequired}]", "resize-policy"),
        ("resizePolicy: [{resourceName: cpu, restartPolicy: Never}]", "resize-policy"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]


def test_resources_are_rounded_up_to_thousandths_before_they_are_compared(errors):
    assert errors(container="resources: {requests: {cpu: 0.0002}, limits: {cpu: 0.0001}}") == []
    assert errors(container="resources: {requests: {cpu: 0.0011}, limits: {cpu: 0.001}}") == ["resources"]
    assert errors(container="resources: {limits: {example.com/a: 1.0001}}") == ["resources"]
