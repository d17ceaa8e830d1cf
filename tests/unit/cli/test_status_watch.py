"""A live table: drawn over itself, within the screen, until somebody ends it."""

from __future__ import annotations

import os

import pytest

from podwright.cli import status_watch
from podwright.cli.status_watch import watch
from podwright.operations.interruption import Interruption


@pytest.fixture
def rounds(monkeypatch):
    """Runs so many rounds, at once, on a screen of 6 lines; returns what was drawn."""
    monkeypatch.setattr(status_watch, "SECONDS", 0)
    monkeypatch.setattr(status_watch.shutil, "get_terminal_size", lambda: os.terminal_size((80, 6)))

    def run(capsys, *tables: list[str]) -> str:
        interruption, left = Interruption(), list(tables)

        def lines() -> list[str]:
            now = left.pop(0)
            if not left:
                interruption.ask()
            return now

        watch(lines, interruption)
        return capsys.readouterr().out

    return run


def test_each_round_is_drawn_over_the_one_before(rounds, capsys) -> None:
    drawn = rounds(capsys, ["NODE", "n1 starts"], ["NODE", "n1 runs"]).split("\x1b[H")
    assert len(drawn) == 3
    assert "n1 starts\x1b[K\n" in drawn[1]
    assert "n1 runs\x1b[K\n\x1b[J" in drawn[2]


def test_what_has_no_room_is_counted(rounds, capsys) -> None:
    drawn = rounds(capsys, [f"line {number}" for number in range(20)])
    assert drawn.count("\n") <= 5
    assert "more lines" in drawn
