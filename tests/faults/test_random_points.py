"""A sample of the fault points, another one in each run; `scripts/faults 100 --seed SEED` tries as many as wished."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from tests.faults.random_points import try_points

POINTS = 6


@pytest.mark.timeout(400)
def test_whatever_breaks_a_run_the_node_is_whole_the_report_true_and_the_next_run_converges(
    tmp_path: Path,
) -> None:
    seed = int(os.environ.get("PODWRIGHT_FAULT_SEED") or random.SystemRandom().randrange(1_000_000))
    told: list[str] = []
    failed = try_points(tmp_path, POINTS, seed, tell=told.append)
    assert not failed, "\n".join([f"seed {seed}:", *failed])
    assert told[0].startswith(f"seed {seed}: {POINTS} of ")
