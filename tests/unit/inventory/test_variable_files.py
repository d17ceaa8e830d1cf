"""Which files of `group_vars/` and `host_vars/` say what of whom."""

from __future__ import annotations

from podwright.inventory.file_reader import FileReader
from podwright.inventory.structure import Structure
from podwright.inventory.variable_files import read_variable_files


def structure() -> Structure:
    found = Structure()
    found.add_host("n", found.group("web"), "f")
    return found


def test_a_link_that_leads_nowhere_is_a_warning(tmp_path):
    (tmp_path / "group_vars/web").mkdir(parents=True)
    (tmp_path / "group_vars/web/a.yml").symlink_to("nowhere")
    (tmp_path / "group_vars/web/b.yml").write_text("x: 1")
    found = structure()
    [files] = read_variable_files([tmp_path], found, FileReader())
    assert files.groups == {"web": {"x": 1}}
    assert [str(warning) for warning in found.warnings] == [
        f"{tmp_path}/group_vars/web/a.yml: this link leads nowhere, and is not used"
    ]


def test_files_are_found_by_the_names_of_groups_and_hosts(tmp_path):
    for name, text in {
        "group_vars/web/a.yml": "x: 1\ny: 1", "group_vars/web/b.yml": "x: 2", "group_vars/all": "z: 1",
        "host_vars/n.json": '{"w": 1e1}',
        "host_vars/other.yml": "- not read",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = structure()
    [files] = read_variable_files([tmp_path], found, FileReader())
    assert files.groups == {"all": {"z": 1}, "web": {"x": 2, "y": 1}}
    assert files.hosts == {"n": {"w": 10.0}}
    assert [(source.group, source.hosts, source.folder) for source in found.sources] == [
        ("all", (), 0), ("web", (), 0), ("web", (), 0), ("", ("n",), 0),
    ]  # fmt: skip


def test_a_file_that_is_no_mapping_is_a_problem_and_a_double_key_a_warning(tmp_path):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars/all").write_text("- a")
    (tmp_path / "group_vars/web").write_text("a: 1\na: 2")
    found = structure()
    read_variable_files([tmp_path], found, FileReader())
    assert [str(problem).removeprefix(f"{tmp_path}/") for problem in found.problems] == [
        "group_vars/all:1:1: a file of variables maps names to values"
    ]
    assert len(found.warnings) == 1
