"""A bar on a terminal, nothing elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.unit.cli.terminal import on_a_terminal

from podwright.cli.progress import progress


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
