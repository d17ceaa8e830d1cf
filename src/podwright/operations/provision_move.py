"""Whether static pods move with a kubelet's new configuration, and whether they may."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from podwright.plan.provision.item import Item
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.provision.kubelet_observed import KubeletSeen
from podwright.validation.kubelet.verdict import ConfigVerdict

#: message and hint
Trouble = tuple[str, str]


class PlannedMove(Struct, frozen=True):
    """`old` is the folder that they leave; empty: they stay."""

    old: str = ""
    problems: tuple[Trouble, ...] = ()
    warnings: tuple[str, ...] = ()


def move_of(item: Item, before: ConfigVerdict, after: ConfigVerdict, kubelet: KubeletSeen) -> PlannedMove:
    """A flag names the folder whatever the configuration says, so with one they stay."""
    warnings = tuple(_unfinished(kubelet))
    new, written = after.config.get("staticPodPath"), before.config.get("staticPodPath")
    if not written or new == written or kubelet.flags.get("pod-manifest-path"):
        return PlannedMove(warnings=warnings)
    old = kubelet.facts.static_pod_path or str(written)
    return PlannedMove(old, tuple(_troubles(old, new, item, kubelet)), warnings)


def _unfinished(kubelet: KubeletSeen) -> Iterator[str]:
    old, new = kubelet.move.unfinished
    path = kubelet.facts.static_pod_path
    if old and path == new:
        yield f"its static pods were moved from `{old}` to `{new}`, but `{old}` was not emptied: remove its files"
    elif old and path == old:
        yield f"an earlier move of its static pods to `{new}` was not ended; nothing reads the copies there"


def _troubles(old: str, new: object, item: Item, kubelet: KubeletSeen) -> Iterator[Trouble]:
    move = kubelet.move
    if not isinstance(new, str) or not new.startswith("/") or new != KubeletAsks(*item.asks).static_pods:
        yield (
            f"`staticPodPath` would no longer be `{old}`, and every static pod would end",
            "give it an absolute path in `podwright_node.kubelet.settings`, and take it out of later drop-ins",
        )
        return
    if f"{new}/".startswith(f"{old}/"):
        yield f"`{new}` lies in `{old}`, which the kubelet reads now", "choose another folder"
    if move.links:
        yield f"of its static pods some are links: {move.links}", f"put files in their place in `{old}`"
    if move.occupied:
        yield f"static pods would move to `{new}`, which has `{move.occupied}` already", "empty it first"
    if kubelet.sandboxes_problem:
        yield (
            f"its static pods would move, and that they run again could not be proven: {kubelet.sandboxes_problem}",
            "install crictl, and name the runtime in `/etc/crictl.yaml`",
        )
