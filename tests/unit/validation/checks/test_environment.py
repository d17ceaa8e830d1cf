"""Environment variables and where their values come from."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("env: [{value: x}]", "env"),
        ("env: [{name: 'a=b'}]", "env"),
        ("env: [{name: a, value: b, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]", "env"),
        ("env: [{name: a, valueFrom: {}}]", "env"),
        ("env: [{name: a, valueFrom: {fieldRef: {fieldPath: spec.nodename}}}]", "field-reference"),
        ("env: [{name: a, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}]", "field-reference"),
        (
            "env: [{name: a, valueFrom: {fieldRef: {apiVersion: v2, fieldPath: metadata.name}}}]",
            "field-reference",
        ),
        ("env: [{name: a, valueFrom: {resourceFieldRef: {resource: cpu}}}]", "field-reference"),
        (
            "env: [{name: a, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 10m}}}]",
            "field-reference",
        ),
        ("envFrom: [{prefix: x}]", "env"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]
