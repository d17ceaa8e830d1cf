"""What a static pod may not refer to, and what stops or confuses its mirror pod."""

import pytest

REFERENCES = [
    ("serviceAccountName: default", ""),
    ("serviceAccount: default", ""),
    ("imagePullSecrets: [{name: a}]", ""),
    ("resourceClaims: [{name: a, resourceClaimName: b}]", ""),
    ("volumes: [{name: v, configMap: {name: a, optional: true}}]", ""),
    ("volumes: [{name: v, secret: {secretName: a}}]", ""),
    ("volumes: [{name: v, persistentVolumeClaim: {claimName: a}}]", ""),
    ("volumes: [{name: v, csi: {driver: a.b}}]", ""),
    ("volumes: [{name: v, glusterfs: {endpoints: a, path: b}}]", ""),
    ("volumes: [{name: v, azureFile: {secretName: a, shareName: b}}]", ""),
    ("volumes: [{name: v, cephfs: {monitors: [a], secretRef: {name: b}}}]", ""),
    ("volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {}}}}]", ""),
    ("volumes: [{name: v, projected: {sources: [{secret: {name: a}}]}}]", ""),
    ("volumes: [{name: v, projected: {sources: [{configMap: {name: a}}]}}]", ""),
    ("volumes: [{name: v, projected: {sources: [{clusterTrustBundle: {name: a, path: b}}]}}]", ""),
    ("", "env: [{name: a, valueFrom: {secretKeyRef: {name: b, key: c, optional: true}}}]"),
    ("", "env: [{name: a, valueFrom: {configMapKeyRef: {name: b, key: c}}}]"),
    ("", "envFrom: [{secretRef: {name: b}}]"),
    ("", "envFrom: [{configMapRef: {name: b, optional: true}}]"),
]


@pytest.mark.parametrize(("spec", "container"), REFERENCES)
def test_the_kubelet_refuses_references_to_the_api(verdict, spec, container):
    told = verdict(spec, container=container)
    assert (told.kubelet, told.mirror) == ("rejects", "rejects")
    assert "api-reference" in {finding.rule for finding in told.findings}


def test_before_1_34_the_pod_ran_and_the_api_refused_its_mirror(verdict):
    told = verdict("volumes: [{name: v, secret: {secretName: a}}]", version="1.33")
    assert (told.kubelet, told.mirror) == ("accepts", "rejects")
    assert [finding.severity for finding in told.findings if finding.rule == "api-reference"] == ["error"]


def test_an_empty_service_account_refers_to_nothing(errors):
    assert errors("serviceAccountName: '', automountServiceAccountToken: true, imagePullSecrets: []") == []


@pytest.mark.parametrize(
    "spec",
    [
        "imagePullSecrets: [{}]",
        "imagePullSecrets: [{name: ''}, null]",
        "volumes: [{name: v, cephfs: {monitors: [a], secretRef: {}}}]",
        "volumes: [{name: v, rbd: {monitors: [a], image: i, secretRef: {name: ''}}}]",
    ],
)
def test_a_reference_without_a_name_refers_to_nothing(verdict, spec):
    assert verdict(spec).kubelet == "accepts"


@pytest.mark.parametrize(
    ("spec", "metadata", "rule"),
    [
        ("", "name: p, annotations: {kubernetes.io/config.mirror: x}", "never-runs"),
        ("", "name: p, deletionTimestamp: '2026-01-01T00:00:00Z'", "never-runs"),
        ("", "name: p, resourceVersion: '1'", "resource-version"),
    ],
)
def test_the_kubelet_takes_it_but_no_mirror_pod_appears(verdict, spec, metadata, rule):
    told = verdict(spec, metadata=metadata)
    assert (told.kubelet, told.mirror) == ("accepts", "rejects")
    assert {finding.rule for finding in told.findings if finding.severity == "error"} == {rule}


@pytest.mark.parametrize(
    ("metadata", "rule"),
    [("name: p, uid: a", "fixed-uid"), ("name: p, finalizers: [example.com/a]", "kept-by-finalizer")],
)
def test_what_works_and_yet_must_not_be_pushed_is_an_error(verdict, metadata, rule):
    told = verdict(metadata=metadata)
    assert (told.kubelet, told.mirror) == ("accepts", "accepts")
    assert [(finding.rule, finding.severity) for finding in told.findings if finding.severity == "error"] == [
        (rule, "error")
    ]
