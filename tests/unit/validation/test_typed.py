"""Documents are fitted into the types of a version's Pod."""

import pytest

from podwright.validation.judge import judge
from podwright.validation.schema import pod_types

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  hostNetwork: true
  enableServiceLinks: false
  containers:
  - name: c
    image: busybox:1.36
    imagePulPolicy: Always
    resources: {requests: {cpu: 1m}}
"""


def rules(verdict):
    return [finding.rule for finding in verdict.findings]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [("hostNetwrok: true", "hostNetwork"), ("hostnetwork: true", "hostNetwork"), ("qqqqqq: 1", None)],
)
def test_did_you_mean(wrong, meant):
    verdict = judge(POD.replace("hostNetwork: true", wrong).encode(), file_name="web.yaml")
    (finding,) = (
        one for one in verdict.findings if one.path.startswith("spec.h") or one.path.startswith("spec.q")
    )
    assert (f"did you mean `{meant}`?" in finding.hint) is (meant is not None)


def test_a_field_that_this_version_does_not_have_is_unknown():
    text = POD.replace("imagePulPolicy: Always", "restartPolicyRules: []")
    assert rules(judge(text.encode(), file_name="a", kubernetes_version="1.33")) == ["unknown-field"]
    assert rules(judge(text.encode(), file_name="a", kubernetes_version="v1.35.2+k3s1")) == []


def test_versions_beyond_the_schemas_take_the_nearest():
    assert pod_types(99) == pod_types(37)
    assert pod_types(12) == pod_types(31)


def test_the_place_of_a_missing_field_is_its_parents():
    verdict = judge(POD.replace("    image: busybox:1.36\n", "").encode(), file_name="a")
    (finding,) = (one for one in verdict.findings if one.rule == "image")
    assert (finding.line, finding.column) == (9, 5)
