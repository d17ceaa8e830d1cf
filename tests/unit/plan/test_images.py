"""An image's name as a runtime lists it."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import manifest

from podwright.plan.images import data_downgrade, images_of, missing_images
from podwright.plan.observed import NodeImage


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
        ("example.com/web:2.0", "example.com/web:1.0", ""),
        ("example.com/etcd-backup:2.0", "example.com/etcd-backup:1.0", ""),
    ],
)
def test_an_etcd_that_would_not_start_with_its_data_is_told(old, new, told) -> None:
    assert data_downgrade(manifest(image=old), manifest(image=new)) == told
