"""Runs are named by an id, or by the beginning of one that the journal has."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.state.test_journal import FIRST, NODES, begin

from podwright.cli import earlier_runs
from podwright.cli.earlier_runs import resumption, with_runs
from podwright.errors import UsageError
from podwright.plan.run import Resumption
from podwright.state.journal import Ended, NodeEntry, UnknownRunError


@pytest.fixture(autouse=True)
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_runs, "runs_folder", lambda _home: tmp_path)
    begin(tmp_path).record(NodeEntry("n1", "failed", failed=True))


def test_a_run_of_the_journal_is_resumed_on_its_nodes_or_on_those_that_are_chosen() -> None:
    assert resumption("20261130", ()) == (Resumption(FIRST, known=True), (",".join(NODES),))
    assert resumption(FIRST, ("n2",)) == (Resumption(FIRST, known=True), ("n2",))


def test_another_run_is_named_by_its_whole_id() -> None:
    assert resumption("20200101-000000-abcdef", ()) == (Resumption("20200101-000000-abcdef"), ())
    with pytest.raises(UnknownRunError):
        resumption("2020", ())


def test_a_limit_may_name_nodes_of_a_run(tmp_path: Path) -> None:
    begin(tmp_path).record(Ended(1, "2026-11-30T10:16:00Z"))
    assert list(with_runs(("@failed", "web", "@unreached/2026"))) == ["n1", "web", "n2,n3,n4"]
    with pytest.raises(UsageError, match="`@changed` chooses no node"):
        list(with_runs(("@changed",)))


def test_of_a_run_without_an_end_what_is_not_known_is_chosen_as_what_failed_and_what_was_not_reached() -> (
    None
):
    assert list(with_runs(("@failed", "web", "@unreached/2026"))) == ["n1,n2,n3,n4", "web", "n2,n3,n4"]
    with pytest.raises(UsageError, match="`@changed` chooses no node") as raised:
        list(with_runs(("@changed",)))
    assert f"of 3 nodes it is not known what it wrote: see `podwright rollout status {FIRST}`" in str(
        raised.value.hint
    )
