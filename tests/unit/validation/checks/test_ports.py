"""Ports of containers and of the node."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("ports: [{containerPort: 0}]", "ports"),
        ("ports: [{containerPort: 65536}]", "ports"),
        ("ports: [{containerPort: -1}]", "ports"),
        ("ports: [{containerPort: 80, protocol: tcp}]", "ports"),
        ("ports: [{containerPort: 80, name: Web}]", "ports"),
        ("ports: [{containerPort: 80, name: a-name-of-sixteen}]", "ports"),
        ("ports: [{containerPort: 80, name: '80'}]", "ports"),
        ("ports: [{containerPort: 80, name: a--b}]", "ports"),
        ("ports: [{containerPort: 80, name: a}, {containerPort: 81, name: a}]", "ports"),
        ("ports: [{containerPort: 80}, {containerPort: 80}]", "host-port"),
        ("ports: [{containerPort: 80, hostPort: 81}]", "host-port"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]
