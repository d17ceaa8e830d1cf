"""How far a run is, in lines that fit."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from podwright.reports.progress import Course, bar, fitted, node_lines, summary

COURSE = Course("push", 20, 100.0, 2, (("a",), ("b", "c"), ("d", "e", "f")))


@dataclass(frozen=True)
class Wait:
    why: str
    seconds: float = 95.0


def after_one(failed: bool = False) -> Course:
    return COURSE.begins("a", 100.0).ends("a", 110.0, failed=failed)


@pytest.mark.parametrize(
    ("course", "now", "text"),
    [
        (COURSE, 100.4, "push: 0 of 20 nodes done, 0:00"),
        (after_one(), 110.0, "push: 1 of 20 nodes done, batch 1 of 3, 0:10, about 30 s left"),
        (after_one(True), 172.0, "push: 1 of 20 nodes done, 1 failed, batch 1 of 3, 1:12, about 30 s left"),
        (after_one().begins("b", 110).begins("c", 110), 114.0,
         "push: 1 of 20 nodes done, batch 2 of 3, 0:14, about 25 s left"),
        (Course("push", 1, 100.0).ends("a", 101, failed=False), 103.0, "push: 1 of 1 node done, 0:03"),
    ],
)  # fmt: skip
def test_one_line_tells_what_is_done_what_failed_and_what_is_left(course, now, text) -> None:
    assert summary(course, now) == text


def test_a_node_that_was_done_and_then_failed_counts_once() -> None:
    again = after_one().ends("a", 150.0, failed=True)
    assert (len(again.took), again.failed, again.took["a"]) == (1, ("a",), 10.0)


def test_each_node_in_work_has_a_line_and_the_rest_is_counted() -> None:
    course = COURSE
    for number in range(30):
        course = course.begins(f"n{number}", 100.0 + number)
    lines = list(node_lines(course, {"n0": Wait("waits for `web` to be ready")}, 200.0, height=10))
    assert lines == [
        "  n0   100 of 95 s  waits for `web` to be ready",
        "  n1    99 s        connects, or writes",
        "  n2    98 s        connects, or writes",
        "  and 27 more nodes in work",
    ]
    assert len(list(node_lines(course, {}, 200.0, height=100))) == 15


def test_between_batches_it_says_what_happens() -> None:
    assert list(node_lines(COURSE, {}, 100.0, 24)) == []
    assert list(node_lines(after_one(), {}, 120.0, 24)) == [
        "  between batches: the nodes that are done are watched"
    ]
    check = Course("drift check", 3, 0.0).ends("a", 1.0, failed=False)
    assert list(node_lines(check, {}, 2.0, 24)) == []


def test_no_line_is_wider_than_the_terminal_or_steers_it() -> None:
    course = COURSE.begins("cp\x1b[2J", 100.0)
    [line] = node_lines(course, {"cp\x1b[2J": Wait("x" * 100 + "\x07")}, 101.0, 24)
    assert line.isprintable()
    [short] = fitted([line], 80)
    assert (len(short), short[-1]) == (79, "…")


def test_the_bar_grows_with_what_is_done() -> None:
    half = Course("push", 2, 0.0).ends("a", 1.0, failed=False)
    assert bar(half, ascii_only=True) == "######......"
    assert bar(COURSE, ascii_only=False) == "╌" * 12
