"""A container's own restart policy and rules."""

import pytest


@pytest.mark.parametrize(
    ("container", "rule"),
    [
        ("restartPolicy: Sometimes", "container-restart"),
        (
            "restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]",
            "container-restart",
        ),
        (
            "restartPolicy: Never, restartPolicyRules: [{action: Stop, exitCodes: {operator: In}}]",
            "container-restart",
        ),
        ("restartPolicy: Never, restartPolicyRules: [{action: Restart}]", "container-restart"),
    ],
)
def test_the_kubelet_would_refuse(errors, container, rule):
    assert errors(container=container) == [rule]
