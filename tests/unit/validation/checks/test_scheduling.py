"""Selectors, affinities, tolerations and spreading."""

import pytest


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ("nodeSelector: {'a b': c}", "scheduling"),
        ("nodeSelector: {a: 'b c'}", "scheduling"),
        ("tolerations: [{key: a, operator: Exists, value: b}]", "scheduling"),
        ("tolerations: [{operator: Equal}]", "scheduling"),
        ("tolerations: [{key: a, operator: Is}]", "scheduling"),
        ("tolerations: [{key: a, effect: NoSchedul}]", "scheduling"),
        ("tolerations: [{key: a, effect: NoSchedule, tolerationSeconds: 5}]", "scheduling"),
        (
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: []}}}",
            "scheduling",
        ),
        (
            "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: "
            "[{matchExpressions: [{key: a, operator: In}]}]}}}",
            "scheduling",
        ),
        (
            "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {}}]}}",
            "scheduling",
        ),
        (
            "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}}]}}",
            "scheduling",
        ),
        (
            "topologySpreadConstraints: [{maxSkew: 0, topologyKey: a, whenUnsatisfiable: DoNotSchedule}]",
            "scheduling",
        ),
        ("topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: Never}]", "scheduling"),
    ],
)
def test_the_kubelet_would_refuse(verdict, spec, rule):
    told = verdict(spec)
    assert told.kubelet == "rejects"
    assert {finding.rule for finding in told.findings if finding.severity == "error"} - {"repeated-key"} == {
        rule
    }


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("[]", []),
        ("null", []),
        ('[{"key": "a", "Operator": "Exists", "tolerationseconds": 5, "effect": "NoExecute"}]', []),
        ('[{"key": "a b"}]', ["scheduling"]),
        ('[{"operator": "Equal"}]', ["scheduling"]),
        ('[{"key": 5}]', ["annotations"]),
        ('{"key": "a"}', ["annotations"]),
        ("[1]", ["annotations"]),
        ("none", ["annotations"]),
    ],
)
def test_tolerations_of_old_stand_in_an_annotation(errors, value, broken):
    metadata = f"name: p, annotations: {{scheduler.alpha.kubernetes.io/tolerations: '{value}'}}"
    assert errors(metadata=metadata) == broken
