"""A bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from tests.unit.cli.terminal import on_a_terminal

from podwright.cli import progress as module
from podwright.cli.progress import progress
from podwright.operations.waiting import Wait
from podwright.plan.proof import Proof
from podwright.plan.view import View


@dataclass(frozen=True)
class Result:
    node: str


def test_no_bar_off_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(5, "push") as bar:
        bar.finished(Result("cp-1"))
        with bar.pause():
            pass
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("terminal", "total"), [("dumb", 5), ("xterm", 1)])
def test_no_bar_on_a_dumb_terminal_or_for_one_node(
    monkeypatch: pytest.MonkeyPatch, terminal: str, total: int
) -> None:
    screen = on_a_terminal(monkeypatch)
    monkeypatch.setenv("TERM", terminal)
    with progress(total, "push") as bar:
        bar.started(None)
        bar.finished(Result("cp-1"))
    assert screen.getvalue() == ""


def test_a_bar_shows_a_hostile_name_as_it_is_spelt(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)
    with progress(2, "push") as bar:
        bar.finished(Result("[red]cp\x1b]0;owned\x07"))
    assert "push: [red]cp\\x1b]0;owned\\x07" in screen.getvalue()
    assert "\x1b]0" not in screen.getvalue()


def test_nothing_moves_while_a_person_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)
    with progress(2, "push") as bar:
        with bar.pause():
            before = screen.getvalue()
            bar.finished(Result("cp-1"))
            assert screen.getvalue() == before
        bar.finished(Result("cp-2"))
    assert "push: cp-2" in screen.getvalue()


WAITS = {"cp-\x1b": Wait(0.0, 615.0, Proof(View({}, ()), ()), ("web.yaml",))}


def heard(capsys: pytest.CaptureFixture[str], seconds: float = 5.0) -> str:
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
    assert line.startswith("push: 1 of 5 nodes done; cp-\\x1b waits for the old pod of `web.yaml` to end, ")
    assert line.endswith(" of at most 615 s")


def test_on_a_terminal_the_bar_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = on_a_terminal(monkeypatch)
    monkeypatch.setenv("COLUMNS", "200")
    with progress(2, "push", WAITS):
        deadline = time.monotonic() + 5
        while "waits for the old pod" not in screen.getvalue() and time.monotonic() < deadline:
            time.sleep(0.05)
    assert "cp-\\x1b waits for the old pod of `web.yaml` to end" in screen.getvalue()
