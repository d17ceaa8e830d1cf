"""In which batches nodes are changed, and when no further node is begun."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Self

_WRITTEN = re.compile(r"([0-9]{1,9})(%?)")
#: groups of nodes that a cluster cannot lose together, as Kubespray, kubeadm roles, k3s, RKE2 and others name them
_CONTROL_PLANE = re.compile(
    r"(kube(rnetes)?[_-]?)?(control[_-]?planes?|controllers?|masters?|etcds?)|(k3s|rke2|k0s)[_-]?(servers?|controllers?)"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """So many, or so many in a hundred."""

    number: int
    percent: bool = False

    @classmethod
    def read(cls, text: str) -> Self | None:
        """`3` or `25%`; None for other text."""
        match = _WRITTEN.fullmatch(text)
        return cls(int(match[1]), bool(match[2])) if match else None

    def of(self, total: int) -> int:
        """Of a percentage the number, rounded up."""
        return -(-self.number * total // 100) if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.number}%" if self.percent else str(self.number)


@dataclass(frozen=True, slots=True)
class Rollout:
    """How a run goes from node to node.

    `batches` are the sizes of the first batches, of which the last repeats; without any there is one batch. `canary` are
    the nodes that go before all others, `canary_count` says how many do. Of the nodes in `singly` no two are in one batch.
    No further node is begun once `max_fail` nodes failed: by default at the first one that failed after it was written to.
    `soak` is for how many seconds a batch is watched before the next one; `pause`: somebody must agree before that.
    """

    batches: tuple[Amount, ...] = ()
    canary: tuple[str, ...] = ()
    canary_count: int = 0
    singly: tuple[str, ...] = ()
    max_fail: Amount | None = None
    soak: float = 0.0
    pause: bool = False

    def stops_at(self, total: int) -> int:
        """How many failures end the run; 1 at least."""
        return max(1, self.max_fail.of(total)) if self.max_fail else 1


def looks_like_control_plane(group: str) -> bool:
    """Whether nodes of a group of this name are changed one at a time."""
    return _CONTROL_PLANE.fullmatch(group.lower()) is not None


def batches_of(nodes: Iterable[str], rollout: Rollout) -> tuple[tuple[str, ...], ...]:
    """The nodes that are to be changed in batches, each in the order given. Percentages are of all of these nodes."""
    nodes = tuple(nodes)
    singly = frozenset(rollout.singly)
    first = {*rollout.canary, *nodes[: rollout.canary_count]}
    canary = [name for name in nodes if name in first]
    rest = [name for name in nodes if name not in first]
    found = []
    while canary:
        found.append(_next(canary, len(canary), singly))
        canary = [name for name in canary if name not in found[-1]]
    sizes = [max(1, size.of(len(nodes))) for size in rollout.batches] or [max(1, len(rest))]
    while rest:
        size = sizes.pop(0) if len(sizes) > 1 else sizes[0]
        found.append(_next(rest, size, singly))
        taken = set(found[-1])
        rest = [name for name in rest if name not in taken]
    return tuple(found)


def _next(nodes: Iterable[str], size: int, singly: Collection[str]) -> tuple[str, ...]:
    """The first `size` nodes, but only one of those that go singly."""
    batch: list[str] = []
    single = False
    for name in nodes:
        if len(batch) == size:
            break
        if name in singly:
            if single:
                continue
            single = True
        batch.append(name)
    return tuple(batch)
