"""The pod as a whole: policies, names of classes and accounts, claims, limits and gates."""

import pytest


@pytest.mark.parametrize(
    ("spec", "rule", "field"),
    [
        ("restartPolicy: always", "restart-policy", "restartPolicy"),
        ("activeDeadlineSeconds: 0", "deadline", "activeDeadlineSeconds"),
        ("activeDeadlineSeconds: 2147483648", "deadline", "activeDeadlineSeconds"),
        ("priorityClassName: A", "priority-class", "priorityClassName"),
        ("runtimeClassName: ''", "runtime-class", "runtimeClassName"),
        ("preemptionPolicy: Always", "preemption", "preemptionPolicy"),
        ("preemptionPolicy: ''", "preemption", "preemptionPolicy"),
        ("readinessGates: [{conditionType: a}, {conditionType: '-'}]", "readiness-gates", "readinessGates[1].conditionType"),
        ("schedulingGates: [{name: a}]", "scheduling-gates", "schedulingGates"),
        ("ephemeralContainers: [{name: e, image: i}]", "ephemeral-containers", "ephemeralContainers"),
        # `validateSchedulingGroup`
        ("schedulingGroup: {}", "scheduling", "schedulingGroup.podGroupName"),
        ("schedulingGroup: {podGroupName: a_b}", "scheduling", "schedulingGroup.podGroupName"),
        ("overhead: {gpu: 1}, runtimeClassName: x", "resources", "overhead[gpu]"),
        ("overhead: {hugepages-2Mi: 2Mi}, runtimeClassName: x", "resources", "overhead"),
        ("resources: {limits: {gpu: 1}}", "resources", "resources.limits[gpu]"),
        ("terminationGracePeriodSeconds: '30'", "wrong-type", "terminationGracePeriodSeconds"),
        ("shareProcessNamespace: 'true'", "wrong-type", "shareProcessNamespace"),
    ],
)  # fmt: skip
def test_the_kubelet_would_refuse(verdict, places, spec, rule, field):
    assert verdict(spec).kubelet == "rejects"
    assert places(rule, spec) == [f"spec.{field}"]


@pytest.mark.parametrize(
    "spec",
    [
        "restartPolicy: OnFailure, dnsPolicy: Default",
        "terminationGracePeriodSeconds: -5",
        "terminationGracePeriodSeconds: 0",
        "terminationGracePeriodSeconds: 1e1",
        "activeDeadlineSeconds: 1",
        "activeDeadlineSeconds: 2147483647",
        "priorityClassName: system-node-critical, priority: 2000001000",
        "preemptionPolicy: PreemptLowerPriority",
        "schedulerName: 'any thing'",
        "schedulingGroup: {podGroupName: a.b}",
        "resources: {requests: {cpu: 1}, limits: {cpu: 1}}",
        "readinessGates: [{conditionType: example.com/ready}], schedulingGates: [], ephemeralContainers: []",
    ],
)
def test_both_would_take(errors, spec):
    assert errors(spec) == []


@pytest.mark.parametrize(
    ("claims", "fields"),
    [
        ("{name: a, resourceClaimName: b}", []),
        ("{name: a, resourceClaimTemplateName: b}", []),
        ("{name: a, resourceClaimName: b}, {name: a, resourceClaimName: c}", ["[1].name"]),
        ("{name: A, resourceClaimName: b}", ["[0].name"]),
        ("{resourceClaimName: b}", ["[0].name"]),
        ("{name: a}", ["[0]"]),
        ("{name: a, resourceClaimName: b, resourceClaimTemplateName: b}", ["[0]"]),
    ],
)
def test_claims_have_a_name_and_one_source(verdict, claims, fields):
    found = [
        one.path for one in verdict(f"resourceClaims: [{claims}]").findings if one.rule == "resource-claims"
    ]
    assert found == [f"spec.resourceClaims{field}" for field in fields]


@pytest.mark.parametrize(("name", "good"), [("default", True), ("a.b", True), ("A", False)])
def test_a_service_account_has_the_form_of_a_name(verdict, name, good):
    rules = {finding.rule for finding in verdict(f"serviceAccountName: {name}").findings}
    assert ("service-account" in rules) is not good


@pytest.mark.parametrize(
    ("reference", "version", "kubelet"),
    [
        ("{name: w, podGroup: g}", "1.35", "accepts"),
        ("{name: w.x, podGroup: g, podGroupReplicaKey: a}", "1.35", "accepts"),
        ("{podGroup: g}", "1.35", "rejects"),
        ("{name: w, podGroup: g.h}", "1.35", "rejects"),
        # dropped: another version does not know the field
        ("{podGroup: g}", "1.36", "accepts"),
        ("{podGroup: g}", "1.34", "accepts"),
    ],
)
def test_the_workload_of_1_35(verdict, reference, version, kubelet):
    assert verdict(f"workloadRef: {reference}", version=version).kubelet == kubelet
