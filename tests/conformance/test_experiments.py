"""Replays every recorded experiment against the stand-in kubelet; `N of N experiments` is printed at the end."""

from __future__ import annotations

import pytest
from tests.conformance import port_again, second_write, verdicts
from tests.conformance.experiments import RECORDED, SECOND_WRITE, VERDICTS, replay, timed_experiments


@pytest.mark.parametrize("name", timed_experiments())
def test_the_lab_does_what_was_recorded(name: str) -> None:
    result = replay(name)
    assert not result.mismatches, "\n".join(str(mismatch) for mismatch in result.mismatches)


@pytest.mark.parametrize("folder", VERDICTS)
def test_the_lab_takes_and_refuses_each_manifest_as_was_recorded(folder: str) -> None:
    rows = [row for row in verdicts.rows() if row.manifest.startswith(f"{folder}/")]
    assert rows
    assert _otherwise(rows) == []


def _otherwise(rows: list[verdicts.Row]) -> list[tuple[str, verdicts.Outcome, verdicts.Outcome]]:
    """The rows that come out otherwise: manifest, recorded, found."""
    found = zip(rows, verdicts.outcomes(rows), strict=True)
    return [(row.manifest, row.outcome, outcome) for row, outcome in found if row.outcome != outcome]


def test_a_second_write_closes_the_hole_when_it_did() -> None:
    """Each recorded outcome is one that the lab has in some phase of its kubelet."""
    tried = {(attempt.kind, attempt.signal, attempt.delay): attempt for attempt in second_write.attempts()}
    seen = {key: second_write.seen_in_the_lab(attempt) for key, attempt in tried.items()}
    for attempt in second_write.attempts():
        outcomes = seen[attempt.kind, attempt.signal, attempt.delay]
        assert (attempt.up < second_write.AT_ONCE) in outcomes, attempt


def test_a_host_port_is_free_once_no_sandbox_of_its_pod_is_ready() -> None:
    """Each recorded outcome is one that the lab has in some phase of its kubelet, and none is refused."""
    recorded = port_again.attempts()
    seen = {
        outcome
        for delay in {attempt.delay for attempt in recorded}
        for outcome in port_again.seen_in_the_lab(delay)
    }
    assert set(recorded) <= seen
    assert all(outcome.admitted for outcome in seen)


def test_every_recorded_folder_is_replayed() -> None:
    folders = {folder.name for folder in RECORDED.iterdir() if folder.is_dir()}
    assert folders == {*timed_experiments(), *VERDICTS, SECOND_WRITE}


def test_the_rows_of_the_timed_experiments_come_out_as_in_the_table() -> None:
    rows = [row for row in verdicts.rows() if not row.manifest.startswith(VERDICTS) and not row.needs_more]
    assert _otherwise(rows) == []
