"""Whether a node is short of memory, disk or process ids, by the thresholds at which its kubelet evicts pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from podwright.validation.kubelet.evictions import amount_of


class Room(Struct, frozen=True):
    """Available and total amounts by the kubelet's own signals; what could not be told is missing."""

    amounts: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def shortages(thresholds: Mapping[str, str], room: Room) -> Iterator[str]:
    """What a kubelet with these thresholds evicts pods for."""
    for signal, threshold in thresholds.items():
        available, total = room.amounts.get(signal, (0, 0))
        least = amount_of(threshold)
        if least is None or not total:
            continue
        if threshold.endswith("%"):
            least = least * total / 100
        if available < least:
            yield f"`{signal}` is {available} of {total}, and pods are evicted below {threshold}"


def untold(thresholds: Mapping[str, str], room: Room) -> tuple[str, ...]:
    """The signals that have a threshold, and of which the node shows nothing."""
    return tuple(signal for signal in thresholds if not room.amounts.get(signal, (0, 0))[1])
