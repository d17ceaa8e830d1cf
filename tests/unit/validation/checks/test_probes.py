"""Probes and lifecycle hooks: one handler each, and numbers in their ranges."""

import pytest

from podwright.validation.checks.probes import LINUX_SIGNALS

TCP = "tcpSocket: {port: 1}"


@pytest.mark.parametrize(
    ("probe", "field"),
    [
        ("{}", ""),
        ("{periodSeconds: 5}", ""),
        ("{exec: {}}", ".exec.command"),
        ("{exec: {command: []}}", ".exec.command"),
        (f"{{exec: {{command: [a]}}, {TCP}}}", ".tcpSocket"),
        ("{tcpSocket: {}}", ".tcpSocket.port"),
        ("{tcpSocket: {port: 0}}", ".tcpSocket.port"),
        ("{tcpSocket: {port: 'Web'}}", ".tcpSocket.port"),
        ("{grpc: {port: 65536}}", ".grpc.port"),
        ("{httpGet: {path: /}}", ".httpGet.port"),
        ("{httpGet: {port: 80, scheme: http}}", ".httpGet.scheme"),
        ("{httpGet: {port: 80, httpHeaders: [{name: A}, {name: 'a b', value: c}]}}", ".httpGet.httpHeaders[1]"),
        (f"{{{TCP}, initialDelaySeconds: -1}}", ".initialDelaySeconds"),
        (f"{{{TCP}, timeoutSeconds: -1}}", ".timeoutSeconds"),
        (f"{{{TCP}, periodSeconds: -1}}", ".periodSeconds"),
        (f"{{{TCP}, failureThreshold: -1}}", ".failureThreshold"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["livenessProbe", "readinessProbe", "startupProbe"])
def test_the_kubelet_refuses_a_probe(places, name, probe, field):
    assert places("probe", container=f"{name}: {probe}") == [f"{name}{field}"]


@pytest.mark.parametrize(
    "probe",
    [
        "{exec: {command: ['']}}",
        "{tcpSocket: {port: 65535}, initialDelaySeconds: 0, failureThreshold: 0}",
        "{httpGet: {port: web, scheme: HTTPS, httpHeaders: [{name: X-A, value: ''}]}}",
        "{httpGet: {port: 1, scheme: ''}, successThreshold: 1}",
        "{grpc: {port: 1}, successThreshold: 0}",
        "null",
    ],
)
@pytest.mark.parametrize("name", ["livenessProbe", "readinessProbe", "startupProbe"])
def test_the_kubelet_takes_a_probe(places, name, probe):
    assert places("probe", container=f"{name}: {probe}") == []


@pytest.mark.parametrize(
    ("name", "setting", "good"),
    [
        ("livenessProbe", "successThreshold: 2", False),
        ("startupProbe", "successThreshold: 2", False),
        ("readinessProbe", "successThreshold: 2", True),
        ("livenessProbe", "terminationGracePeriodSeconds: 0", False),
        ("livenessProbe", "terminationGracePeriodSeconds: 1", True),
        ("startupProbe", "terminationGracePeriodSeconds: 1", True),
        ("readinessProbe", "terminationGracePeriodSeconds: 1", False),
    ],
)
def test_what_a_probe_may_say_depends_on_its_kind(places, name, setting, good):
    found = places("probe", container=f"{name}: {{{TCP}, {setting}}}")
    assert found == ([] if good else [f"{name}.{setting.split(':')[0]}"])


@pytest.mark.parametrize(
    ("hook", "field"),
    [
        ("{}", ""),
        ("{exec: {}}", ".exec.command"),
        ("{grpc: {port: 1}}", ""),
        ("{tcpSocket: {port: 0}}", ".tcpSocket.port"),
        ("{httpGet: {port: 1, scheme: ftp}}", ".httpGet.scheme"),
        ("{exec: {command: [a]}, sleep: {seconds: 1}}", ".sleep"),
        ("{sleep: {seconds: -1}}", ".sleep.seconds"),
        ("{sleep: {seconds: 31}}", ".sleep.seconds"),
    ],
)
@pytest.mark.parametrize("name", ["postStart", "preStop"])
def test_the_kubelet_refuses_a_hook(verdict, name, hook, field):
    found = verdict(container=f"lifecycle: {{{name}: {hook}}}").findings
    assert f"spec.containers[0].lifecycle.{name}{field}" in [
        one.path for one in found if one.rule == "lifecycle"
    ]


def test_the_kubelet_takes_hooks(errors):
    hooks = "lifecycle: {postStart: {exec: {command: ['true']}}, preStop: {httpGet: {port: 1}}}"
    assert errors(container=hooks) == []


@pytest.mark.parametrize(
    ("seconds", "grace", "version", "good"),
    [(0, 30, "1.34", False), (0, 30, "1.35", True), (1, 30, "1.34", True), (5, 5, "1.36", True), (6, 5, "1.36", False)],
)  # fmt: skip
def test_a_hook_sleeps_no_longer_than_the_grace_period(places, seconds, grace, version, good):
    spec, hook = (
        f"terminationGracePeriodSeconds: {grace}",
        f"lifecycle: {{preStop: {{sleep: {{seconds: {seconds}}}}}}}",
    )
    found = places("lifecycle", spec, container=hook, version=version)
    assert found == ([] if good else ["lifecycle.preStop.sleep.seconds"])


@pytest.mark.parametrize(
    ("os", "signal", "says"),
    [
        ("", "SIGUSR1", "needs `spec.os.name`"),
        ("linux", "SIGUSR1", ""),
        ("linux", "SIGRTMIN+15", ""),
        ("linux", "SIGRTMAX-14", ""),
        ("linux", "SIGRTMIN+16", "not a signal of Linux"),
        ("linux", "USR1", "not a signal of Linux"),
        ("windows", "SIGTERM", ""),
        ("windows", "SIGUSR1", "for a Windows pod"),
    ],
)
def test_a_stop_signal_is_one_of_the_pods_system(verdict, os, signal, says):
    spec = f"os: {{name: {os}}}" if os else ""
    found = verdict(spec, container=f"lifecycle: {{stopSignal: {signal}}}").findings
    messages = [one.message for one in found if one.rule == "lifecycle"]
    assert [says in message for message in messages] == ([True] if says else [])


def test_linux_has_these_signals():
    assert len(LINUX_SIGNALS) == 65
    assert {"SIGHUP", "SIGSTKFLT", "SIGRTMIN", "SIGRTMAX-1"} <= LINUX_SIGNALS
