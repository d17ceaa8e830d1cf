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
        "{name: v, iscsi: {targetPortal: "
        + "t" * 63
        + ", iqn: 'iqn.2026-01.a:b', initiatorName: 'iqn.2026-01.a:b'}}",
        "{name: v, image: {reference: i, pullPolicy: always}}",
        "{name: v, emptyDir: {}}, {name: v, emptyDir: {}}",
    ],
)
def test_the_kubelet_would_refuse(errors, volume):
    assert errors(f"volumes: [{volume}]") == ["volume"]


@pytest.mark.parametrize(
    "volume",
    [
        "{name: v}",
        "{name: v, emptyDir: null}",
        "{name: v, emptyDir: {medium: Memory, sizeLimit: 1Gi}}",
        "{name: v, hostPath: {path: /a, type: ''}}",
        "{name: v, hostPath: {path: relative}}",
        "{name: v, image: {reference: 'docker.io/library/busybox:1.36'}}",
    ],
)
def test_the_kubelet_would_take(errors, volume):
    assert errors(f"volumes: [{volume}]") == []


def test_a_mount_of_a_broken_volume_finds_no_volume(errors):
    found = errors("volumes: [{name: v, hostPath: {}}]", container="volumeMounts: [{name: v, mountPath: /v}]")
    assert found == ["mount", "volume"]


def test_only_the_api_asks_for_the_reference_of_an_image_volume(verdict):
    mounted = "volumeMounts: [{name: v, mountPath: /v}]"
    judged = verdict("volumes: [{name: v, image: {}}]", container=mounted)
    assert (judged.kubelet, judged.mirror) == ("accepts", "rejects")


def test_an_interface_has_a_short_name_only_with_an_initiator(errors):
    portal = "t" * 62
    iscsi = f"targetPortal: {portal}, iqn: 'iqn.2026-01.a:b'"
    assert errors(f"volumes: [{{name: v, iscsi: {{{iscsi}, initiatorName: 'iqn.2026-01.a:b'}}}}]") == []
    assert (
        errors(f"volumes: [{{name: v, iscsi: {{targetPortal: {portal * 2}, iqn: 'iqn.2026-01.a:b'}}}}]") == []
    )
