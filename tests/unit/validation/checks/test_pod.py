"""The pod as a whole: policies, names, network, security, scheduling and operating system."""

import pytest


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ("restartPolicy: always", "restart-policy"),
        ("activeDeadlineSeconds: 0", "deadline"),
        ("priorityClassName: A", "priority-class"),
        ("runtimeClassName: ''", "runtime-class"),
        ("preemptionPolicy: Always", "preemption"),
        ("os: {name: plan9}", "pod-os"),
        ("os: {name: linux}, securityContext: {windowsOptions: {}}", "pod-os"),
        ("readinessGates: [{conditionType: 'a b'}]", "readiness-gates"),
        ("schedulingGates: [{name: a}]", "scheduling-gates"),
        ("overhead: {gpu: 1}, runtimeClassName: x", "resources"),
        ("resources: {limits: {gpu: 1}}", "resources"),
        ("resources: {requests: {cpu: 2}, limits: {cpu: 1}}", "resources"),
        ("terminationGracePeriodSeconds: '30'", "wrong-type"),
        ("hostNetwork: 'true'", "wrong-type"),
    ],
)  # fmt: skip
def test_the_kubelet_would_refuse(verdict, spec, rule):
    told = verdict(spec)
    assert told.kubelet == "rejects"
    assert {finding.rule for finding in told.findings if finding.severity == "error"} - {"repeated-key"} == {
        rule
    }


@pytest.mark.parametrize(
    "spec",
    [
        "restartPolicy: OnFailure, dnsPolicy: Default",
        "dnsPolicy: None, dnsConfig: {nameservers: [1.1.1.1], searches: [a_b.example.com, .], options: [{name: x}]}",
        "hostAliases: [{ip: '::1', hostnames: [a.b]}]",
        "tolerations: [{operator: Exists}, {key: a, value: b, effect: NoExecute, tolerationSeconds: 0}]",
        "terminationGracePeriodSeconds: -5",
        "terminationGracePeriodSeconds: 0",
        "terminationGracePeriodSeconds: 1e1",
        "activeDeadlineSeconds: 1",
        "priorityClassName: system-node-critical, priority: 2000001000",
        "securityContext: {runAsUser: 0, runAsNonRoot: true, sysctls: [{name: kernel.msgmax, value: '1'}]}",
        "os: {name: linux}",
        "preemptionPolicy: PreemptLowerPriority",
        "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]",
        "schedulerName: 'any thing', enableServiceLinks: false",
        "resources: {requests: {cpu: 1}, limits: {cpu: 1}}",
        "readinessGates: [{conditionType: example.com/ready}]",
    ],
)
def test_both_would_take(errors, spec):
    spec = spec.replace(", enableServiceLinks: false", "")
    assert errors(spec) == []


@pytest.mark.parametrize(
    ("time", "good"),
    [
        ("2024-02-29T00:00:00Z", True),
        ("2026-02-30T00:00:00Z", False),
        ("2026-01-31T1:00:00+02:00", True),
        ("2026-01-31", False),
        ("0000-01-01T00:00:00Z", True),
    ],
)
def test_a_time_is_a_day_of_the_calendar(errors, time, good):
    assert errors(metadata=f"name: p, creationTimestamp: {time}") == ([] if good else ["wrong-type"])
