"""What a pod needs of its node: images and typed paths, each once."""

from __future__ import annotations

import pytest

from podwright.pods.prerequisites import HostPath, Image, Needs, needs_of


def test_images_of_all_containers_and_paths_that_have_a_type() -> None:
    document = {
        "spec": {
            "initContainers": [{"image": "a"}],
            "containers": [{"image": "a"}, {"image": "b", "imagePullPolicy": "Never"}],
            "volumes": [
                {"name": "x", "hostPath": {"path": "/x", "type": "File"}},
                {"name": "y", "hostPath": {"path": "/y"}},
                {"name": "z", "hostPath": {"path": "/z", "type": ""}},
                {"name": "n", "hostPath": {"path": "/a\nb", "type": "File"}},
                {"name": "e", "emptyDir": {}},
            ],
        }
    }
    assert needs_of(document) == Needs((Image("a", True), Image("b", False)), (HostPath("/x", "File"),))
    assert needs_of({"spec": {"priorityClassName": "high"}}).priority_class == "high"


@pytest.mark.parametrize(
    "spec",
    [
        None,
        [],
        {"containers": {"image": "a"}, "volumes": [7]},
        {"containers": [{"image": 7}], "priorityClassName": 7},
    ],
)
def test_what_has_another_shape_needs_nothing(spec) -> None:
    assert needs_of({"spec": spec}) == Needs()
