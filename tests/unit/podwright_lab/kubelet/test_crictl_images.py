"""The images of a node as crictl shows and changes them."""

import json

import pytest

from podwright_lab.kubelet import crictl_images
from podwright_lab.kubelet.crictl_words import parse
from podwright_lab.kubelet.images import ImageStore

DIGEST = "sha256:" + "ab" * 32


@pytest.fixture
def store():
    return ImageStore(present=("busybox:1.36", "registry.example:5000/team/tool", f"pinned@{DIGEST}"))


def images(store, *words):
    return crictl_images.images(parse(["images", *words]), store)


def test_the_table_is_that_of_crictl(store):
    head, *rows = (line.split() for line in images(store).out.splitlines())
    assert head == ["IMAGE", "TAG", "IMAGE", "ID", "SIZE"]
    assert [row[:2] for row in rows] == [
        ["docker.io/library/busybox", "1.36"],
        ["docker.io/library/pinned", "<none>"],
        ["registry.example:5000/team/tool", "latest"],
    ]


@pytest.mark.parametrize(
    ("words", "count"),
    [([], 3), (["busybox"], 1), (["busybox:1.36"], 1), (["busybox:2"], 1), (["nothing"], 0)],
)
def test_images_can_be_asked_for_by_name(store, words, count):
    assert len(json.loads(images(store, *words, "-o", "json").out)["images"]) == count


def test_tags_and_digests_are_told_apart(store):
    by_id = {image["id"]: image for image in json.loads(images(store, "-o", "json").out)["images"]}
    assert by_id[DIGEST]["repoDigests"] == [f"docker.io/library/pinned@{DIGEST}"]
    assert by_id[DIGEST]["repoTags"] == []
    tags = [image["repoTags"] for image in by_id.values() if image["repoTags"]]
    assert tags == [["docker.io/library/busybox:1.36"], ["registry.example:5000/team/tool:latest"]]
    assert len(images(store, "-q").out.splitlines()) == 3


def test_one_image_is_inspected_or_is_not_there(store):
    found = crictl_images.inspect_image(parse(["inspecti", "busybox:1.36"]), store)
    assert json.loads(found.out)["status"]["repoTags"] == ["docker.io/library/busybox:1.36"]
    missing = crictl_images.inspect_image(parse(["inspecti", "busybox:9"]), store)
    assert (missing.code, missing.out) == (1, "")
    assert 'no such image \\"busybox:9\\" present' in missing.err


def test_an_image_is_pulled_or_the_registry_says_why_not(store):
    pulled = crictl_images.pull(parse(["pull", "busybox:1.37"]), store)
    assert pulled.out == f"Image is up to date for {store.id_of('busybox:1.37')}\n"
    assert store.present("busybox:1.37")
    refused = crictl_images.pull(parse(["pull", "registry.invalid/x"]), store)
    assert refused.code == 1
    assert "no such host" in refused.err


def test_images_are_removed_and_what_is_missing_is_named(store):
    answer = crictl_images.remove(parse(["rmi", "busybox:9", "busybox:1.36"]), store)
    assert answer.out == "Deleted: docker.io/library/busybox:1.36\n"
    assert answer.code == 1
    assert "no such image busybox:9" in answer.err
    assert crictl_images.remove(parse(["rmi", "--all"]), store).code == 0
    assert store.all() == []


@pytest.mark.parametrize("command", ["pull", "rmi", "inspecti"])
def test_an_image_has_to_be_named(store, command):
    run = {
        "pull": crictl_images.pull,
        "rmi": crictl_images.remove,
        "inspecti": crictl_images.inspect_image,
    }[command]
    assert run(parse([command]), store).code == 1
