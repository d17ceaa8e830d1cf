"""Volumes that lie elsewhere."""

import pytest


@pytest.mark.parametrize(
    "volume",
    [
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
        "{name: v, flocker: {datasetName: a/b}}",
        "{name: v, flexVolume: {driver: d, options: {kubernetes.io/x: z}}}",
        "{name: v, azureDisk: {diskName: d, diskURI: x, kind: Managed}}",
        "{name: v, azureDisk: {diskName: d, diskURI: 'https://a/b', kind: ''}}",
        "{name: v, azureDisk: {diskName: d, diskURI: 'https://a/b', cachingMode: ''}}",
        "{name: v, quobyte: {registry: x, volume: v}}",
        "{name: v, quobyte: {registry: '[::1]', volume: v}}",
        "{name: v, quobyte: {registry: '::1:80', volume: v}}",
        "{name: v, storageos: {}}",
        "{name: v, vsphereVolume: {}}",
    ],
)
def test_the_kubelet_would_refuse(errors, volume):
    assert errors(f"volumes: [{volume}]") == ["volume"]


@pytest.mark.parametrize(
    "volume",
    [
        "{name: v, nfs: {server: s, path: /x}}",
        "{name: v, iscsi: {targetPortal: t, iqn: 'iqn.2026-01.com.example:storage', lun: 0}}",
        "{name: v, fc: {wwids: [a]}}",
    ],
)
def test_the_kubelet_would_take(errors, volume):
    assert errors(f"volumes: [{volume}]") == []


def test_registries_and_initiators_of_an_allowed_form(errors):
    good = [
        "{name: v, quobyte: {registry: 'a:1,[::1]:80', volume: v}}",
        "{name: v, iscsi: {targetPortal: " + "t" * 70 + ", iqn: 'iqn.2026-01.a:b'}}",
    ]
    for volume in good:
        assert errors(f"volumes: [{volume}]") == []
