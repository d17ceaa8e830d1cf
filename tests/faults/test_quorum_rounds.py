"""Some rounds with a real etcd, others in each run; `scripts/quorum 30 --seed SEED` plays as many as wished."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from tests.fakes.command_server import CommandServer
from tests.faults.quorum_rounds import play

ROUNDS = 3


@pytest.mark.timeout(900)
def test_no_change_ends_a_member_of_etcd_that_the_quorum_needs(
    tmp_path: Path, commands: CommandServer
) -> None:
    seed = int(os.environ.get("PODWRIGHT_FAULT_SEED") or random.SystemRandom().randrange(1_000_000))
    told: list[str] = []
    wrong = play(tmp_path, commands, ROUNDS, seed, tell=told.append)
    assert not wrong, "\n".join([f"seed {seed}:", *wrong])
    assert len(told) == ROUNDS
