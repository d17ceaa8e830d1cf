"""What others are told of a run."""

from __future__ import annotations

from podwright.plan.run import Run


def test_a_run_says_who_began_it_for_what_and_since_when() -> None:
    run = Run("20261130-1255-ab12cd", "ada@desk", "manifest push", 7, "2026-11-30 12:55 UTC")
    assert str(run) == (
        "ada@desk (manifest push, run 20261130-1255-ab12cd, pid 7, since 2026-11-30 12:55 UTC)"
    )
    assert str(Run("r1", "ada@desk")) == "ada@desk (run r1)"
