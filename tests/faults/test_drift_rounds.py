"""A sample of drift, another one in each run; `scripts/drift 20 --quiet 300 --rollouts 50` makes all of it."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from tests.faults.drift_bench import Bench
from tests.faults.drift_injections import INJECTIONS
from tests.faults.drift_rounds import quiet_rounds, rollout_rounds, try_kinds

from podwright.plan.reasons import Drift

KINDS = 6


@pytest.mark.timeout(400)
def test_drift_is_found_by_its_name_and_nothing_else_is(tmp_path: Path) -> None:
    seed = int(os.environ.get("PODWRIGHT_FAULT_SEED") or random.SystemRandom().randrange(1_000_000))
    kinds = random.Random(seed).sample(list(INJECTIONS), KINDS)
    with Bench.opened(tmp_path / "bench") as bench:
        assert quiet_rounds(bench, 5) == []
        assert rollout_rounds(bench, 3)[0] == []
        assert try_kinds(bench, kinds, print) == [], f"seed {seed}"


def test_each_kind_can_be_made() -> None:
    assert set(INJECTIONS) == set(Drift)
