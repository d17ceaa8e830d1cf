"""An image's name as a runtime lists it."""

from __future__ import annotations

from tests.fakes.nouns import manifest

from podwright.plan.images import images_of, missing_images
from podwright.plan.observed import NodeImage


def test_an_image_is_there_by_its_tag_or_has_to_be_pulled() -> None:
    web = manifest()
    assert images_of(web) == ("example.com/web:1",)
    assert missing_images(web, [NodeImage("sha256:1", ("example.com/web:1",))]) == ()
    assert missing_images(web, [NodeImage("sha256:1", ("example.com/web:2",))]) == ("example.com/web:1",)
