"""Standard output is data, standard error is talk; on a terminal nothing is cut inside a word."""

from __future__ import annotations

import io
import json

import click
import pytest
from tests.unit.cli.terminal import on_a_terminal

from podwright.cli import console
from podwright.cli.console import JsonLines, confirm, error, hint, note, say, show_table, warn

LONG = "the kubelet refuses the pod because " + "a volume of it is not there and " * 4 + "so it never starts"


@pytest.mark.parametrize("label", [error, warn, note, hint])
def test_a_message_is_folded_below_its_first_word(monkeypatch: pytest.MonkeyPatch, label) -> None:
    terminal = on_a_terminal(monkeypatch)
    label(LONG)
    lines = [line for line in click.unstyle(terminal.getvalue()).splitlines() if line]
    assert max(map(len, lines)) <= 80
    assert " ".join(line.strip() for line in lines) == f"{label.__name__.replace('warn', 'warning')}: {LONG}"
    indent = lines[0].index(" ") + 1
    assert lines[1].startswith(" " * indent)
    assert lines[1][indent] != " "


def test_a_table_is_folded_on_a_terminal_and_whole_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    rows = [("NODE", "DETAIL"), ("cp-1", LONG)]
    show_table(rows)
    assert max(map(len, click.unstyle(terminal.getvalue()).splitlines())) <= 80
    pipe = io.StringIO()
    monkeypatch.setattr("sys.stdout", pipe)
    show_table(rows)
    assert pipe.getvalue() == f"NODE   DETAIL\ncp-1   {LONG}\n"


def test_nothing_is_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    show_table([])
    assert capsys.readouterr().out == ""


def test_a_line_is_said_on_either_stream_without_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say("a\x1b[31mb")
    say("c\x07", err=True)
    assert capsys.readouterr() == ("a\\x1b[31mb\n", "c\\x07\n")


def test_records_are_shown_as_they_come_and_a_full_disk_is_told_at_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = JsonLines(lambda name: {"node": name})
    lines.finished("a")
    assert json.loads(capsys.readouterr().out) == {"node": "a"}

    def full(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(console.click, "echo", full)
    lines.finished("b")
    lines.finished("c")
    with pytest.raises(OSError, match="No space"):
        lines.end()


@pytest.mark.parametrize(
    ("typed", "meant"), [("y\n", True), ("YES\n", True), ("n\n", False), ("", False), ("yep\n", False)]
)
def test_anything_but_yes_is_no(monkeypatch: pytest.MonkeyPatch, typed: str, meant: bool) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert confirm("go ahead?") is meant
