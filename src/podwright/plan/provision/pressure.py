"""Whether a node is short of memory, disk or process ids, by the thresholds at which its kubelet evicts pods."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from podwright.validation.kubelet.evictions import amount_of


class Room(Struct, frozen=True):
    """Available and total amounts by the kubelet's own signals; what could not be told is missing.

    `folders` are where the file systems of `nodefs` and `imagefs` are.
    """

    amounts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)


class Least(Struct, frozen=True):
    """Below which amount pods are evicted; `folder` is that of a file system."""

    signal: str
    amount: int
    folder: str = ""

    @property
    def words(self) -> str:
        return f"{self.signal} {self.amount} {self.folder}".rstrip()


def least_of(thresholds: Mapping[str, str], room: Room) -> Iterator[Least]:
    """By a kubelet's thresholds, of what the node shows."""
    for signal, threshold in thresholds.items():
        _, total = room.amounts.get(signal, (0, 0))
        least = amount_of(threshold)
        if least is not None and total:
            amount = least * total / 100 if threshold.endswith("%") else least
            yield Least(signal, math.ceil(amount), room.folders.get(signal.partition(".")[0], ""))


def shortages(thresholds: Mapping[str, str], room: Room) -> Iterator[str]:
    """What a kubelet with these thresholds evicts pods for."""
    for least in least_of(thresholds, room):
        available, total = room.amounts[least.signal]
        if available < least.amount:
            below = thresholds[least.signal]
            yield f"`{least.signal}` is {available} of {total}, and pods are evicted below {below}"


def untold(thresholds: Mapping[str, str], room: Room) -> tuple[str, ...]:
    """The signals that have a threshold, and of which the node shows nothing."""
    return tuple(signal for signal in thresholds if not room.amounts.get(signal, (0, 0))[1])
