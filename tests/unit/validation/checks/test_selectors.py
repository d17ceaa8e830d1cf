"""Selectors of labels, wherever they stand, and selectors of nodes."""

import pytest

AFFINITY = (
    "affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution:"
    " [{{topologyKey: k, labelSelector: {{{selector}}}}}]}}}}"
)
NODES = (
    "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution:"
    " {{nodeSelectorTerms: [{{matchExpressions: [{expression}]}}]}}}}}}"
)


@pytest.mark.parametrize(
    ("selector", "good"),
    [
        ("matchLabels: {app: web}", True),
        ("matchLabels: {'a b': web}", False),
        ("matchLabels: {app: 'a b'}", False),
        ("matchExpressions: [{key: app, operator: In, values: [a]}]", True),
        ("matchExpressions: [{key: app, operator: In}]", False),
        ("matchExpressions: [{key: app, operator: Exists}]", True),
        ("matchExpressions: [{key: app, operator: Exists, values: [a]}]", False),
        ("matchExpressions: [{key: app, operator: Gt, values: ['1']}]", False),
    ],
)
def test_a_selector_of_labels_has_a_form(errors, selector, good):
    assert (errors(AFFINITY.format(selector=selector)) == []) is good


@pytest.mark.parametrize(
    ("expression", "good"),
    [
        ("{key: a, operator: Gt, values: ['1']}", True),
        ("{key: a, operator: Gt, values: ['1', '2']}", False),
        ("{key: a, operator: NotIn}", False),
        ("{key: a, operator: DoesNotExist, values: [b]}", False),
        ("{key: a, operator: Is, values: [b]}", False),
    ],
)
def test_a_selector_of_nodes_knows_more_operators(verdict, expression, good):
    assert (verdict(NODES.format(expression=expression)).kubelet == "accepts") is good
