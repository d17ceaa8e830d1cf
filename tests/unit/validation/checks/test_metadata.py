"""Labels, annotations, owners and managed fields."""

import pytest


@pytest.mark.parametrize(
    "fields", ['manager: "a\\tb"', "manager: " + "m" * 129, "subresource: " + "s" * 257, "operation: Patch"]
)
def test_managed_fields_have_a_form(errors, fields):
    operation = "" if "operation" in fields else "operation: Update, "
    assert errors(metadata=f"name: p, managedFields: [{{{operation}{fields}}}]") == ["managed-fields"]


@pytest.mark.parametrize(
    ("version", "good"),
    [("v1", True), ("apps/v1", True), ("a/b/c", False), ("apps/", False), ("/", False), ("''", False)],
)
def test_an_owner_has_a_version(errors, version, good):
    owner = f"{{apiVersion: {version}, kind: K, name: owner, uid: u}}"
    assert errors(metadata=f"name: p, ownerReferences: [{owner}]") == ([] if good else ["owner-references"])


def test_what_the_kubelet_adds_counts_against_the_limit_of_annotations(verdict):
    # config.hash (25 bytes) of 32 bytes is there before validation, three more are on the mirror pod
    for size, kubelet, mirror in ((262_087, "rejects", "rejects"), (262_086, "accepts", "rejects")):
        judged = verdict(metadata=f"name: p, annotations: {{a: {'x' * size}}}")
        assert (judged.kubelet, judged.mirror) == (kubelet, mirror)


def test_annotations_have_a_limit_in_all(errors):
    assert errors(metadata=f"name: p, annotations: {{a: {'x' * 261_900}}}") == []
    assert errors(metadata=f"name: p, annotations: {{a: {'x' * 262_144}}}") == ["annotations"]


@pytest.mark.parametrize(
    "metadata",
    [
        "name: " + "p" * 250,
        "name: p.q-, labels: {a: '', b.c/d: e_f, E: null}",
        'name: p, annotations: {Example.com/A: "any\\tthing\\n", b: null}',
        "name: p, namespace: kube-system, creationTimestamp: null",
        "name: p, creationTimestamp: '2026-01-01T00:00:00Z'",
        "name: p, annotations: {container.apparmor.security.beta.kubernetes.io/c: runtime/default}",
    ],
)
def test_both_would_take_this_metadata(errors, metadata):
    assert errors(metadata=metadata) == []


@pytest.mark.parametrize(
    ("metadata", "rule"),
    [
        ("{}", "pod-name"),
        ("generateName: p-", "pod-name"),
        ("name: ''", "pod-name"),
        ("name: null", "pod-name"),
        ("name: P", "pod-name"),
        ("name: -p", "pod-name"),
        ("name: " + "p" * 251, "pod-name"),
        ("name: p, namespace: A", "namespace"),
        ("name: p, namespace: a.b", "namespace"),
        ("name: p, labels: {'-a': b}", "labels"),
        ("name: p, labels: {a/b/c: d}", "labels"),
        ("name: p, labels: {A_B/c: d}", "labels"),
        ("name: p, labels: {a: " + "x" * 64 + "}", "labels"),
        ("name: p, annotations: {'a b': c}", "annotations"),
        ("name: p, annotations: {controller.kubernetes.io/pod-deletion-cost: '1.5'}", "annotations"),
        ("name: p, annotations: {seccomp.security.alpha.kubernetes.io/pod: x}", "profiles"),
        ("name: p, annotations: {container.apparmor.security.beta.kubernetes.io/x: unconfined}", "profiles"),
        ("name: p, ownerReferences: [{}]", "owner-references"),
        ("name: p, labels: {a: 1}", "wrong-type"),
        ("name: p, labels: {a: yes}", "wrong-type"),
        ("name: p, annotations: []", "wrong-type"),
        ("name: p, creationTimestamp: yesterday", "wrong-type"),
        ("name: p, generation: 1.5", "wrong-type"),
        ("name: 1.0", "wrong-type"),
    ],
)
def test_the_kubelet_would_refuse_this_metadata(verdict, metadata, rule):
    told = verdict(metadata=metadata if metadata != "{}" else "")
    assert told.kubelet == "rejects"
    assert {finding.rule for finding in told.findings if finding.severity == "error"} == {rule}
