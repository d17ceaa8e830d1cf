"""What `manifest rollback` does and refuses."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import manifest
from tests.unit.operations.test_converge import FILE_ONLY, converge

WEB = manifest()
NEXT = manifest(image="example.com/web:2")


@pytest.fixture
def twice(one_node, node):
    converge(node, node.desired(WEB), FILE_ONLY)
    converge(node, node.desired(NEXT), FILE_ONLY)
    return one_node


def test_without_a_good_revision_one_must_be_chosen(twice, node) -> None:
    answer = twice.run("manifest", "rollback", "web", "-y")
    assert answer.code == 1
    assert "no other content that was once proven good (it has 2, 1)" in answer.err
    assert "`podwright manifest rollback web --to 1` brings back what was written" in answer.err
    assert node.file() == NEXT.text(2)


def test_a_revision_comes_back_with_a_new_generation(twice, node) -> None:
    answer = twice.run("manifest", "rollback", "web", "--to", "1", "-y", "--wait-for", "file")
    assert answer.code == 0, answer.err
    assert node.file() == WEB.text(3)


def test_a_removed_pod_comes_back(twice, node) -> None:
    assert twice.run("manifest", "remove", "web", "-y", "--wait-for", "file").code == 0
    assert node.file() is None
    assert twice.run("manifest", "rollback", "web", "--to", "2", "-y", "--wait-for", "file").code == 0
    assert (node.file() or "").count("example.com/web:2") == 1


def test_a_revision_that_is_not_there_is_told_with_those_that_are(twice) -> None:
    answer = twice.run("manifest", "rollback", "web", "--to", "7", "-y")
    assert (answer.code, "has no revision 7 (it has 2, 1)" in answer.err) == (1, True)
    answer = twice.run("manifest", "diff", "web", "--revision", "2")
    assert (answer.code, answer.out, answer.err) == (0, "", ""), "that is what lies there"
    answer = twice.run("manifest", "rollback", "wbe", "-y")
    assert "neither the inventory nor any observed node knows `wbe`" in answer.err
    assert (answer.code, "hint: did you mean `web`?" in answer.err) == (2, True)


def test_an_older_etcd_comes_back_only_if_its_data_are_taken_care_of(one_node, node) -> None:
    old, new = (manifest(image=f"registry.k8s.io/etcd:{version}") for version in ("3.5.21-0", "3.6.4-0"))
    converge(node, node.desired(old), FILE_ONLY)
    converge(node, node.desired(new), FILE_ONLY)
    wanted = ("manifest", "rollback", "web", "--to", "1", "-y", "--wait-for", "file")
    answer = one_node.run(*wanted)
    assert answer.code == 1
    assert "main from 3.6 to 3.5, and an older etcd does not start" in answer.err
    assert node.file() == new.text(2)
    assert one_node.run(*wanted, "--accept-data-downgrade").code == 0
    assert node.file() == old.text(3)
    assert one_node.run("manifest", "rollback", "web", "--to", "2", "-y", "--wait-for", "file").code == 0
