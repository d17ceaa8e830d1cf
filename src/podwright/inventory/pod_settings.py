"""What the inventory says of one static pod, beside whether it runs on a node: how it moves and how it is updated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from msgspec import Struct
from msgspec.structs import asdict, replace

from podwright.inventory.guards import WRITE, Guard, read_guard
from podwright.inventory.rollout_settings import Strategy
from podwright.inventory.rollout_settings_reader import strategy
from podwright.inventory.variable_types import DURATION
from podwright.inventory.variables import GUARD, ROLLOUT

SURGE = "surge"
_SINGLE, _STRATEGY, _TWICE = "podwright_single", "podwright_strategy", "podwright_runs_twice"
_CONFIRM_WITHIN, _ROLLBACK = "podwright_confirm_within", "podwright_rollback_on_failure"
SETTINGS = (_SINGLE, _STRATEGY, _TWICE, _CONFIRM_WITHIN, _ROLLBACK, ROLLOUT, GUARD)
_STRATEGIES = ("replace", SURGE)


class PodSettings(Struct, frozen=True):
    """None is not said. `single`: it runs on one node at a time, so it is gone from one before it is on another.

    With the strategy `surge` an update starts the new pod while the old one runs, where `runs_twice` says that it can
    although its manifest looks as if it could not. `rollout` is how the nodes change that it changes on,
    `guard` what must not be lost while it changes on one. `confirm_within`: seconds
    after which a node takes a change back by itself unless it is confirmed; 0: it does not. `rollback_on_failure`: whether
    a node goes back to what was good if an update of it fails.
    """

    single: bool | None = None
    strategy: str | None = None
    runs_twice: bool | None = None
    rollout: Strategy | None = None
    guard: Guard | None = None
    confirm_within: float | None = None
    rollback_on_failure: bool | None = None

    def over(self, below: Self) -> Self:
        """These, and those of `below` for what they do not say."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(below, **said)


NO_SETTINGS = PodSettings()


def read_settings(entry: Mapping[object, object]) -> tuple[PodSettings, tuple[tuple[str, str], ...]]:
    """What an entry of `static_pods` sets; then the settings that cannot be read, each with what to write."""
    wrong = [
        (name, "write `true` or `false`")
        for name in (_SINGLE, _TWICE, _ROLLBACK)
        if not isinstance(entry.get(name), bool | None)
    ]
    chosen = entry.get(_STRATEGY)
    if chosen not in (None, *_STRATEGIES):
        wrong.append((_STRATEGY, f"write {' or '.join(f'`{one}`' for one in _STRATEGIES)}"))
    known = chosen if isinstance(chosen, str) and chosen in _STRATEGIES else None
    within = DURATION.convert(entry[_CONFIRM_WITHIN]) if entry.get(_CONFIRM_WITHIN) is not None else None
    if not isinstance(within, float | None) or not 0 <= (within or 0) <= DURATION.rule["max"]:
        wrong.append((_CONFIRM_WITHIN, f"write {DURATION.expected}"))
        within = None
    rollout = strategy(entry[ROLLOUT]) if ROLLOUT in entry else None
    guard = read_guard(entry[GUARD]) if GUARD in entry else None
    if GUARD in entry and guard is None:
        wrong.append((GUARD, WRITE))
    settings = PodSettings(
        single=_said(entry, _SINGLE),
        strategy=known,
        runs_twice=_said(entry, _TWICE),
        rollout=rollout,
        guard=guard,
        confirm_within=within,
        rollback_on_failure=_said(entry, _ROLLBACK),
    )
    return settings, tuple(wrong)


def _said(entry: Mapping[object, object], name: str) -> bool | None:
    value = entry.get(name)
    return value if isinstance(value, bool) else None
