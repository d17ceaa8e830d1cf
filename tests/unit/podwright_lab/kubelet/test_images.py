"""Which images a node has, and what pulling one comes to."""

import pytest

from podwright_lab.kubelet.images import ImageStore, is_reference, whole_reference

DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("image", "whole"),
    [
        ("busybox", "docker.io/library/busybox:latest"),
        ("busybox:1.36", "docker.io/library/busybox:1.36"),
        ("team/tool", "docker.io/team/tool:latest"),
        ("quay.io/team/tool:v1", "quay.io/team/tool:v1"),
        ("localhost/tool", "localhost/tool:latest"),
        ("registry:5000/tool", "registry:5000/tool:latest"),
        (f"busybox@{DIGEST}", f"docker.io/library/busybox@{DIGEST}"),
        (f"busybox:1.36@{DIGEST}", f"docker.io/library/busybox@{DIGEST}"),
    ],
)
def test_a_short_name_is_completed(image, whole):
    assert whole_reference(image) == whole
    assert whole_reference(whole) == whole


@pytest.mark.parametrize(
    ("image", "legal"),
    [
        ("busybox", True),
        ("Registry.example:5000/team/tool:V1", True),
        (f"busybox@{DIGEST}", True),
        ("Busybox", False),
        ("docker.io/library/Busybox:1", False),
        ("a//b", False),
        ("", False),
    ],
)
def test_a_name_that_no_registry_could_have(image, legal):
    assert is_reference(image) is legal


def test_an_image_is_here_once_it_was_pulled():
    store = ImageStore()
    assert not store.present("busybox:1")
    assert store.pull("busybox:1") is None
    assert store.present("docker.io/library/busybox:1")
    assert not store.present("busybox:2")
    assert [image.reference for image in store.all()] == ["docker.io/library/busybox:1"]


def test_what_cannot_be_had_is_not_here_afterwards():
    store = ImageStore()
    error = store.pull("registry.invalid/x:1")
    assert error.endswith(
        'Head "https://registry.invalid/v2/x/manifests/1": dial tcp: lookup registry.invalid: no such host'
    )
    assert store.all() == []
    assert store.pull("invalid.example/x") is None


def test_an_image_is_found_by_reference_and_by_the_beginning_of_its_id():
    store = ImageStore(present=("busybox:1", f"tool@{DIGEST}"))
    image = store.find("busybox:1")
    assert store.find(image.id) == store.find(image.id.removeprefix("sha256:")[:12]) == image
    assert store.find(f"tool@{DIGEST}").id == DIGEST
    assert store.find("busybox:2") is None
    assert store.find("") is None


def test_ids_differ_from_image_to_image_and_stay():
    store = ImageStore()
    assert store.id_of("busybox:1") == ImageStore().id_of("docker.io/library/busybox:1")
    assert store.id_of("busybox:1") != store.id_of("busybox:2")


def test_a_removed_image_can_be_pulled_again():
    store = ImageStore(present=("busybox:1",))
    store.remove(store.find("busybox:1"))
    assert not store.present("busybox:1")
    store.pull("busybox:1")
    assert store.present("busybox:1")
