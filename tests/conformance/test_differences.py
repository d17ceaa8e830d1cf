"""Keeps the list of differences short, and the page in the docs in step with it."""

from __future__ import annotations

from pathlib import Path

from tests.conformance.differences import DIFFERENCES, as_table, cut, left_out, slack
from tests.conformance.experiments import VERDICTS, timed_experiments

_PAGE = Path(__file__).parents[2] / "docs" / "lab-conformance.md"


def test_the_page_shows_the_table_as_it_is() -> None:
    assert as_table() in _PAGE.read_text()


def test_each_difference_is_of_an_experiment_that_there_is() -> None:
    known = {"all", *timed_experiments(), *VERDICTS}
    assert {difference.experiment for difference in DIFFERENCES} <= known


def test_the_list_is_short() -> None:
    assert len({difference.experiment for difference in DIFFERENCES} - {"all"}) <= 3


def test_what_is_left_out_of_one_experiment_counts_in_the_others() -> None:
    step = "MODIFIED mirror0 hash0 Pending PodReadyToStartContainers=False X {c waiting/ContainerCreating"
    assert left_out("21b-folder-renamed-and-recreated", step)
    assert not left_out("01-first-push", step)
    assert cut("01-first-push", "deleting=0 rest") == "deleting=0 rest"
    assert slack("01-first-push") == 0.0
