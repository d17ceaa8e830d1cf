"""Affinity, tolerations and spreading; tolerations of old in an annotation."""

import pytest

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ("nodeSelector: {'a b': c}", "nodeSelector"),
        ("nodeSelector: {a: 'b c'}", "nodeSelector[a]"),
        (f"affinity: {{nodeAffinity: {{{REQUIRED}: {{}}}}}}", f"affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms"),
        (f"affinity: {{nodeAffinity: {{{REQUIRED}: {{nodeSelectorTerms: []}}}}}}",
         f"affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms"),
        (f"affinity: {{nodeAffinity: {{{REQUIRED}: {{nodeSelectorTerms:"
         " [{matchExpressions: [{key: a, operator: In, values: ['b c']}]}]}}}",
         f"affinity.nodeAffinity.{REQUIRED}.nodeSelectorTerms[0].matchExpressions[0].values[0]"),
        (f"affinity: {{nodeAffinity: {{{PREFERRED}: [{{weight: 0, preference: {{}}}}]}}}}",
         f"affinity.nodeAffinity.{PREFERRED}[0].weight"),
        (f"affinity: {{nodeAffinity: {{{PREFERRED}: [{{weight: 101, preference: {{}}}}]}}}}",
         f"affinity.nodeAffinity.{PREFERRED}[0].weight"),
        (f"affinity: {{podAffinity: {{{REQUIRED}: [{{labelSelector: {{}}}}]}}}}",
         f"affinity.podAffinity.{REQUIRED}[0].topologyKey"),
        (f"affinity: {{podAntiAffinity: {{{REQUIRED}: [{{topologyKey: a b}}]}}}}",
         f"affinity.podAntiAffinity.{REQUIRED}[0].topologyKey"),
        (f"affinity: {{podAffinity: {{{REQUIRED}: [{{topologyKey: a, namespaces: [b, A]}}]}}}}",
         f"affinity.podAffinity.{REQUIRED}[0].namespaces[1]"),
        (f"affinity: {{podAffinity: {{{REQUIRED}: [{{topologyKey: a, namespaceSelector: {{matchLabels: {{a: -b}}}}}}]}}}}",
         f"affinity.podAffinity.{REQUIRED}[0].namespaceSelector.matchLabels[a]"),
        (f"affinity: {{podAntiAffinity: {{{PREFERRED}: [{{weight: 101, podAffinityTerm: {{topologyKey: a}}}}]}}}}",
         f"affinity.podAntiAffinity.{PREFERRED}[0].weight"),
        (f"affinity: {{podAntiAffinity: {{{PREFERRED}: [{{weight: 1}}]}}}}",
         f"affinity.podAntiAffinity.{PREFERRED}[0].podAffinityTerm.topologyKey"),
    ],
)  # fmt: skip
def test_the_kubelet_refuses_a_selection(places, spec, field):
    assert places("scheduling", spec) == [f"spec.{field}"]


@pytest.mark.parametrize("weight", [1, 100])
def test_the_kubelet_takes_an_affinity(verdict, weight):
    term = "{topologyKey: zone, namespaces: [a], labelSelector: {matchLabels: {a: b}}}"
    pods = f"{{{REQUIRED}: [{term}], {PREFERRED}: [{{weight: {weight}, podAffinityTerm: {term}}}]}}"
    node = f"{{{PREFERRED}: [{{weight: {weight}, preference: {{matchFields: []}}}}]}}"
    affinity = f"affinity: {{podAffinity: {pods}, podAntiAffinity: {pods}, nodeAffinity: {node}}}"
    assert verdict(affinity).kubelet == "accepts"


@pytest.mark.parametrize(
    ("toleration", "field"),
    [
        ("{operator: Exists}", None),
        ("{key: a, value: b, effect: NoExecute, tolerationSeconds: 0}", None),
        ("{key: a, operator: Equal, effect: PreferNoSchedule}", None),
        ("{key: a, effect: ''}", None),
        ("{key: a, operator: Exists, value: b}", "value"),
        ("{key: a, value: 'b c'}", "value"),
        ("{key: 'a b'}", "key"),
        ("{operator: Equal}", "operator"),
        ("{key: a, operator: Is}", "operator"),
        ("{key: a, effect: NoSchedul}", "effect"),
        ("{key: a, effect: NoSchedule, tolerationSeconds: 5}", "effect"),
    ],
)
def test_tolerations(places, toleration, field):
    assert places("scheduling", f"tolerations: [{toleration}]") == (
        [f"spec.tolerations[0].{field}"] if field else []
    )


@pytest.mark.parametrize(
    ("value", "broken"),
    [
        ("", []),
        ("[]", []),
        ("null", []),
        ("[null]", ["scheduling"]),
        ('[{"key": "a", "Operator": "Exists", "tolerationseconds": 5, "effect": "NoExecute"}]', []),
        ('[{"key": "a", "value": null}]', []),
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


SPREAD = "maxSkew: 1, topologyKey: a, whenUnsatisfiable: DoNotSchedule"


@pytest.mark.parametrize(
    ("constraints", "field"),
    [
        (f"{{{SPREAD}}}", None),
        (f"{{{SPREAD}, minDomains: 1, nodeAffinityPolicy: Honor, nodeTaintsPolicy: Ignore}}", None),
        (f"{{{SPREAD}}}, {{maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway}}", None),
        (f"{{{SPREAD}}}, {{{SPREAD}}}", "[1]"),
        ("{maxSkew: 0, topologyKey: a, whenUnsatisfiable: DoNotSchedule}", "[0].maxSkew"),
        ("{maxSkew: 1, whenUnsatisfiable: DoNotSchedule}", "[0].topologyKey"),
        ("{maxSkew: 1, topologyKey: a, whenUnsatisfiable: Never}", "[0].whenUnsatisfiable"),
        (f"{{{SPREAD}, minDomains: 0}}", "[0].minDomains"),
        ("{maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway, minDomains: 1}", "[0].minDomains"),
        (f"{{{SPREAD}, nodeAffinityPolicy: ''}}", "[0].nodeAffinityPolicy"),
        (f"{{{SPREAD}, nodeTaintsPolicy: honor}}", "[0].nodeTaintsPolicy"),
        (f"{{{SPREAD}, labelSelector: {{matchLabels: {{a: -b}}}}}}", "[0].labelSelector.matchLabels[a]"),
    ],
)
def test_spreading(places, constraints, field):
    found = places("scheduling", f"topologySpreadConstraints: [{constraints}]")
    assert found == ([] if field is None else [f"spec.topologySpreadConstraints{field}"])
