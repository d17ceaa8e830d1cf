"""Names are read again when, and only when, a file that they come from changed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from podwright.state.completion_cache import remembered


@pytest.fixture(autouse=True)
def _no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)


class Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reads = 0

    def read(self) -> set[str]:
        self.reads += 1
        return {path.name for path in self.folder.rglob("*")}

    def ask(self, home: Path, kind: str = "hosts") -> set[str]:
        return remembered(kind, [self.folder, self.folder / "missing"], self.read, home)


def test_what_changes_a_file_or_a_folder_is_noticed(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "inventory")
    (reader.folder / "group_vars").mkdir(parents=True)
    for change in (
        lambda: None,
        lambda: (reader.folder / "hosts.yaml").write_text("a"),
        lambda: (reader.folder / "hosts.yaml").write_text("ab"),
        lambda: (reader.folder / "group_vars" / "all").write_text("x"),
        lambda: (reader.folder / "group_vars" / "all").rename(reader.folder / "group_vars" / "web"),
        (reader.folder / "hosts.yaml").unlink,
    ):
        change()
        before = reader.reads
        assert reader.ask(tmp_path) == reader.ask(tmp_path) == {p.name for p in reader.folder.rglob("*")}
        assert reader.reads == before + 1
    assert reader.ask(tmp_path, "pods") == reader.ask(tmp_path)


def test_what_is_kept_is_for_its_owner_and_damage_is_no_harm(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "inventory")
    reader.folder.mkdir()
    (reader.folder / "a").touch()
    assert reader.ask(tmp_path) == {"a"}
    [file] = (tmp_path / ".local/state/podwright/names").iterdir()
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    for text in ("", "[]", '{"extent": 1}', "\0"):
        file.write_text(text)
        assert reader.ask(tmp_path) == {"a"}


def test_where_nothing_can_be_kept_names_are_read_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    reader = Reader(tmp_path)
    assert reader.ask(tmp_path / "file") == reader.ask(tmp_path / "file") == {"file"}
    assert reader.reads == 2
