"""Standard output is data, standard error is talk; on a terminal nothing is cut inside a word."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import click
import pytest

from podwright.cli import console
from podwright.cli.console import JsonLines, confirm, error, hint, note, progress, say, show_table, warn

LONG = "the kubelet refuses the pod because " + "a volume of it is not there and " * 4 + "so it never starts"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """In a test, not in a fixture: pytest puts its own streams in place in between."""
    made = Terminal()
    monkeypatch.setattr("sys.stdout", made)
    monkeypatch.setattr("sys.stderr", made)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return made


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


def test_no_bar_off_a_terminal_on_a_dumb_one_or_for_one_node(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress(5, "push") as bar:
        bar.finished(SimpleNamespace(node="cp-1"))
        with bar.pause():
            pass
    assert capsys.readouterr() == ("", "")
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "dumb")
    with progress(5, "push") as bar:
        bar.finished(SimpleNamespace(node="cp-1"))
    monkeypatch.setenv("TERM", "xterm")
    with progress(1, "push") as bar:
        bar.finished(SimpleNamespace(node="cp-1"))
    assert screen.getvalue() == ""


def test_a_bar_shows_a_hostile_name_as_it_is_spelt(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    with progress(2, "push") as bar:
        bar.finished(SimpleNamespace(node="[red]cp\x1b]0;owned\x07"))
    shown = terminal.getvalue()
    assert "[red]cp\\x1b]0;owned\\x07" in shown
    assert "\x1b]0" not in shown


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
