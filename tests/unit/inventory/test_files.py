"""The files of an inventory, in the order Ansible reads them."""

from __future__ import annotations

import pytest

from podwright.errors import UsageError
from podwright.inventory.files import MAX_FOLDER_DEPTH, VariableFolder, inventory_files


def test_a_folder_is_read_in_the_order_of_names(tmp_path):
    for name in (
        "b.yml",
        "a.yaml",
        "c",
        "d.json",
        ".hidden",
        "old.bak",
        "x.ini",
        "sub/e.yaml",
        "group_vars/all.yml",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    problems: list = []
    found = inventory_files(tmp_path, problems)
    assert [str(path.relative_to(tmp_path)) for path in found] == [
        "a.yaml",
        "b.yml",
        "c",
        "d.json",
        "sub/e.yaml",
        "x.ini",
    ]
    assert problems == []


def test_a_folder_that_holds_itself_ends(tmp_path):
    (tmp_path / "a.yaml").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(inventory_files(tmp_path, [])) == MAX_FOLDER_DEPTH + 1


def test_a_file_that_is_not_plain_is_a_problem(tmp_path):
    problems: list = []
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    assert inventory_files(tmp_path, problems) == ()
    assert len(problems) == 1
    with pytest.raises(UsageError):
        inventory_files(tmp_path / "nowhere", [])


def test_the_first_name_with_variables_counts_and_a_folder_counts_whole(tmp_path):
    folder = tmp_path / "group_vars"
    for name in ("a.yml", "a.yaml", "b/2.yml", "b/1", "b/deep/3.json", "b/.x.yml", "b/4.yml~", "c.json"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    found = VariableFolder(folder)
    names = {
        name: [str(path.relative_to(folder)) for path in found.files(name)] for name in ("a", "b", "c", "d")
    }
    assert names == {"a": ["a.yml"], "b": ["b/1", "b/2.yml", "b/deep/3.json"], "c": ["c.json"], "d": []}
    assert VariableFolder(tmp_path / "nowhere").files("a") == ()
