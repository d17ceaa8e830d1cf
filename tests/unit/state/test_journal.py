"""The journal: whole as far as it was written, bounded, and never the reason that a run ends."""

from __future__ import annotations

import resource
import signal
from pathlib import Path

import pytest

from podwright.state import journal
from podwright.state.journal import Ended, Journal, NodeEntry, Started, UnknownRunError, run_named, runs

NODES = ("n1", "n2", "n3", "n4")
FIRST, SECOND = "20261130-101500-aaaaaa", "20261130-101501-bbbbbb"


def begin(folder: Path, run: str = FIRST, warnings: list[str] | None = None) -> Journal:
    started = Started(run, "manifest push", "ann@desk (pid 7)", "2026-11-30T10:15:00Z", NODES)
    return Journal(folder, started, (warnings if warnings is not None else []).append)


def test_a_run_is_read_as_it_was_recorded(tmp_path: Path) -> None:
    one = begin(tmp_path / "runs")
    one.record(NodeEntry("n1", "changed", applied=("written web.yaml",), seconds=1.5))
    one.record(NodeEntry("n2", "failed", True, ("written web.yaml",), ("not proven",)))
    one.record(NodeEntry("n3", "unreachable", True))
    one.record(Ended(1, "2026-11-30T10:16:00Z"))
    run = run_named(tmp_path / "runs")
    assert (run.started.nodes, run.ended) == (NODES, Ended(1, "2026-11-30T10:16:00Z"))
    assert run.nodes[0] == NodeEntry("n1", "changed", applied=("written web.yaml",), seconds=1.5)
    assert (run.failed, run.unreached, run.changed) == (("n2",), ("n3", "n4"), ("n1", "n2"))


def test_what_a_node_was_found_to_be_later_takes_the_place_of_its_first_result(tmp_path: Path) -> None:
    one = begin(tmp_path)
    one.record(NodeEntry("n1", "changed", applied=("written web.yaml",)))
    one.record(NodeEntry("n1", "failed", True, ("written web.yaml",), ("it restarted",)))
    run = run_named(tmp_path)
    assert (run.failed, run.changed, len(run.nodes)) == (("n1",), ("n1",), 1)


def test_a_run_that_was_gone_on_with_is_one_and_its_last_end_counts(tmp_path: Path) -> None:
    one = begin(tmp_path)
    one.record(NodeEntry("n1", "changed", applied=("written web.yaml", "deleted api.yaml")))
    one.record(Ended(1, "2026-11-30T10:16:00Z"))
    again = begin(tmp_path)
    assert run_named(tmp_path).ended is None
    again.record(NodeEntry("n1", "unchanged"))
    again.record(Ended(0, "2026-11-30T10:18:00Z"))
    run = run_named(tmp_path)
    assert (run.ended.code, run.changed, run.removed) == (0, ("n1",), {"n1": ("api.yaml",)})


def test_of_a_run_without_an_end_a_node_without_a_result_is_unknown(tmp_path: Path) -> None:
    one = begin(tmp_path)
    one.record(NodeEntry("n1", "unreachable", True))
    run = run_named(tmp_path)
    assert (run.changed, run.unreached, run.unknown) == ((), ("n1",), ("n2", "n3", "n4"))
    one.record(Ended(1, "2026-11-30T10:16:00Z"))
    run = run_named(tmp_path)
    assert (run.unreached, run.unknown) == (NODES, ())
    # it is gone on with, and n1 may be reached now
    begin(tmp_path)
    run = run_named(tmp_path)
    assert (run.unreached, run.unknown) == ((), NODES)


def test_what_a_failed_step_put_back_was_not_removed(tmp_path: Path) -> None:
    begin(tmp_path).record(
        NodeEntry("n1", "failed", applied=("deleted web.yaml", "deleted api.yaml", "restored web.yaml"))
    )
    assert run_named(tmp_path).removed == {"n1": ("api.yaml",)}


