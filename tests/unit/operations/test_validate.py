"""Plain files and folders, as they lie."""

import os
from pathlib import Path

import pytest

from podwright.errors import UsageError
from podwright.operations.validate import validate_files

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostNetwork: true, containers: [{name: c, image: 'i:1'}]}\n"


def verdicts(*paths):
    judged = validate_files(map(str, paths), kubernetes_version="1.36")
    return {Path(one.file).name: one.kubelet for one in judged}


def test_what_is_no_file_in_a_folder_hides_nothing_else_there(tmp_path):
    (tmp_path / "pod.yaml").write_text(POD)
    (tmp_path / "notes.txt").write_text("remember the milk\n")
    (tmp_path / ".pod.yaml.swp").write_text(POD)
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "pod.yaml").write_text(POD)
    (tmp_path / "to-folder").symlink_to("old")
    (tmp_path / "to-nothing").symlink_to("absent")
    (tmp_path / "to-itself").symlink_to("to-itself")
    (tmp_path / "to-pod").symlink_to("pod.yaml")
    os.mkfifo(tmp_path / "pipe")
    assert verdicts(tmp_path) == {
        ".pod.yaml.swp": "ignores",
        "notes.txt": "rejects",
        "old": "ignores",
        "pipe": "ignores",
        "pod.yaml": "accepts",
        "to-folder": "ignores",
        "to-itself": "ignores",
        "to-nothing": "ignores",
        "to-pod": "accepts",
    }


def test_a_link_to_nothing_is_told(tmp_path):
    (tmp_path / "to-nothing").symlink_to("absent")
    (judged,) = validate_files([str(tmp_path)], kubernetes_version="1.36")
    assert [finding.rule for finding in judged.findings] == ["stray-folder"]
    assert "link to nothing" in judged.findings[0].message


def test_a_path_that_is_named_must_be_there(tmp_path):
    (tmp_path / "to-nothing").symlink_to("absent")
    for name in ("absent", "to-nothing"):
        with pytest.raises(UsageError, match=name):
            validate_files([str(tmp_path / name)], kubernetes_version="1.36")
