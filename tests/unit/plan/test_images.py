"""An image's name as a runtime lists it."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import manifest

from podwright.plan.images import data_downgrade, images_of, missing_images
from podwright.plan.node_image import NodeImage


def test_an_image_is_there_by_its_tag_or_has_to_be_pulled() -> None:
    web = manifest()
    assert images_of(web) == ("example.com/web:1",)
    assert missing_images(web, [NodeImage("sha256:1", ("example.com/web:1",))]) == ()
    assert missing_images(web, [NodeImage("sha256:1", ("example.com/web:2",))]) == ("example.com/web:1",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("registry.k8s.io/etcd:3.6.1-0", "registry.k8s.io/etcd:3.5.21-0", "main from 3.6 to 3.5"),
        ("registry.k8s.io/etcd:3.5.21-0", "registry.k8s.io/etcd:3.6.1-0", ""),
        ("registry.k8s.io/etcd:3.5.21-0", "quay.io/coreos/etcd:v3.5.9", ""),
        ("quay.io/coreos/etcd:v3.10.0", "etcd:v3.9.0", "main from 3.10 to 3.9"),
        ("rancher/hardened-etcd:v3.6.1-k3s1", "rancher/hardened-etcd:v3.5.9-k3s1", "main from 3.6 to 3.5"),
        ("etcd:3.6.1@sha256:ab", "registry:5000/etcd:3.5.1@sha256:cd", "main from 3.6 to 3.5"),
        ("etcd:3.6.1", "etcd@sha256:cd", "main from 3.6 to `etcd@sha256:cd`"),
        ("registry:5000/etcd", "etcd:3.6.1", "main from `registry:5000/etcd` to 3.6"),
        ("etcd:latest", "etcd:latest", ""),
        ("example.com/web:2.0", "example.com/web:1.0", ""),
        ("example.com/etcd-backup:2.0", "example.com/etcd-backup:1.0", ""),
    ],
)
def test_an_etcd_that_would_not_start_with_its_data_is_told(old, new, told) -> None:
    assert data_downgrade(manifest(image=old), manifest(image=new)) == told
