"""A sample of the fault points of some operations, others in each run; `scripts/faults` tries all of them."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from tests.fakes.command_server import CommandServer
from tests.faults.operations import OPERATIONS
from tests.faults.random_points import try_points

POINTS, NAMES = 6, 3


@pytest.mark.timeout(900)
def test_whatever_breaks_a_run_the_node_is_whole_the_report_true_and_the_next_run_converges(
    tmp_path: Path, commands: CommandServer
) -> None:
    seed = int(os.environ.get("PODWRIGHT_FAULT_SEED") or random.SystemRandom().randrange(1_000_000))
    told: list[str] = []
    # to learn the steps of an operation costs as much as to break it
    names = random.Random(seed).sample([*OPERATIONS], NAMES)
    tried = try_points(tmp_path, commands, POINTS, seed, names=names, tell=told.append)
    assert not [one for one in tried if one.failure], "\n".join(told)
    known = int(told[0].rpartition(" of ")[2].split(" ")[0])
    assert known >= 300, told[0]
