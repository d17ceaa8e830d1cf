"""States: which is the worst, and what stands for a row and a page."""

from __future__ import annotations

from podwright.reports.page import Card, Cell, Page, Row, State, worst


def test_what_is_known_to_be_wrong_outweighs_what_is_unknown() -> None:
    assert worst([State.WELL, State.UNKNOWN, State.DRIFT]) is State.DRIFT
    assert worst([]) is State.WELL


def test_a_row_and_a_page_are_as_their_worst_cell() -> None:
    row = Row("n1", {"a": Cell(State.WELL, "", Card()), "b": Cell(State.UNKNOWN, "", Card())})
    assert (row.state, Page("", "", (), (Row("n2", {}), row)).state) == (State.UNKNOWN, State.UNKNOWN)
