"""`manifest render`: what is printed, and what is written where."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.cli.conftest import Site
from tests.fakes.nouns import pod_text


def test_each_manifest_is_a_document_below_its_name(site: Site) -> None:
    answer = site.run("manifest", "render", "-l", "cp-1")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == f"---\n# cp-1/web.yaml\n{pod_text()}"


def test_files_are_for_their_owner_only(site: Site) -> None:
    answer = site.run("manifest", "render", "--output-dir", "out")
    assert answer.code == 0
    assert answer.err == "out/cp-1/web.yaml\nout/cp-2/web.yaml\n"
    written = site.folder / "out" / "cp-1" / "web.yaml"
    assert written.read_text() == pod_text()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert stat.S_IMODE(written.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in written.parent.iterdir()] == ["web.yaml"]


def test_a_file_is_written_again(site: Site) -> None:
    for text in (pod_text(), pod_text(image="example.com/other:1")):
        site.template("web", text)
        assert site.run("manifest", "render", "--output-dir", "out").code == 0
        assert (site.folder / "out" / "cp-1" / "web.yaml").read_text() == text


def test_a_planted_link_is_replaced_and_never_written_through(site: Site) -> None:
    victim = site.folder / "victim"
    victim.write_text("mine\n")
    for link in (Path.symlink_to, Path.hardlink_to):
        planted = site.folder / "out" / link.__name__ / "cp-1" / "web.yaml"
        planted.parent.mkdir(parents=True)
        link(planted, victim)
        folder = str(planted.parents[1])
        assert site.run("manifest", "render", "-l", "cp-1", "--output-dir", folder).code == 0
        assert victim.read_text() == "mine\n"
        assert planted.read_text() == pod_text()
        assert not planted.is_symlink()


def test_a_planted_folder_link_is_refused(site: Site) -> None:
    elsewhere = site.folder / "elsewhere"
    elsewhere.mkdir()
    (site.folder / "out").mkdir()
    (site.folder / "out" / "cp-1").symlink_to(elsewhere)
    answer = site.run("manifest", "render", "-l", "cp-1", "--output-dir", "out")
    assert answer.code == 2
    assert answer.err.startswith("error: cannot write `out/cp-1`: ")
    assert list(elsewhere.iterdir()) == []


def test_a_file_that_cannot_be_written_leaves_nothing_behind(site: Site) -> None:
    folder = site.folder / "out" / "cp-1"
    (folder / "web.yaml").mkdir(parents=True)
    answer = site.run("manifest", "render", "-l", "cp-1", "--output-dir", "out")
    assert answer.code == 2
    assert "hint: give another --output-dir" in answer.err
    assert [entry.name for entry in folder.iterdir()] == ["web.yaml"]


@pytest.mark.parametrize("planted", ["\x1b[2J", "\x9b2J", "\x07", "\x00"])
def test_what_yaml_has_no_place_for_is_printed_as_an_escape(site: Site, planted: str) -> None:
    site.template("web", f"# {planted}\n{pod_text()}")
    answer = site.run("manifest", "render", "-l", "cp-1")
    assert planted not in answer.out
    assert answer.out.endswith(pod_text())
