"""Which way a run goes from node to node: options win, otherwise the most careful of what the inventory says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import asdict, replace

from podwright.errors import UsageError
from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.rollout_settings import Hook, OnFailure, Strategy
from podwright.lazy_pattern import lazy_pattern
from podwright.plan.rollout_batches import Rollout

#: groups of nodes that a cluster cannot lose together, as Kubespray, kubeadm roles, k3s, RKE2 and others name them
_CONTROL_PLANE = lazy_pattern(
    r"(kube(rnetes)?[_-]?)?(control[_-]?planes?|controllers?|masters?|etcds?)|(k3s|rke2|k0s)[_-]?(servers?|controllers?)"
)


class Target(Struct, frozen=True):
    """A node that changes, and what the inventory says of it and of the manifests that change there.

    `guarded`: one of them must not be changed on two nodes at once. `disruptive`: a kubelet or a runtime may restart.
    """

    node: str
    groups: tuple[str, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    guarded: bool = False
    disruptive: bool = False


def looks_like_control_plane(group: str) -> bool:
    """Whether nodes of a group of this name are changed one at a time."""
    return _CONTROL_PLANE.fullmatch(group.lower()) is not None


def rollout_for(targets: Iterable[Target], given: Strategy, *, all_at_once: bool = False) -> Rollout:
    """`given` are the options. Raises UsageError if the inventory says several orders, and the options none."""
    targets = tuple(replace(one, strategies=tuple(_ruled(one, given))) for one in targets)
    said = tuple(dict.fromkeys(one for target in targets for one in target.strategies))
    order = _order(targets, said)
    failures = [one.max_fail for one in said if one.max_fail]
    own = {one.node: _sizes(one, len(targets)) for one in targets}
    return Rollout(
        batches_on={node: sizes for node, sizes in own.items() if sizes},
        order=order,
        canary=tuple(dict.fromkeys(_canaries(targets, order, given.canary_count, said))),
        singly=tuple(one.node for one in targets if one.guarded or (_delicate(one) and not all_at_once)),
        max_fail=min(failures, key=lambda amount: amount.of(len(targets)), default=None),
        soak=max((one.soak or 0.0 for one in said), default=0.0),
        pause=any(one.pause for one in said),
        on_failure=_gravest(one.on_failure for one in said),
        hooks=_hooks(targets),
    )


def _ruled(target: Target, given: Strategy) -> Iterator[Strategy]:
    """What the inventory says, with the options in its place where they say something."""
    over = {name: value for name, value in asdict(given).items() if name != "hooks" and value is not None}
    if given.canary is not None or given.canary_count is not None:
        over = {"canary": given.canary, "canary_count": given.canary_count, **over}
    for one in target.strategies or (Strategy(),):
        yield replace(one, **over)


def _delicate(target: Target) -> bool:
    return any(looks_like_control_plane(group) for group in target.groups)


def _named(target: Target, name: str) -> bool:
    return name in (target.node, "all", *target.groups)


def _order(targets: tuple[Target, ...], said: Iterable[Strategy]) -> tuple[str, ...]:
    orders = dict.fromkeys(one.order for one in said if one.order)
    if len(orders) > 1:
        first, second = (", ".join(order) for order in [*orders][:2])
        raise UsageError(
            f"the inventory says two orders for this run: `{first}` and `{second}`",
            "choose one with `--order`",
        )
    names = next(iter(orders), ())

    def rank(target: Target) -> int:
        return next((at for at, name in enumerate(names) if _named(target, name)), len(names))

    return tuple(target.node for target in sorted(targets, key=rank))


def _canaries(
    targets: tuple[Target, ...], order: tuple[str, ...], given: int | None, said: Iterable[Strategy]
) -> Iterator[str]:
    """A number is of the nodes that it is said of, in their order; a `given` one of all."""
    if given is not None:
        yield from order[:given]
        return
    for one in said:
        yield from (
            target.node for target in targets if any(_named(target, name) for name in one.canary or ())
        )
        of_it = {target.node for target in targets if one in target.strategies}
        yield from [name for name in order if name in of_it][: one.canary_count or 0]


def _sizes(target: Target, total: int) -> tuple[Amount, ...]:
    """Of several lists the smaller size of each batch; without any, a node whose kubelet may restart goes alone."""
    lists = tuple(dict.fromkeys(one.batch for one in target.strategies if one.batch))
    if len(lists) < 2:
        return lists[0] if lists else ((Amount(1),) if target.disruptive else ())
    count = max(map(len, lists))
    filled = (sizes + sizes[-1:] * (count - len(sizes)) for sizes in lists)
    return tuple(min(each, key=lambda amount: amount.of(total)) for each in zip(*filled, strict=True))


def _gravest(said: Iterable[OnFailure | None]) -> OnFailure:
    kinds = [*OnFailure]
    return max((one for one in said if one), key=kinds.index, default=OnFailure.STOP)


def _hooks(targets: Iterable[Target]) -> dict[Hook, tuple[str, ...]]:
    found: dict[Hook, tuple[str, ...]] = {}
    for target in targets:
        for hook in dict.fromkeys(hook for one in target.strategies for hook in one.hooks):
            found[hook] = (*found.get(hook, ()), target.node)
    return found
