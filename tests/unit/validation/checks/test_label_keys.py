"""Keys of labels beside a selector: the API adds the pod's own labels to the selector, the kubelet does not."""

import pytest

LABELLED = "name: p, labels: {app: web}"
SPREAD = (
    "topologySpreadConstraints: [{{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, {}}}]"
)
AFFINITY = "affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: [{{topologyKey: zone, {}}}]}}}}"


@pytest.mark.parametrize("place", [SPREAD, AFFINITY])
@pytest.mark.parametrize(
    ("keys", "kubelet", "mirror"),
    [
        ("matchLabelKeys: [app]", "rejects", "rejects"),
        ("matchLabelKeys: ['a b'], labelSelector: {}", "rejects", "rejects"),
        ("matchLabelKeys: [app], labelSelector: {}", "accepts", "accepts"),
        ("matchLabelKeys: [app, app], labelSelector: {}", "accepts", "rejects"),
        ("matchLabelKeys: [app], labelSelector: {matchLabels: {app: web}}", "accepts", "rejects"),
        ("matchLabelKeys: [tier], labelSelector: {matchLabels: {tier: web}}", "accepts", "accepts"),
        (
            "matchLabelKeys: [app], labelSelector: {matchExpressions: [{key: app, operator: Exists}]}",
            "accepts",
            "rejects",
        ),
        (
            "matchLabelKeys: [tier], labelSelector: {matchLabels: {tier: a}, "
            "matchExpressions: [{key: tier, operator: Exists}]}",
            "rejects",
            "rejects",
        ),
    ],
)
def test_a_key_stands_once_in_the_list_and_the_selector_together(verdict, place, keys, kubelet, mirror):
    judged = verdict(place.format(keys), metadata=LABELLED)
    assert (judged.kubelet, judged.mirror) == (kubelet, mirror)


def test_an_affinity_term_has_no_key_in_both_lists(verdict):
    both = "matchLabelKeys: [a], mismatchLabelKeys: [a], labelSelector: {}"
    assert verdict(AFFINITY.format(both)).kubelet == "rejects"


def test_before_1_35_no_key_of_a_constraint_may_be_in_its_selector(verdict):
    keys = SPREAD.format("matchLabelKeys: [tier], labelSelector: {matchLabels: {tier: web}}")
    assert verdict(keys, version="1.34").kubelet == "rejects"
    assert verdict(keys, version="1.35").kubelet == "accepts"
