"""A live view on a terminal, lines elsewhere."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from tests.fakes import results
from tests.unit.cli.terminal import on_a_terminal

from podwright.cli import progress as module
from podwright.cli.progress import progress
from podwright.operations.report import Status
from podwright.operations.waiting import Wait
from podwright.plan.node_view import View
from podwright.plan.proof import Proof
from podwright.problem import Problem


@pytest.fixture(autouse=True)
def _no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a test takes."""
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: 100.0))


def Result(node: str, status: Status = Status.CHANGED, **fields):  # noqa: N802 - a value, made short
    return results.outcome(node, status, **fields)


def test_no_view_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(5, "push") as bar:
        bar.finished(Result("cp-1"))
        with bar.pause():
            pass
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("terminal", "total"), [("dumb", 5), ("xterm", 1)])
def test_no_view_on_a_dumb_terminal_or_for_one_node(
    monkeypatch: pytest.MonkeyPatch, terminal: str, total: int
) -> None:
    screen = on_a_terminal(monkeypatch)
    monkeypatch.setenv("TERM", terminal)
    with progress(total, "push") as bar:
        bar.started(None)
        bar.finished(Result("cp-1"))
    assert screen.getvalue() == ""


def test_the_view_shows_a_hostile_name_as_it_is_spelt(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)
    with progress(2, "push", name_of=str) as bar:
        bar.started("[red]cp\x1b]0;owned\x07")
        seen(screen, "owned")
    assert "[red]cp\\x1b]0;owned\\x07" in screen.getvalue()
    assert "\x1b]0" not in screen.getvalue()


def test_a_failure_is_shown_as_it_happens_on_a_terminal_and_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    why = (Problem("`web` crash-loops"), Problem("another"))
    with progress(2, "push") as bar:
        bar.finished(Result("cp-1", Status.FAILED, problems=why))
        bar.finished(Result("cp-2", Status.NOT_BEGUN, problems=why))
        bar.finished(Result("cp-3", Status.CONFLICT, problems=(Problem("told with its plan"),)))
    assert capsys.readouterr().err == "failed: cp-1: `web` crash-loops (and 1 more)\n"
    screen = on_a_terminal(monkeypatch)
    with progress(2, "push") as bar:
        bar.finished(Result("cp-1", Status.FAILED, problems=why))
        assert "cp-1: `web` crash-loops (and 1 more)" in screen.getvalue()


def test_what_many_nodes_fail_of_alike_is_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(40, "drift check") as bar:
        for number in range(1, 40):
            gone = Problem(f"cannot connect to 10.0.0.{number}:22: timed out")
            bar.finished(Result(f"n{number}", Status.FAILED, problems=(gone,)))
        bar.finished(Result("n40", Status.FAILED, problems=(Problem("no kubelet runs on it"),)))
    assert capsys.readouterr().err.splitlines() == [
        "failed: n1: cannot connect to 10.0.0.1:22: timed out",
        "failed: n40: no kubelet runs on it",
    ]


def test_nothing_moves_while_a_person_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)
    with progress(2, "push") as bar:
        with bar.pause():
            before = screen.getvalue()
            bar.finished(Result("cp-1"))
            assert screen.getvalue() == before
        seen(screen, "push: 1 of 2 nodes done")


WAITS = {"cp-\x1b": Wait(0.0, 615.0, Proof(View({}, ()), ()), ("web.yaml",))}


def heard(capsys: pytest.CaptureFixture[str], seconds: float = 60.0) -> str:
    deadline, err = time.monotonic() + seconds, ""
    while not err and time.monotonic() < deadline:
        time.sleep(0.01)
        err = capsys.readouterr().err
    return err


def test_off_a_terminal_a_line_says_now_and_then_what_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "HEARTBEAT_SECONDS", 0.05)
    with progress(5, "push", WAITS) as bar:
        bar.finished(Result("cp-1"))
        line = heard(capsys).splitlines()[0]
        with bar.pause():
            time.sleep(0.1)
            capsys.readouterr()
            assert heard(capsys, 0.3) == "", "a person is asked"
    assert line.startswith(
        "push: 1 of 5 nodes done, 0:00; cp-\\x1b waits for the old pod of `web.yaml` to end, "
    )
    assert line.endswith(" of at most 615 s")


def test_on_a_terminal_each_node_in_work_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)
    with progress(2, "push", WAITS, name_of=str) as bar:
        bar.planned((("cp-\x1b",), ("cp-2",)), 5)
        bar.started("cp-\x1b")
        seen(screen, "cp-\\x1b     0 of 615 s waits for the old pod of `web.yaml` to end")
        seen(screen, "batch 1 of 2")


def seen(screen, text: str) -> None:
    deadline = time.monotonic() + 60
    while text not in screen.getvalue() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert text in screen.getvalue()
