"""Probes and lifecycle hooks."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("livenessProbe: {}", "probe"),
        ("livenessProbe: {exec: {}}", "probe"),
        ("livenessProbe: {exec: {command: [a]}, tcpSocket: {port: 1}}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 0}}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 'Web'}}", "probe"),
        ("livenessProbe: {httpGet: {path: /}}", "probe"),
        ("livenessProbe: {httpGet: {port: 80, scheme: http}}", "probe"),
        ("livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: 'a b', value: c}]}}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 1}, successThreshold: 2}", "probe"),
        ("startupProbe: {tcpSocket: {port: 1}, successThreshold: 2}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 1}, periodSeconds: -1}", "probe"),
        ("livenessProbe: {tcpSocket: {port: 1}, terminationGracePeriodSeconds: 0}", "probe"),
        ("readinessProbe: {tcpSocket: {port: 1}, terminationGracePeriodSeconds: 5}", "probe"),
        ("livenessProbe: {grpc: {port: 70000}}", "probe"),
        ("lifecycle: {preStop: {}}", "lifecycle"),
        ("lifecycle: {preStop: {sleep: {seconds: 31}}}", "lifecycle"),
        ("lifecycle: {preStop: {sleep: {seconds: -1}}}", "lifecycle"),
        ("lifecycle: {stopSignal: SIGUSR1}", "lifecycle"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]


def test_a_sidecar_may_have_probes_and_hooks(errors):
    sidecar = (
        "initContainers: [{name: s, image: i, restartPolicy: Always, livenessProbe: {tcpSocket: {port: 1}}}]"
    )
    assert errors(sidecar) == []
