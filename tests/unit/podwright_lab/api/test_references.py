"""Which API object a pod refers to first."""

import pytest

from podwright_lab.api.references import first_reference


def volume(**source):
    return {"volumes": [{"name": "v", **source}]}


def container(**fields):
    return {"containers": [{"name": "c", **fields}]}


@pytest.mark.parametrize(
    ("spec", "reference"),
    [
        ({}, None),
        (volume(hostPath={"path": "/x"}), None),
        (volume(emptyDir={}), None),
        (container(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]), None),
        ({"serviceAccountName": "x"}, "serviceaccounts"),
        ({"serviceAccount": "x"}, "serviceaccounts"),
        ({"imagePullSecrets": [{"name": "x"}]}, "secrets"),
        (volume(secret={"secretName": "x"}), "secrets"),
        (volume(projected={"sources": [{"secret": {"name": "x"}}]}), "secrets"),
        (volume(azureFile={"secretName": "x"}), "secrets"),
        (volume(rbd={"secretRef": {"name": "x"}}), "secrets"),
        (volume(csi={"driver": "d", "nodePublishSecretRef": {"name": "x"}}), "secrets"),
        (container(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "x"}}}]), "secrets"),
        (container(envFrom=[{"secretRef": {"name": "x"}}]), "secrets"),
        ({"initContainers": [{"envFrom": [{"configMapRef": {"name": "x"}}]}]}, "configmaps"),
        ({"ephemeralContainers": [{"envFrom": [{"configMapRef": {"name": "x"}}]}]}, "configmaps"),
        (volume(configMap={"name": "x", "optional": True}), "configmaps"),
        (volume(projected={"sources": [{"configMap": {"name": "x"}}]}), "configmaps"),
        (volume(persistentVolumeClaim={"claimName": "x"}), "persistentvolumeclaims"),
        (volume(ephemeral={"volumeClaimTemplate": {}}), "persistentvolumeclaims (via ephemeral volumes)"),
        (volume(csi={"driver": "d"}), "csidrivers (via CSI volumes)"),
        (volume(glusterfs={"endpoints": "e"}), "endpoints (via glusterFS volumes)"),
        (
            volume(projected={"sources": [{"serviceAccountToken": {"path": "t"}}]}),
            "serviceaccounts (via projected volumes)",
        ),
        (volume(projected={"sources": [{"clusterTrustBundle": {"path": "t"}}]}), "clustertrustbundles"),
        (volume(projected={"sources": [{"podCertificate": {"keyType": "x"}}]}), "podcertificates"),
        ({"resourceClaims": [{"name": "x"}]}, "resourceclaims"),
    ],
)
def test_a_reference_is_named_as_the_server_names_it(spec, reference):
    assert first_reference({"spec": spec}) == reference


def test_the_first_of_several_is_named():
    spec = {"resourceClaims": [{"name": "x"}], "serviceAccountName": "x"} | volume(secret={"secretName": "x"})
    assert first_reference({"spec": spec}) == "serviceaccounts"
    del spec["serviceAccountName"]
    assert first_reference({"spec": spec}) == "secrets"


def test_a_pod_without_a_spec_refers_to_nothing():
    assert first_reference({}) is None
