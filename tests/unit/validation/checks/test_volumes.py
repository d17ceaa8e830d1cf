"""Volumes: one whole source each, and files that stay inside."""

import pytest


@pytest.mark.parametrize(
    "volume",
    [
        "{emptyDir: {}}",
        "{name: V, emptyDir: {}}",
        "{name: v, emptyDir: {}, hostPath: {path: /x}}",
        "{name: v, emptyDir: {sizeLimit: -1}}",
        "{name: v, hostPath: {}}",
        "{name: v, hostPath: {path: /a/../b}}",
        "{name: v, hostPath: {path: /a, type: directory}}",
        "{name: v, nfs: {server: s, path: x}}",
        "{name: v, nfs: {path: /x}}",
        "{name: v, iscsi: {targetPortal: t, iqn: bad, lun: 0}}",
        "{name: v, iscsi: {targetPortal: t, iqn: 'iqn.2026-01.a:b', lun: 256}}",
        "{name: v, fc: {}}",
        "{name: v, fc: {targetWWNs: [a]}}",
        "{name: v, rbd: {image: x}}",
        "{name: v, cephfs: {}}",
        "{name: v, gcePersistentDisk: {}}",
        "{name: v, awsElasticBlockStore: {volumeID: x, partition: 300}}",
        "{name: v, gitRepo: {}}",
        "{name: v, gitRepo: {repository: r, directory: ..}}",
        "{name: v, flocker: {datasetName: a/b}}",
        "{name: v, flexVolume: {driver: d, options: {kubernetes.io/x: z}}}",
        "{name: v, azureDisk: {diskName: d, diskURI: x, kind: Managed}}",
        "{name: v, azureDisk: {diskName: d, diskURI: 'https://a/b', kind: ''}}",
        "{name: v, azureDisk: {diskName: d, diskURI: 'https://a/b', cachingMode: ''}}",
        "{name: v, quobyte: {registry: x, volume: v}}",
        "{name: v, quobyte: {registry: '[::1]', volume: v}}",
        "{name: v, quobyte: {registry: '::1:80', volume: v}}",
        "{name: v, iscsi: {targetPortal: "
        + "t" * 63
        + ", iqn: 'iqn.2026-01.a:b', initiatorName: 'iqn.2026-01.a:b'}}",
        "{name: v, storageos: {}}",
        "{name: v, vsphereVolume: {}}",
        "{name: v, image: {reference: i, pullPolicy: always}}",
        "{name: v, downwardAPI: {items: [{path: a}]}}",
        "{name: v, downwardAPI: {items: [{path: ../a, fieldRef: {fieldPath: metadata.name}}]}}",
        "{name: v, downwardAPI: {items: [{path: ..a, fieldRef: {fieldPath: metadata.name}}]}}",
        "{name: v, downwardAPI: {items: [{path: /a, fieldRef: {fieldPath: metadata.name}}]}}",
        "{name: v, downwardAPI: {defaultMode: 644}}",
        "{name: v, downwardAPI: {items: [{path: a, mode: -1, fieldRef: {fieldPath: metadata.name}}]}}",
        "{name: v, projected: {sources: [{}]}}",
        "{name: v, projected: {sources: [{downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.name}}]}},"
        " {downwardAPI: {items: [{path: a, fieldRef: {fieldPath: metadata.uid}}]}}]}}",
        "{name: v, emptyDir: {}}, {name: v, emptyDir: {}}",
    ],
)
def test_the_kubelet_would_refuse(errors, volume):
    assert errors(f"volumes: [{volume}]") == ["volume"]


@pytest.mark.parametrize(
    "field",
    ["{fieldPath: status.podIP}", "{fieldPath: metadata}", "{}", "{fieldPath: \"metadata.labels['a b']\"}"],
)
def test_only_some_fields_become_files(errors, field):
    volume = f"{{name: v, downwardAPI: {{items: [{{path: a, fieldRef: {field}}}]}}}}"
    assert errors(f"volumes: [{volume}]") == ["field-reference"]


@pytest.mark.parametrize(
    "volume",
    [
        "{name: v}",
        "{name: v, emptyDir: null}",
        "{name: v, emptyDir: {medium: Memory, sizeLimit: 1Gi}}",
        "{name: v, hostPath: {path: /a, type: ''}}",
        "{name: v, hostPath: {path: relative}}",
        "{name: v, nfs: {server: s, path: /x}}",
        "{name: v, iscsi: {targetPortal: t, iqn: 'iqn.2026-01.com.example:storage', lun: 0}}",
        "{name: v, fc: {wwids: [a]}}",
        "{name: v, image: {reference: 'docker.io/library/busybox:1.36'}}",
        "{name: v, downwardAPI: {defaultMode: 0644, items: [{path: a/b, fieldRef: {fieldPath: metadata.labels}}]}}",
        "{name: v, downwardAPI: {defaultMode: 0o644}}",
        "{name: v, downwardAPI: {items: [{path: a, resourceFieldRef: {containerName: c, resource: limits.cpu}}]}}",
        "{name: v, projected: {sources: []}}",
        "{name: v, projected: {}}",
    ],
)
def test_the_kubelet_would_take(errors, volume):
    assert errors(f"volumes: [{volume}]") == []


def test_a_mount_of_a_broken_volume_finds_no_volume(errors):
    found = errors("volumes: [{name: v, hostPath: {}}]", container="volumeMounts: [{name: v, mountPath: /v}]")
    assert found == ["mount", "volume"]


def test_a_mode_that_looks_octal_is_explained(verdict):
    (finding,) = (
        one
        for one in verdict("volumes: [{name: v, downwardAPI: {defaultMode: 644}}]").findings
        if one.rule == "volume"
    )
    assert "write 0644" in finding.hint


def test_only_the_api_asks_for_the_reference_of_an_image_volume(verdict):
    mounted = "volumeMounts: [{name: v, mountPath: /v}]"
    judged = verdict("volumes: [{name: v, image: {}}]", container=mounted)
    assert (judged.kubelet, judged.mirror) == ("accepts", "rejects")


def test_registries_and_initiators_of_an_allowed_form(errors):
    good = [
        "{name: v, quobyte: {registry: 'a:1,[::1]:80', volume: v}}",
        "{name: v, iscsi: {targetPortal: " + "t" * 70 + ", iqn: 'iqn.2026-01.a:b'}}",
    ]
    for volume in good:
        assert errors(f"volumes: [{volume}]") == []
