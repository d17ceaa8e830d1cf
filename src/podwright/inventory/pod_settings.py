"""What the inventory says of one static pod, beside whether it runs on a node: how it moves and how it is updated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from msgspec import Struct
from msgspec.structs import asdict, replace

from podwright.inventory.rollouts import Strategy, strategy
from podwright.inventory.variables import ROLLOUT

_SINGLE = "podwright_single"
SETTINGS = (_SINGLE, ROLLOUT)


class PodSettings(Struct, frozen=True):
    """None is not said. `single`: it runs on one node at a time, so it is gone from one before it is on another.

    `rollout` is how the nodes change that it changes on.
    """

    single: bool | None = None
    rollout: Strategy | None = None

    def over(self, below: Self) -> Self:
        """These, and those of `below` for what they do not say."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(below, **said)


NO_SETTINGS = PodSettings()


def read_settings(entry: Mapping[object, object]) -> tuple[PodSettings, tuple[tuple[str, str], ...]]:
    """What an entry of `static_pods` sets; then the settings that cannot be read, each with what to write."""
    single = entry.get(_SINGLE)
    wrong = [] if isinstance(single, bool | None) else [(_SINGLE, "write `true` or `false`")]
    rollout = strategy(entry[ROLLOUT]) if ROLLOUT in entry else None
    return PodSettings(single if isinstance(single, bool) else None, rollout), tuple(wrong)
