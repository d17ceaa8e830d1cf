"""What one place of the inventory, or the command line, says of how a run goes from node to node; values only."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from podwright.inventory.counts_and_percentages import Amount

HOOK_SECONDS = 60.0


class OnFailure(StrEnum):
    """What becomes of a run that as many nodes failed of as may, from the least to the most that is done."""

    PAUSE = "pause"
    STOP = "stop"
    REVERT_BATCH = "revert-batch"
    REVERT_RUN = "revert-run"


REVERTS = (OnFailure.REVERT_BATCH, OnFailure.REVERT_RUN)


class Scope(StrEnum):
    """What a hook is run for."""

    RUN = "run"
    BATCH = "batch"
    NODE = "node"


class Hook(Struct, frozen=True):
    """A command on the controller, before or after each run, batch or node; it may take so many seconds."""

    scope: Scope
    before: bool
    words: tuple[str, ...]
    seconds: float = HOOK_SECONDS


class Strategy(Struct, frozen=True):
    """What one place says of how a run goes from node to node; None is not said.

    `canary` and `order` name nodes and groups; `canary_count` is how many nodes go first.
    """

    batch: tuple[Amount, ...] | None = None
    canary: tuple[str, ...] | None = None
    canary_count: int | None = None
    order: tuple[str, ...] | None = None
    soak: float | None = None
    max_fail: Amount | None = None
    pause: bool | None = None
    on_failure: OnFailure | None = None
    hooks: tuple[Hook, ...] = ()
