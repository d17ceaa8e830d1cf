"""Volumes from storage over the network and from clouds: whole sources, in the forms that Kubernetes takes."""

import pytest

from podwright.validation.checks.remote_volumes import REMOTE_CHECKS
from podwright.validation.findings import Report, path_text

NAME = "iqn.2026-01.com.example:storage"
URI = "https://a/b"


def offences(kind, source):
    report = Report(36)
    REMOTE_CHECKS[kind](source, (kind,), report)
    assert {note.rule for note in report.notes} <= {"volume"}
    return [path_text(note.path).removeprefix(kind).removeprefix(".") for note in report.notes]


GOOD = [
    ("glusterfs", {"endpoints": "a", "path": "b"}),
    ("persistentVolumeClaim", {"claimName": "a"}),
    ("rbd", {"monitors": ["a"], "image": "b", "secretRef": {}}),
    ("cinder", {"volumeID": "a", "secretRef": {"name": "s"}}),
    ("cephfs", {"monitors": ["a"], "secretRef": {}}),
    ("azureFile", {"secretName": "a", "shareName": "b"}),
    ("vsphereVolume", {"volumePath": "a"}),
    ("photonPersistentDisk", {"pdID": "a"}),
    ("portworxVolume", {"volumeID": "a"}),
    ("scaleIO", {"gateway": "a", "system": "b", "volumeName": "c"}),
    ("nfs", {"server": "s", "path": "/x"}),
    ("iscsi", {"targetPortal": "t", "iqn": NAME, "lun": 255}),
    ("fc", {"wwids": ["a"]}),
    ("fc", {"targetWWNs": ["a"], "lun": 0}),
    ("gcePersistentDisk", {"pdName": "a", "partition": 255}),
    ("awsElasticBlockStore", {"volumeID": "a"}),
    ("gitRepo", {"repository": "r", "directory": "a/b"}),
    ("quobyte", {"registry": "a:1,[::1]:80", "volume": "v", "tenant": "t" * 64}),
    ("flocker", {"datasetName": "a"}),
    ("flexVolume", {"driver": "d", "options": {"example.com/x": "z"}}),
    ("azureDisk", {"diskName": "d", "diskURI": URI, "kind": "Shared", "cachingMode": "None"}),
    ("azureDisk", {"diskName": "d", "diskURI": "/subscriptions/a", "kind": "Managed"}),
    ("storageos", {"volumeName": "a", "volumeNamespace": "b", "secretRef": {"name": "s"}}),
    ("csi", {"driver": "A.b", "nodePublishSecretRef": {"name": "s"}}),
    ("csi", {"driver": "a" * 63}),
]


@pytest.mark.parametrize(("kind", "source"), GOOD)
def test_a_whole_source(kind, source):
    assert offences(kind, source) == []


def test_every_kind_has_a_whole_source_here():
    assert {kind for kind, _ in GOOD} == set(REMOTE_CHECKS)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("glusterfs", ["endpoints", "path"]),
        ("persistentVolumeClaim", ["claimName"]),
        ("rbd", ["monitors", "image"]),
        ("cinder", ["volumeID"]),
        ("cephfs", ["monitors"]),
        ("azureFile", ["secretName", "shareName"]),
        ("vsphereVolume", ["volumePath"]),
        ("photonPersistentDisk", ["pdID"]),
        ("portworxVolume", ["volumeID"]),
        ("scaleIO", ["gateway", "system", "volumeName"]),
        ("nfs", ["server", "path", "path"]),
        ("iscsi", ["targetPortal", "iqn"]),
        ("fc", [""]),
        ("gcePersistentDisk", ["pdName"]),
        ("awsElasticBlockStore", ["volumeID"]),
        ("gitRepo", ["repository"]),
        ("quobyte", ["registry", "volume"]),
        ("flocker", [""]),
        ("flexVolume", ["driver"]),
        ("azureDisk", ["diskName", "diskURI"]),
        ("storageos", ["volumeName"]),
        ("csi", ["driver"]),
    ],
)
def test_an_empty_source_lacks_what_it_needs(kind, fields):
    assert offences(kind, {}) == fields


