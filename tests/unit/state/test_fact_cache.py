"""Facts are remembered for a while, for their owner alone; what is too old or broken is not there."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from podwright.state.fact_cache import MAX_BYTES, FactCache, facts_folder


def cache(folder: Path, now: float = 1000.0, inventory: str = "/site/hosts.yaml") -> FactCache:
    return FactCache(folder / "facts", inventory, now)


def test_what_was_kept_is_known_until_it_is_too_old(tmp_path: Path) -> None:
    cache(tmp_path).keep("n1", {"facts": {"cpus": 4}})
    found = cache(tmp_path, 1060).known("n1", 60)
    assert (found.values, found.age) == ({"facts": {"cpus": 4}}, 60)
    assert cache(tmp_path, 1061).known("n1", 60) is None
    # a clock that was set back
    assert cache(tmp_path, 999).known("n1", 60) is None


def test_nodes_of_one_name_in_two_inventories_are_two(tmp_path: Path) -> None:
    cache(tmp_path).keep("n1", {})
    assert cache(tmp_path, inventory="/other/hosts.yaml").known("n1", 60) is None
    assert cache(tmp_path).known("n2", 60) is None


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    cache(tmp_path).keep("n1", {})
    [file] = (tmp_path / "facts").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"gathered": "x"}', '{"gathered": 1000, "node": "n1", "values": 7}']
)
def test_what_cannot_be_read_is_not_there(tmp_path: Path, text: str) -> None:
    cache(tmp_path).keep("n1", {})
    [file] = (tmp_path / "facts").iterdir()
    file.write_text(text)
    assert cache(tmp_path).known("n1", 60) is None


def test_too_much_is_not_kept_and_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    cache(tmp_path).keep("n1", {"x": "y" * MAX_BYTES})
    assert cache(tmp_path).known("n1", 60) is None
    (tmp_path / "file").write_text("")
    cache(tmp_path / "file").keep("n1", {})


def test_the_folder_is_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    assert facts_folder(tmp_path) == Path("/c/podwright/facts")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert facts_folder(tmp_path) == tmp_path / ".cache/podwright/facts"
