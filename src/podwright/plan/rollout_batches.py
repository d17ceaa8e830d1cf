"""In which batches nodes are changed, and when no further node is begun."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from msgspec import Struct, field

from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.rollout_settings import Hook, OnFailure, Scope


class Rollout(Struct, frozen=True):
    """How a run goes from node to node.

    `batches` are the sizes of the first batches, of which the last repeats; `batches_on` are those of nodes that have their
    own. Without any there is one batch. Nodes go in `order`, those of the `canary` before all others. Of the nodes in
    `singly` no two are in one batch. No further node is begun once `max_fail` nodes failed: by default at the first one that
    failed after it was written to. `soak` is for how many seconds a batch is watched before the next one; `pause`: somebody
    must agree before that. `hooks` are commands with the nodes that they are for.
    """

    batches: tuple[Amount, ...] = ()
    batches_on: Mapping[str, tuple[Amount, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    canary: tuple[str, ...] = ()
    singly: tuple[str, ...] = ()
    max_fail: Amount | None = None
    soak: float = 0.0
    pause: bool = False
    on_failure: OnFailure = OnFailure.STOP
    hooks: Mapping[Hook, tuple[str, ...]] = field(default_factory=dict)

    def stops_at(self, total: int) -> int:
        """How many failures end the run; 1 at least."""
        return max(1, self.max_fail.of(total)) if self.max_fail else 1

    def hooks_of(self, scope: Scope, nodes: Iterable[str], *, before: bool) -> tuple[Hook, ...]:
        """Those that are for one of the nodes; each once."""
        nodes = set(nodes)
        return tuple(
            hook
            for hook, names in self.hooks.items()
            if hook.scope is scope and hook.before is before and not nodes.isdisjoint(names)
        )


def batches_of(nodes: Iterable[str], rollout: Rollout) -> tuple[tuple[str, ...], ...]:
    """The nodes that are to be changed in batches. Percentages are of all of these nodes."""
    ranks = {name: rank for rank, name in enumerate(rollout.order)}
    nodes = sorted(nodes, key=lambda name: ranks.get(name, len(ranks)))
    canary = [name for name in nodes if name in rollout.canary]
    rest = [name for name in nodes if name not in rollout.canary]
    total, found, begun = len(nodes), [], dict[tuple[Amount, ...], int]()

    def size_for(name: str) -> int:
        sizes = rollout.batches_on.get(name, rollout.batches)
        return max(1, sizes[min(begun.get(sizes, 0), len(sizes) - 1)].of(total)) if sizes else total

    while canary:
        found.append(_next(canary, lambda _: total, rollout.singly))
        canary = [name for name in canary if name not in found[-1]]
    while rest:
        found.append(_next(rest, size_for, rollout.singly))
        taken = set(found[-1])
        rest = [name for name in rest if name not in taken]
        for sizes in {rollout.batches_on.get(name, rollout.batches) for name in taken}:
            begun[sizes] = begun.get(sizes, 0) + 1
    return tuple(found)


def _next(nodes: Iterable[str], size_for: Callable[[str], int], singly: Collection[str]) -> tuple[str, ...]:
    """The first nodes that are no more than each of them allows, but only one of those that go singly."""
    batch: list[str] = []
    most, single = len(tuple(nodes)), False
    for name in nodes:
        if len(batch) == most:
            break
        size = size_for(name)
        if len(batch) >= size or (name in singly and single):
            continue
        single = single or name in singly
        batch.append(name)
        most = min(most, size)
    return tuple(batch)
