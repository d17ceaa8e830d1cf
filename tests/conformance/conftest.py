"""Says at the end how many of the recorded experiments the lab replays."""

from __future__ import annotations

import pytest

#: one test each for a recorded folder
_EXPERIMENT_TESTS = (
    "test_the_lab_does_what_was_recorded",
    "test_the_lab_takes_and_refuses_each_manifest_as_was_recorded",
    "test_a_second_write_closes_the_hole_when_it_did",
)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = {
        outcome: sum(_is_experiment(report.nodeid) for report in terminalreporter.stats.get(outcome, ()))
        for outcome in ("passed", "failed", "error")
    }
    if total := sum(counts.values()):
        terminalreporter.write_line(f"{counts['passed']} of {total} experiments")


def _is_experiment(nodeid: str) -> bool:
    return "tests/conformance/test_experiments.py" in nodeid and any(
        name in nodeid for name in _EXPERIMENT_TESTS
    )
