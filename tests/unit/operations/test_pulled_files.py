"""Pulled files go to places that the inventory reads, and write nothing over."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from podwright.errors import ProblemsError
from podwright.operations.pull import PulledTemplate
from podwright.operations.pulled_files import PulledFolders, write_all

MADE = PulledTemplate("web", "kind: Pod\n", {"cp-1": {"web_port": 80}, "cp-2": {}})


def folders(tmp_path: Path) -> PulledFolders:
    return PulledFolders(tmp_path / "templates", tmp_path / "inventory")


def test_the_template_and_the_values_of_each_node_that_needs_some(tmp_path) -> None:
    files = folders(tmp_path).files([MADE])
    assert [(str(file.path.relative_to(tmp_path)), file.text) for file in files] == [
        ("templates/web.yaml.j2", "kind: Pod\n"),
        ("inventory/host_vars/cp-1/web.yml", "web_port: 80\n"),
    ]
    write_all(files, force=False)
    assert [stat.S_IMODE(file.path.stat().st_mode) & 0o600 for file in files] == [0o600] * 2
    assert all(file.same for file in folders(tmp_path).files([MADE]))
    assert folders(tmp_path).pulled_before("cp-1", "web") == {"web_port"}


def test_nothing_is_written_if_one_file_would_be_overwritten(tmp_path) -> None:
    there = tmp_path / "inventory" / "host_vars" / "cp-1" / "web.yml"
    there.parent.mkdir(parents=True)
    there.write_text("mine: 1\n")
    with pytest.raises(ProblemsError, match="is there already, with other content"):
        write_all(folders(tmp_path).files([MADE]), force=False)
    assert not (tmp_path / "templates").exists()
    write_all(folders(tmp_path).files([MADE]), force=True)
    assert there.read_text() == "web_port: 80\n"


@pytest.mark.parametrize("file", ["cp-1", "cp-1.yml", "cp-1.json"])
def test_a_file_of_the_nodes_variables_would_be_hidden_by_a_folder_of_them(tmp_path, file) -> None:
    there = tmp_path / "inventory" / "host_vars" / file
    there.parent.mkdir(parents=True)
    there.write_text("mine: 1\n")
    with pytest.raises(ProblemsError, match="leaves no place"):
        folders(tmp_path).files([MADE])


def test_an_inventory_without_a_folder_has_no_place_for_values(tmp_path) -> None:
    with pytest.raises(ProblemsError, match="no place in this inventory"):
        PulledFolders(tmp_path, None).files([MADE])


@pytest.mark.parametrize("text", ["{", "[1]", ""])
def test_what_holds_no_values_names_none(tmp_path, text) -> None:
    there = folders(tmp_path).values_file("cp-1", "web")
    there.parent.mkdir(parents=True)
    there.write_text(text)
    assert not folders(tmp_path).pulled_before("cp-1", "web")
