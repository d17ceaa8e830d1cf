"""A container's own restart policy and rules, before and since Kubernetes 1.35."""

import pytest

RULE = "{action: Restart, exitCodes: {operator: In, values: [1]}}"


@pytest.mark.parametrize(
    ("kind", "policy", "version", "good"),
    [
        ("containers", "Never", "1.34", False),
        ("containers", "Always", "1.34", False),
        ("containers", "Never", "1.35", True),
        ("containers", "OnFailure", "1.35", True),
        ("containers", "Sometimes", "1.35", False),
        ("containers", "''", "1.35", False),
        ("initContainers", "Always", "1.34", True),
        ("initContainers", "Never", "1.34", False),
        ("initContainers", "Never", "1.35", True),
        ("initContainers", "always", "1.35", False),
    ],
)
def test_which_policy_a_container_may_have(places, kind, policy, version, good):
    item = f"{{name: x, image: 'i:1', restartPolicy: {policy}}}"
    spec = f"containers: [{item}]" if kind == "containers" else f"initContainers: [{item}]"
    found = places("container-restart", spec, version=version)
    place = "restartPolicy" if kind == "containers" else "spec.initContainers[0].restartPolicy"
    assert found == ([] if good else [place])


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        (RULE, None),
        ("{action: Restart, exitCodes: {operator: NotIn, values: [0, 255]}}", None),
        ("{action: RestartAllContainers, exitCodes: {operator: In, values: [1]}}", None),
        ("{action: Stop, exitCodes: {operator: In}}", "[0].action"),
        ("{action: Restart}", "[0].exitCodes"),
        (f"{RULE}, {{action: Restart, exitCodes: {{values: [1]}}}}", "[1].exitCodes.operator"),
        (", ".join([RULE] * 20), None),
        (", ".join([RULE] * 21), ""),
        (f"{{action: Restart, exitCodes: {{operator: In, values: {list(range(255))}}}}}", None),
        (f"{{action: Restart, exitCodes: {{operator: In, values: {list(range(256))}}}}}", "[0].exitCodes.values"),
    ],
)  # fmt: skip
def test_what_a_rule_says(places, rules, field):
    found = places("container-restart", container=f"restartPolicy: Never, restartPolicyRules: [{rules}]")
    assert found == ([] if field is None else [f"restartPolicyRules{field}"])


def test_rules_need_a_policy_of_the_containers_own(places):
    assert places("container-restart", container=f"restartPolicyRules: [{RULE}]") == ["restartPolicyRules"]


def test_all_containers_restart_together_since_1_36(places):
    rule = "{action: RestartAllContainers, exitCodes: {operator: In}}"
    container = f"restartPolicy: Never, restartPolicyRules: [{rule}]"
    assert places("container-restart", container=container, version="1.35") == [
        "restartPolicyRules[0].action"
    ]
    assert places("container-restart", container=container, version="1.36") == []


@pytest.mark.parametrize(
    ("spec", "version", "told"),
    [
        ("initContainers: [{name: i, image: i, restartPolicy: Always, %s}]", "1.34", ("accepts", "accepts")),
        ("initContainers: [{name: i, image: i, restartPolicy: Always, %s}]", "1.35", ("rejects", "rejects")),
        ("initContainers: [{name: i, image: i, restartPolicy: Always, %s}]", "1.36", ("accepts", "accepts")),
        ("containers: [{name: c, image: 'i:1', restartPolicy: Always, %s}]", "1.35", ("accepts", "accepts")),
        # a kubelet of 1.34 has the field and does not look at it, the API does
        ("initContainers: [{name: i, image: i, %s}]", "1.34", ("accepts", "rejects")),
        ("containers: [{name: c, image: 'i:1', %s}]", "1.34", ("accepts", "rejects")),
        ("containers: [{name: c, image: 'i:1', %s}]", "1.33", ("accepts", "accepts")),
    ],
)
def test_rules_of_a_sidecar_and_of_older_kubelets(verdict, spec, version, told):
    """`validateInitContainerRestartPolicy`, with and without the option AllowRestartAllContainers."""
    judged = verdict(spec % f"restartPolicyRules: [{RULE}]", version=version)
    assert (judged.kubelet, judged.mirror) == told
