"""Aligned columns, folded at words on a terminal."""

import click
import pytest

from podwright.reports.status_rows import STATUS_COLUMNS
from podwright.reports.table import folded_lines, table

HEADER = ("NODE", "STATUS", "DETAIL")


def plain(*rows, width=None):
    return [click.unstyle(line) for line in table(HEADER, rows, width=width)]


def test_columns_stand_below_each_other():
    assert plain(("cp-1", "changed", "wrote web.yaml"), ("worker-10", "failed", "-")) == [
        "NODE        STATUS    DETAIL",
        "cp-1        changed   wrote web.yaml",
        "worker-10   failed    -",
    ]


def test_a_row_is_one_line_whatever_is_planted_in_it():
    [_, line] = plain(("cp-1\x1b[2J", "failed", "two\nlines\r"))
    assert line == "cp-1\\x1b[2J   failed   two lines\\r"


def test_states_are_coloured_and_nothing_else():
    [_, line] = table(HEADER, [("failed", "unchanged", "never failed")])
    assert (
        line == f"{click.style('failed', fg='red')}   {click.style('unchanged', fg='green')}   never failed"
    )


@pytest.mark.parametrize("variable", [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_who_wants_no_colours_gets_none(monkeypatch, variable):
    monkeypatch.setenv(*variable)
    assert "\x1b" not in "".join(table(HEADER, [("cp-1", "failed", "-")]))


def test_a_row_that_is_too_long_is_folded_between_words():
    detail = (
        "the kubelet refuses it: " + "a rather long reason " * 6 + "/var/lib/kubelet/a-path-that-is-never-cut"
    )
    lines = plain(("cp-1", "failed", detail), ("cp-2", "changed", "-"), width=80)
    assert max(map(len, lines)) <= 80
    assert " ".join(line[15:].strip() for line in lines[1:-1]) == detail
    assert lines[1].startswith("cp-1  failed   the kubelet")
    assert lines[2].startswith(" " * 15)


def test_columns_that_do_not_fit_go_below_their_row_after_their_name():
    rows = [("a-very-long-name-of-a-node", "failed", "what follows"), ("cp-2", "-", "")]
    assert plain(*rows, width=30) == [
        "NODE",
        "a-very-long-name-of-a-node",
        "    STATUS failed",
        "    DETAIL what follows",
        "cp-2",
    ]
    assert plain(*rows, width=48) == [
        "NODE                        STATUS  DETAIL",
        "a-very-long-name-of-a-node  failed  what follows",
        "cp-2                        -",
    ]
    [*_, first, second] = plain(("a-very-long-name-of-a-node", "failed", "one two three four"), width=20)
    assert (first, second) == ("    DETAIL one two", "        three four")


def test_a_column_that_says_nothing_is_left_out_where_there_is_no_room_for_all():
    rows = [("a-very-long-name-of-a-node", "-", "what follows"), ("cp-2", "", "more")]
    assert plain(*rows, width=45)[0] == "NODE                        DETAIL"
    assert plain(*rows, width=80)[0] == "NODE                         STATUS   DETAIL"


def test_one_row_with_a_longer_word_does_not_narrow_the_others():
    rows = [(f"n{number}", "swap.now", "a text of some words") for number in range(8)]
    lines = plain(*rows, ("n8", "files[/etc/kubernetes/pki/apiserver.crt]", "mode 600"), width=40)
    assert lines[1] == "n0    swap.now      a text of some words"
    assert lines[-2:] == ["n8    files[/etc/kubernetes/pki/apiserver.crt]", f"{' ' * 20}mode 600"]


def test_short_texts_are_not_folded():
    lines = plain(("cp-1", "running 1/1", "words " * 20), width=40)
    assert lines[1].startswith("cp-1  running 1/1  words")
    assert max(map(len, lines)) <= 40


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_row_is_never_wider_than_the_terminal_and_no_word_is_cut(width):
    run, image = "20261130-233527-235be6", "registry.k8s.io/kube-apiserver:v1.36.2"
    header = ("NODE", "FILE", "REVISION", "OUTCOME", "WHEN", "RUN", "WHY", "IMAGES")
    row = ("cp-1", "kube-apiserver.yaml", "12", "good, current", "2026-11-30 23:35 UTC", run, "-", image)
    lines = [click.unstyle(line) for line in table(header, [row], width=width)]
    assert max(map(len, lines)) <= width
    assert {word for cell in row for word in cell.split()} - {"-"} <= set(" ".join(lines).split())


def test_the_rows_of_status_stay_within_80_columns():
    name = "kube-controller-manager"
    row = (
        "cp-1.eu.example",
        f"{name}.yaml",
        f"kube-system/{name}-cp-1",
        "podwright, orphaned",
        "3 (2d)",
        "registry.k8s.io/kube-controller-manager:v1.36.2",
        "running 1/1",
    )
    lines = list(table(STATUS_COLUMNS, [(*row, "3 (12s ago)", "40s", "Ready: CrashLoopBackOff")], width=80))
    assert max(len(click.unstyle(line)) for line in lines) <= 80
    words = {word for cell in row for word in cell.split()}
    assert words <= set(" ".join(lines).split())


def test_a_command_in_backticks_stays_whole_if_it_can() -> None:
    text = "mend: run `crictl rmi --prune`, or give it more room"
    assert folded_lines(text, 26, 2) == ["mend: run", "  `crictl rmi --prune`, or", "  give it more room"]
    assert folded_lines(text, 14) == ["mend: run", "`crictl rmi", "--prune`, or", "give it more", "room"]


def test_texts_are_folded_line_by_line():
    assert folded_lines("one two three\n\nfour", 8) == ["one two", "three", "", "four"]
    assert folded_lines("  one two three four", 11, 4) == ["  one two", "    three", "    four"]
    assert folded_lines("one two three", None) == ["one two three"]
    assert folded_lines("", 8) == [""]
