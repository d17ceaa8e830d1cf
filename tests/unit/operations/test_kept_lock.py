"""A lock that is held from program to program keeps others out until it is released."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.operations.conftest import FakeNode

from podwright.operations.interruption import Interruption
from podwright.operations.kept_lock import LockedError, kept_lock
from podwright.operations.observation import observed
from podwright.remote.node.apply import WriteOrder
from podwright.remote.node.observe import EVERY_DAY, Part


def order(site: FakeNode, name: str = "", **changes: object) -> WriteOrder:
    seen = observed(site.node, site.host, parts=EVERY_DAY | {Part.LOCK})
    return WriteOrder(seen, lock_owner="ada@desk", lock_seconds=60, lock_name=name, **changes)


def state(site: FakeNode) -> Path:
    return site.root / ".podwright" / "manifests"


def test_it_is_held_until_the_end_and_keeps_another_out(site: FakeNode) -> None:
    with kept_lock(site.host, order(site, lock_id="mine"), Interruption()):
        assert (state(site) / "lock").read_text().startswith("mine ")
        with (
            pytest.raises(LockedError) as failure,
            kept_lock(site.host, order(site, lock_id="yours"), Interruption()),
        ):
            raise AssertionError("it is held")
        assert failure.value.owner == "ada@desk"
    assert not (state(site) / "lock").exists()


def test_a_lease_is_another_lock_and_leaves_what_others_stage(site: FakeNode) -> None:
    staged = site.folder / ".podwright.abc.0.1"
    staged.write_text("what another run is about to rename")
    with (
        kept_lock(site.host, order(site, lock_id="mine"), Interruption()),
        kept_lock(site.host, order(site, "lease", lock_id="leased"), Interruption()),
    ):
        assert sorted(path.name for path in state(site).iterdir()) == ["lease", "lock"]
        assert not staged.exists(), "who holds the folder's lock cleans up"
    staged.write_text("another")
    with kept_lock(site.host, order(site, "lease", lock_id="leased"), Interruption()):
        assert staged.exists()
    assert [*state(site).iterdir()] == []


def test_it_is_released_if_what_is_done_under_it_fails(site: FakeNode) -> None:
    with pytest.raises(ZeroDivisionError), kept_lock(site.host, order(site, lock_id="mine"), Interruption()):
        raise ZeroDivisionError
    assert not (state(site) / "lock").exists()


def test_ctrl_c_ends_waiting_for_it(site: FakeNode) -> None:
    interruption = Interruption()
    with kept_lock(site.host, order(site, lock_id="mine"), Interruption()):
        interruption.ask()
        waiting = order(site, lock_id="yours", lock_wait=60)
        with pytest.raises(LockedError, match="interrupted"), kept_lock(site.host, waiting, interruption):
            raise AssertionError("it is held")
