"""A verdict has places, hints, versions and silence; nothing makes the judge fail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.pods.pod_ref import PodRef
from podwright.validation.judge import judge
from podwright.validation.versions import minor_of

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


def test_a_misspelt_field_is_found_where_it_stands_with_the_word_that_was_meant():
    verdict = judge(POD.encode(), file_name="web.yaml")
    (finding,) = verdict.findings
    assert (verdict.kubelet, verdict.mirror, verdict.pod) == ("accepts", "accepts", PodRef("default", "web"))
    assert (finding.rule, finding.severity, finding.line, finding.column) == ("unknown-field", "error", 11, 5)
    assert finding.path == "spec.containers[0].imagePulPolicy"
    assert finding.message == "`spec.containers[0].imagePulPolicy` is not a field of a Container"
    assert finding.hint == "did you mean `imagePullPolicy`? the kubelet drops unknown fields without an error"


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1.36", 36),
        ("v1.36.2", 36),
        ("1.31.0-rc.1", 31),
        ("v1.34.1+rke2r1", 34),
        ("2.0", None),
        ("", None),
        (None, None),
    ],
)
def test_versions(text, minor):
    assert minor_of(text) == minor


def test_a_reason_silences_a_rule_of_wisdom_but_no_refusal():
    comment = "# podwright: allow unknown-field because the fork of our kubelet knows it\n"
    assert rules(judge((comment + POD).encode(), file_name="a")) == []
    assert rules(judge(("# podwright: allow unknown-field\n" + POD).encode(), file_name="a")) == [
        "unknown-field"
    ]
    assert rules(judge(POD.encode(), file_name="a", silenced=["unknown-field"])) == []
    broken = "# podwright: allow image because we are sure\n" + POD.replace(
        "image: busybox:1.36", "image: ''"
    )
    assert judge(broken.encode(), file_name="a", silenced=["image"]).kubelet == "rejects"


def test_the_name_with_the_nodes_suffix_must_fit():
    text = POD.replace("name: web", "name: " + "a" * 250)
    assert judge(text.encode(), file_name="a", node_name="n3").kubelet == "accepts"
    assert judge(text.encode(), file_name="a", node_name="n33").kubelet == "rejects"
    assert judge(POD.encode(), file_name="a", node_name="Node-1.Example.COM").kubelet == "accepts"


def test_a_node_name_of_another_node_is_an_error_where_the_node_is_known():
    text = POD.replace("hostNetwork: true", "nodeName: cp-1").replace("imagePulPolicy", "imagePullPolicy")
    assert "other-node" in rules(judge(text.encode(), file_name="a", node_name="cp-2"))
    assert "other-node" not in rules(judge(text.encode(), file_name="a", node_name="cp-1"))
    assert "other-node" not in rules(judge(text.encode(), file_name="a"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("- a\n", "holds no object"),
        ("kind: Pod\n", "`apiVersion` is missing"),
        ("apiVersion: v1\n", "`kind` is missing"),
        ("apiVersion: apps/v1\nkind: Deployment\n", "`Deployment` of `apps/v1`"),
        ("apiVersion: v1\nkind: PodList\nitems: []\n", "`PodList`"),
    ],
)
def test_what_is_no_pod_is_named(text, says):
    verdict = judge(text.encode(), file_name="a")
    assert verdict.kubelet == "rejects"
    assert says in verdict.findings[0].message


def test_kind_and_version_are_found_whatever_their_case():
    text = POD.replace("apiVersion", "APIVERSION").replace("kind:", "Kind:")
    verdict = judge(text.encode(), file_name="a")
    assert verdict.kubelet == "accepts"
    assert rules(verdict).count("unknown-field") == 3


def test_repeated_keys_and_further_documents_are_errors_that_the_kubelet_does_not_see():
    text = POD.replace("imagePulPolicy: Always", "image: other:1") + "---\nkind: Pod\n"
    verdict = judge(text.encode(), file_name="a")
    assert verdict.kubelet == "accepts"
    assert sorted(rules(verdict)) == ["more-documents", "repeated-key"]
    assert [finding.line for finding in verdict.findings if finding.rule == "repeated-key"] == [11]


def test_a_message_shows_no_control_characters_and_no_endless_value():
    text = POD.replace("name: c", 'name: "\\e[31m' + "x" * 500 + '"')
    (finding,) = (one for one in judge(text.encode(), file_name="a").findings if one.rule == "container-name")
    assert finding.message.isprintable()
    assert len(finding.message) < 300


# fmt: off
FIELDS = [
    "name", "image", "ports", "env", "valueFrom", "volumes", "containers", "resources", "limits", "cpu", "httpGet", "port",
    "livenessProbe", "securityContext", "affinity", "tolerations", "hostPath", "x",
]
# fmt: on
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 10**20), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(FIELDS),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=15,
)


@settings(max_examples=80)
@given(VALUES, VALUES, VALUES)
def test_no_shape_of_a_pod_crashes_the_judge(metadata, container, volume):
    import json

    spec = {
        "containers": [container],
        "initContainers": [container],
        "volumes": [volume],
        "nodeSelector": volume,
    }
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
    verdict = judge(json.dumps(pod).encode(), file_name="a.json")
    assert verdict.kubelet in {"accepts", "rejects"}


@pytest.mark.parametrize(
    "text", ["apiVersion: {a: 1}\nkind: Pod\n", "apiVersion: [v1]\nkind: Pod\n", "kind: {}\n"]
)
def test_a_version_or_kind_of_any_shape_is_judged(text: str) -> None:
    verdict = judge(text.encode(), file_name="a.yaml")
    assert verdict.kubelet == "rejects"
    assert verdict.findings


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("name: " + "p" * 250, True),
        ("name: p.q-", True),
        ("name: " + "p" * 251, False),
        ("generateName: p-", False),
        ("name: ''", False),
        ("name: null", False),
        ("name: P", False),
        ("name: -p", False),
        ("", False),
    ],
)
def test_a_pod_has_a_name_that_fits_with_a_short_nodes_suffix(name, good):
    verdict = judge(POD.replace("name: web", name).encode(), file_name="a")
    assert verdict.kubelet == ("accepts" if good else "rejects")
    assert ("pod-name" in rules(verdict)) is not good
