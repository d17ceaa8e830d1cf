"""What is told of a node that lacks something, before the old pod ends."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import manifest, observation, pod_text

from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.node_image import NodeImage
from podwright.plan.observed import UnfitPath
from podwright.plan.prerequisites import unmet
from podwright.pods.prerequisites import HostPath

ID = "sha256:" + "a" * 64
THERE = tuple(
    NodeImage(name, (name,))
    for name in ("docker.io/library/busybox:1.36", "quay.io/x/y@sha256:bb", "localhost:5000/z:latest", ID)
)


@pytest.mark.parametrize(
    ("image", "there"),
    [
        ("busybox:1.36", True),
        ("docker.io/library/busybox:1.36", True),
        ("library/busybox:1.36", True),
        ("busybox", False),
        ("docker.io/library/busybox:1.37", False),
        ("quay.io/x/y@sha256:bb", True),
        ("quay.io/x/y:v1@sha256:bb", True),
        ("quay.io/x/y:v1", False),
        ("localhost:5000/z", True),
        ("x/y@sha256:bb", True),
        (ID, True),
    ],
)
def test_an_image_is_found_under_any_of_its_names(image, there) -> None:
    web = manifest(image=image)
    assert (not [*unmet([web], observation(images=THERE), {"web.yaml"})]) is there


def test_an_image_that_is_pulled_is_told_if_an_old_pod_ends_for_it() -> None:
    web = manifest(image="example.com/web:2")
    look = observation(images=THERE)
    [told] = unmet([web], look, {"web.yaml"})
    assert told == (
        "`web.yaml`: the image `example.com/web:2` is not on the node: nothing runs while it is pulled"
        " (`crictl pull example.com/web:2` on the node pulls it beforehand)"
    )
    assert [*unmet([web], look, ())] == []
    assert [*unmet([web], observation(), {"web.yaml"})] == []


def test_an_image_that_nobody_may_pull_is_always_told() -> None:
    web = Manifest.parse(Workload("web"), pod_text(image="a.b/c:1").replace("IfNotPresent", "Never"))
    assert web.needs.images[0].pulled is False
    [told] = unmet([web], observation(images=THERE), ())
    assert told.endswith("`imagePullPolicy: Never` lets nobody pull it: the pod will not start")


@pytest.mark.parametrize(
    ("missing", "words"), [(True, "`/x` is missing"), (False, "`/x` is not a directory")]
)
def test_a_path_that_does_not_fit_is_told(missing, words) -> None:
    web = manifest(extra="  volumes: [{name: x, hostPath: {path: /x, type: Directory}}]\n")
    look = observation(unfit_paths=(UnfitPath(HostPath("/x", "Directory"), missing),))
    told = f"`web.yaml`: {words}, and `type: Directory` wants it: the pod will not start"
    assert [*unmet([web], look, ())] == [told]
    assert [*unmet([manifest()], look, ())] == []