@pytest.mark.parametrize(
    ("kind", "source", "field"),
    [
        ("cinder", {"volumeID": "a", "secretRef": {}}, "secretRef.name"),
        ("nfs", {"server": "s", "path": "x"}, "path"),
        ("iscsi", {"targetPortal": "t", "iqn": "bad"}, "iqn"),
        ("iscsi", {"targetPortal": "t", "iqn": NAME, "initiatorName": ""}, "initiatorName"),
        ("iscsi", {"targetPortal": "t", "iqn": NAME, "lun": 256}, "lun"),
        ("iscsi", {"targetPortal": "t", "iqn": NAME, "lun": -1}, "lun"),
        ("iscsi", {"targetPortal": "t", "iqn": NAME, "chapAuthSession": True}, "secretRef"),
        ("iscsi", {"targetPortal": "t", "iqn": NAME, "chapAuthDiscovery": True}, "secretRef"),
        ("fc", {"targetWWNs": ["a"], "wwids": ["a"], "lun": 1}, ""),
        ("fc", {"targetWWNs": ["a"]}, "lun"),
        ("fc", {"targetWWNs": ["a"], "lun": 256}, "lun"),
        ("gcePersistentDisk", {"pdName": "a", "partition": 256}, "partition"),
        ("awsElasticBlockStore", {"volumeID": "a", "partition": -1}, "partition"),
        ("gitRepo", {"repository": "r", "directory": ".."}, "directory"),
        ("quobyte", {"registry": "x", "volume": "v"}, "registry"),
        ("quobyte", {"registry": "[::1]", "volume": "v"}, "registry"),
        ("quobyte", {"registry": "a:1,::1:80", "volume": "v"}, "registry"),
        ("quobyte", {"registry": "a:1", "volume": "v", "tenant": "t" * 65}, "tenant"),
        ("flocker", {"datasetName": "a", "datasetUUID": "b"}, ""),
        ("flocker", {"datasetName": "a/b"}, "datasetName"),
        ("flexVolume", {"driver": "d", "options": {"kubernetes.io/x": "z"}}, "options[kubernetes.io/x]"),
        ("flexVolume", {"driver": "d", "options": {"a.K8s.io/x": "z"}}, "options[a.K8s.io/x]"),
        ("azureDisk", {"diskName": "d", "diskURI": "x", "kind": "Managed"}, "diskURI"),
        ("azureDisk", {"diskName": "d", "diskURI": "/subscriptions/a"}, "diskURI"),
        ("azureDisk", {"diskName": "d", "diskURI": URI, "kind": ""}, "kind"),
        ("azureDisk", {"diskName": "d", "diskURI": URI, "cachingMode": ""}, "cachingMode"),
        ("storageos", {"volumeName": "A"}, "volumeName"),
        ("storageos", {"volumeName": "a", "volumeNamespace": "B"}, "volumeNamespace"),
        ("storageos", {"volumeName": "a", "secretRef": {}}, "secretRef.name"),
        ("csi", {"driver": "a_b"}, "driver"),
        ("csi", {"driver": "a" * 64}, "driver"),
        ("csi", {"driver": "a", "nodePublishSecretRef": {}}, "nodePublishSecretRef.name"),
        ("csi", {"driver": "a", "nodePublishSecretRef": {"name": "A"}}, "nodePublishSecretRef.name"),
    ],
)
def test_a_source_of_a_wrong_form(kind, source, field):
    assert offences(kind, source) == [field]


def test_secrets_for_a_login_are_named():
    source = {"targetPortal": "t", "iqn": NAME, "chapAuthSession": True, "secretRef": {"name": "s"}}
    assert offences("iscsi", source) == []


@pytest.mark.parametrize("name", ["eui.0123456789abcdef", "naa." + "0" * 32, "iqn.x" + NAME])
def test_targets_have_names_of_three_kinds(name):
    assert offences("iscsi", {"targetPortal": "t", "iqn": name}) == []
