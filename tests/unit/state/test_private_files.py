"""Files that only their owner can read."""

from __future__ import annotations

import pytest

from podwright.state.private_files import keep


def test_a_file_is_kept_for_its_owner_in_the_state_folder(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    path = keep("traceback", "é", tmp_path)
    assert path.parent == tmp_path / ".local" / "state" / "podwright"
    assert path.name.startswith("traceback-")
    assert (path.read_text("utf-8"), path.stat().st_mode & 0o777) == ("é", 0o600)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert keep("traceback", "", tmp_path) != path


def test_the_environment_names_another_folder(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert keep("traceback", "x", tmp_path).parent == tmp_path / "state" / "podwright"


def test_without_one_that_can_be_written_the_temporary_folder_is_used(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path = keep("traceback", "x", tmp_path)
    assert (path.parent, path.read_text()) == (tmp_path, "x")
    assert path.name.startswith("podwright-traceback-")
