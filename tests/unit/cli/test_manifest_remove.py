"""`manifest remove`: the names alone say what goes."""

from __future__ import annotations

from tests.cli.conftest import Site
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import FakeNode

from podwright.cli.manifest_remove import RemoveOptions
from podwright.cli.run_options import ConvergeOptions
from podwright.cli.site_options import SiteOptions

WEB = manifest()


def test_the_file_of_the_name_goes_and_no_other(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    node.place(manifest("other"))
    answer = one_node.run("manifest", "remove", "-y", "--wait-for", "file", "web")
    assert answer.code == 0, answer.err
    assert (node.file(), node.file("other.yaml") is None) == (None, False)
    assert "deleted web.yaml" in answer.out


def test_a_dry_run_removes_nothing_and_may_exit_3(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    words = ("manifest", "remove", "--dry-run", "--wait-for", "file", "web", "-o", "name")
    assert one_node.run(*words).out == "n1/web.yaml\n"
    assert one_node.run(*words, "--exit-code").code == 3
    assert node.file() is not None


def test_a_removal_is_a_push_that_waits_for_every_source_unless_told_otherwise() -> None:
    assert RemoveOptions(SiteOptions(), ("web",)).run == ConvergeOptions(wait_for="ready")
    words = {"wait_for": "file", "yes": True, "forks": 2, "timeout": 9.0, "diff": True, "break_lock": "id"}
    given = RemoveOptions(SiteOptions(), ("web",), **words)
    assert given.run == ConvergeOptions(**words)
