"""Selectors of labels and of nodes: operators with the values they take."""

import pytest

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


@pytest.mark.parametrize(
    ("expression", "field"),
    [
        ("{key: a, operator: In, values: [b]}", None),
        ("{key: a, operator: NotIn, values: ['', b]}", None),
        ("{key: a, operator: Exists}", None),
        ("{key: a, operator: DoesNotExist, values: []}", None),
        ("{key: a, operator: In}", "values"),
        ("{key: a, operator: NotIn, values: []}", "values"),
        ("{key: a, operator: Exists, values: [b]}", "values"),
        ("{key: a, operator: DoesNotExist, values: [b]}", "values"),
        ("{key: a, operator: Gt, values: ['1']}", "operator"),
        ("{key: a}", "operator"),
        ("{operator: Exists}", "key"),
        ("{key: a, operator: In, values: [b, -c]}", "values[1]"),
    ],
)
def test_an_expression_of_a_label_selector(places, expression, field):
    term = f"{{topologyKey: zone, labelSelector: {{matchExpressions: [{expression}]}}}}"
    found = places("scheduling", f"affinity: {{podAffinity: {{{REQUIRED}: [{term}]}}}}")
    place = f"spec.affinity.podAffinity.{REQUIRED}[0].labelSelector.matchExpressions[0]."
    assert found == ([place + field] if field else [])


@pytest.mark.parametrize(
    ("labels", "place"),
    [
        ("{a: ''}", None),
        ("{a.b/c: D}", None),
        ("{'a b': c}", "matchLabels"),
        ("{a: 'b c'}", "matchLabels[a]"),
    ],
)
def test_the_labels_of_a_label_selector(places, labels, place):
    term = f"{{topologyKey: zone, labelSelector: {{matchLabels: {labels}}}}}"
    found = places("scheduling", f"affinity: {{podAffinity: {{{REQUIRED}: [{term}]}}}}")
    start = f"spec.affinity.podAffinity.{REQUIRED}[0].labelSelector."
    assert found == ([start + place] if place else [])


NODE_EXPRESSIONS = [
    ("matchExpressions: [{key: a, operator: In, values: [b]}]", None),
    ("matchExpressions: [{key: a, operator: Exists}]", None),
    ("matchExpressions: [{key: a, operator: Gt, values: ['1']}]", None),
    ("matchExpressions: [{key: a, operator: NotIn}]", "matchExpressions[0].values"),
    ("matchExpressions: [{key: a, operator: DoesNotExist, values: [b]}]", "matchExpressions[0].values"),
    ("matchExpressions: [{key: a, operator: Lt}]", "matchExpressions[0].values"),
    ("matchExpressions: [{key: a, operator: Gt, values: ['1', '2']}]", "matchExpressions[0].values"),
    ("matchExpressions: [{key: a, operator: Is, values: [b]}]", "matchExpressions[0].operator"),
    ("matchExpressions: [{key: 'a b', operator: Exists}]", "matchExpressions[0].key"),
    ("matchFields: [{key: metadata.name, operator: In, values: [n1]}]", None),
    ("matchFields: [{key: metadata.name, operator: NotIn, values: [n1]}]", None),
    ("matchFields: [{key: metadata.name, operator: Exists, values: [n1]}]", "matchFields[0].operator"),
    ("matchFields: [{key: metadata.name, operator: In, values: [n1, n2]}]", "matchFields[0].values"),
    ("matchFields: [{key: metadata.name, operator: In, values: [N1]}]", "matchFields[0].values[0]"),
    ("matchFields: [{key: metadata.uid, operator: In, values: [N1]}]", "matchFields[0].key"),
]


@pytest.mark.parametrize(("term", "field"), NODE_EXPRESSIONS)
@pytest.mark.parametrize("required", [True, False])
def test_a_term_of_a_node_selector(places, term, field, required):
    terms = f"{REQUIRED}: {{nodeSelectorTerms: [{{{term}}}]}}"
    spec = terms if required else f"{PREFERRED}: [{{weight: 1, preference: {{{term}}}}}]"
    place = f"{REQUIRED}.nodeSelectorTerms[0]" if required else f"{PREFERRED}[0].preference"
    found = places("scheduling", f"affinity: {{nodeAffinity: {{{spec}}}}}")
    assert found == ([f"spec.affinity.nodeAffinity.{place}.{field}"] if field else [])


@pytest.mark.parametrize(("required", "kubelet"), [(True, "rejects"), (False, "accepts")])
def test_values_count_only_if_the_term_is_required(verdict, required, kubelet):
    term = "{matchExpressions: [{key: a, operator: In, values: ['b c']}]}"
    terms = f"{REQUIRED}: {{nodeSelectorTerms: [{term}]}}"
    spec = terms if required else f"{PREFERRED}: [{{weight: 1, preference: {term}}}]"
    assert verdict(f"affinity: {{nodeAffinity: {{{spec}}}}}").kubelet == kubelet


@pytest.mark.parametrize(("version", "kubelet"), [("1.32", "accepts"), ("1.33", "rejects")])
def test_values_of_a_required_term_are_label_values_since_1_33(verdict, version, kubelet):
    """`ValidateNodeSelectorRequirement`; before, the API refuses the mirror pod."""
    term = "{matchExpressions: [{key: a, operator: In, values: ['b c']}]}"
    judged = verdict(
        f"affinity: {{nodeAffinity: {{{REQUIRED}: {{nodeSelectorTerms: [{term}]}}}}}}", version=version
    )
    assert (judged.kubelet, judged.mirror) == (kubelet, "rejects")
