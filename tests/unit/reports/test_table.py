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
    assert " ".join(line[16:].strip() for line in lines[1:-1]) == detail
    assert lines[1].startswith("cp-1   failed    the kubelet")
    assert lines[2].startswith(" " * 17)


def test_what_no_folding_can_fit_goes_on_below_and_keeps_its_words():
    assert plain(("a-very-long-name-of-a-node", "failed", "what follows"), width=20) == [
        "NODE",
        "    STATUS   DETAIL",
        "a-very-long-name-of-a-node",
        "    failed   what",
        "             follows",
    ]


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


def test_texts_are_folded_line_by_line():
    assert folded_lines("one two three\n\nfour", 8) == ["one two", "three", "", "four"]
    assert folded_lines("  one two three four", 11, 4) == ["  one two", "    three", "    four"]
    assert folded_lines("one two three", None) == ["one two three"]
    assert folded_lines("", 8) == [""]
