"""`manifest remove`: the names alone say what goes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.cli.conftest import Answer, Site
from tests.fakes.nouns import manifest, pod_text
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


def test_what_is_gone_is_success_and_a_misspelt_name_is_told(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    node.place(manifest("unnamed"))
    for typed, meant in (("wbe", "web"), ("unnamd", "unnamed")):
        answer = one_node.run("manifest", "remove", "-y", "--wait-for", "file", typed)
        assert answer.code == 0, answer.err
        assert f"there was nothing to remove; did you mean `{meant}`?" in answer.err


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


def hinted(answer: Answer) -> list[str]:
    """The words of the first command or option in a hint."""
    hint = answer.err.partition("hint: ")[2]
    return shlex.split(hint.split("`")[1].removeprefix("podwright "))


def test_what_is_in_the_way_is_shown_and_removed_by_the_hinted_commands(
    one_node: Site, node: FakeNode
) -> None:
    (node.folder / "theirs.yaml").write_text(pod_text("theirs"))
    words = ("manifest", "remove", "theirs", "-y", "--wait-for", "file")
    refused = one_node.run(*words)
    assert refused.code == 1
    shown = one_node.run(*hinted(refused))
    assert shown.code == 0, shown.err
    assert "-  name: theirs" in shown.out
    assert one_node.run(*words, "--adopt").code == 0
    assert node.file("theirs.yaml") is None


def test_the_lock_of_a_dead_run_is_broken_as_the_hint_says(one_node: Site, node: FakeNode) -> None:
    node.place(WEB)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    lock = node.folder.parent / ".podwright" / node.folder.name / "lock"
    lock.parent.mkdir(parents=True)
    line = f"abc123 {int(uptime) + 60} {boot} {uptime} ada@desk\n"
    lock.write_text(line)
    words = ("manifest", "remove", "web", "-y", "--wait-for", "file")
    refused = one_node.run(*words)
    assert refused.code == 1
    [command] = re.findall(r"podwright (node lock break \w+ --reason TEXT)", refused.err)
    assert one_node.run(*command.split()).code == 0
    assert not lock.exists()
    lock.write_text(line)
    broken = one_node.run(*words, "--break-lock", "abc123")
    assert broken.code == 0, broken.err
    assert node.file() is None