def test_of_a_run_that_was_killed_what_is_whole_is_read(tmp_path: Path) -> None:
    begin(tmp_path).record(NodeEntry("n1", "changed"))
    path = tmp_path / f"{FIRST}.jsonl"
    path.write_bytes(path.read_bytes() + b'{"event": "node", "value": {"node": "n2", "sta')
    run = run_named(tmp_path)
    assert [entry.node for entry in run.nodes] == ["n1"]
    assert run.ended is None


def test_of_a_line_that_a_full_disk_took_half_of_nothing_is_left(tmp_path: Path) -> None:
    warnings: list[str] = []
    begin(tmp_path).record(NodeEntry("n0", "changed"))
    # the run is gone on with
    one = begin(tmp_path, warnings=warnings)
    path = tmp_path / f"{FIRST}.jsonl"
    before = path.read_bytes()
    # as a disk that fills up: the first bytes are taken, and no more
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, limit[1]))
    try:
        one.record(NodeEntry("n1", "changed"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert path.read_bytes() == before
    assert warnings == [
        f"this run is not in the journal: `{path}` cannot be written: no space left on device"
    ]


@pytest.mark.parametrize(
    "line", [b"[]", b"1", b'{"event": "x", "value": 1}', b'{"event": "node", "value": []}', b"\xff"]
)
def test_a_line_of_somebody_else_tells_nothing(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / f"{FIRST}.jsonl"
    begin(tmp_path)
    path.write_bytes(line + b"\n" + path.read_bytes() + line + b"\n")
    assert run_named(tmp_path).nodes == ()


def test_a_run_is_found_by_the_beginning_of_its_id_if_one_begins_so(tmp_path: Path) -> None:
    begin(tmp_path, FIRST)
    begin(tmp_path, SECOND)
    (tmp_path / "20261130-101502-cccccc.jsonl").write_text("nothing of ours\n")
    (tmp_path / "notes.jsonl").write_text("")
    assert [run.started.run for run in runs(tmp_path)] == [SECOND, FIRST]
    assert run_named(tmp_path, "20261130-101500").started.run == FIRST
    with pytest.raises(UnknownRunError, match="several runs begin with `2026`"):
        run_named(tmp_path, "2026")
    with pytest.raises(UnknownRunError, match="the journal has no run `x`"):
        run_named(tmp_path, "x")
    with pytest.raises(UnknownRunError, match="the journal has no run yet"):
        run_named(tmp_path / "missing")


def test_the_oldest_runs_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_RUNS", 3)
    for second in range(5):
        begin(tmp_path, f"20261130-10150{second}-aaaaaa")
    assert [run.started.run[14] for run in runs(tmp_path)] == ["4", "3", "2"]
    monkeypatch.setattr(journal, "MAX_BYTES", journal.MAX_RUN_BYTES)
    begin(tmp_path, "20261130-101509-aaaaaa")
    assert [run.started.run[14] for run in runs(tmp_path)] == ["9"]


def test_a_run_of_more_than_its_bound_still_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_RUN_BYTES", 400)
    one = begin(tmp_path)
    for name in NODES:
        one.record(NodeEntry(name, "changed", problems=("x" * 100,)))
    one.record(Ended(0, "2026-11-30T10:16:00Z"))
    run = run_named(tmp_path)
    assert len(run.nodes) < len(NODES)
    assert run.ended


def test_a_journal_that_cannot_be_written_is_one_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    warnings: list[str] = []
    one = begin(tmp_path / "file" / "runs", warnings=warnings)
    one.record(Ended(0, "2026-11-30T10:16:00Z"))
    assert len(warnings) == 1
    assert "cannot be written: not a directory" in warnings[0]


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    (folder / f"{FIRST}.jsonl").symlink_to(tmp_path / "elsewhere")
    warnings: list[str] = []
    begin(folder, warnings=warnings)
    assert not (tmp_path / "elsewhere").exists()
    assert len(warnings) == 1


def test_a_run_is_for_its_owner_only(tmp_path: Path) -> None:
    begin(tmp_path / "state" / "runs")
    path = tmp_path / "state" / "runs" / f"{FIRST}.jsonl"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
