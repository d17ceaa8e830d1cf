"""Judges what a kubelet is to read before its node is changed: by its version's rules, and by what it shows of itself."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from podwright.operations.provision_move import PlannedMove, move_of
from podwright.operations.provision_standalone import as_made, standalone_problems
from podwright.plan.changes import Change
from podwright.plan.provision.item import Item, Kind, Thing
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.provision.kubelet_config import config_of
from podwright.plan.provision.kubelet_observed import KubeletSeen
from podwright.plan.provision.kubelet_ways import Way, way_to_tell
from podwright.plan.provision.observed import NodeSeen
from podwright.problem import Problem
from podwright.validation.kubelet.verdict import ConfigVerdict

_STOPPED = "stopped"


class Judged(Struct, frozen=True):
    """The items with what the node's program is to know of the kubelet, what was `seen` of them, and what is to be said."""

    items: tuple[Item, ...]
    seen: NodeSeen
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def judge_kubelet(items: tuple[Item, ...], seen: NodeSeen) -> Judged:
    """Of items without a kubelet there is nothing to say."""
    item = next((one for one in items if one.kind is Kind.KUBELET), None)
    if item is None:
        return Judged(items, seen)
    state, kubelet = seen.things[item.name].state, seen.kubelet or KubeletSeen("no kubelet runs on it")
    asks = KubeletAsks(*item.asks)
    if asks.program and (wrong := tuple(standalone_problems(items, asks, seen))):
        return Judged(items, seen, wrong)
    if state == _STOPPED and not asks.program:
        warning = "no kubelet runs on it, so its settings are only judged once it begins"
        return Judged(items, seen, warnings=(warning,))
    if state == _STOPPED:
        kubelet = as_made(kubelet, asks, items)
    elif problem := _unfit(item, state, kubelet, seen.node):
        return Judged(items, seen, (problem,))
    way = way_to_tell(items, item, seen, as_made(kubelet, asks, items) if asks.program else kubelet)
    if way.problem:
        return Judged(items, seen, (_not_told(asks.folder, way, seen.node),))
    before, after = config_of(kubelet), config_of(way.kubelet)
    old = {one.message for one in before.objections}
    problems = [
        Problem(f"the kubelet would end: {one.message}", one.hint or _MEND, node=seen.node)
        for one in after.errors
        if one.message not in old
    ]
    move = move_of(item, before, after, kubelet)
    problems += (Problem(message, hint, node=seen.node) for message, hint in move.problems)
    warnings = [
        f"its kubelet, once restarted, may end for what is there already: {one.message}"
        for one in after.errors
        if one.message in old
    ]
    warnings += [one.message for one in after.warnings if one.message not in old]
    warnings += move.warnings
    if way.why_main:
        warnings.append(_MAIN_FILE.format(path=kubelet.flags["config"], folder=asks.folder, why=way.why_main))
    told = tuple(
        replace(one, asks=_observed(KubeletAsks(*one.asks), after, kubelet, move).words)
        if one.kind is Kind.KUBELET
        else one
        for one in way.items
    )
    return Judged(told, way.seen, (*problems,), (*warnings,))


def _observed(
    asks: KubeletAsks, after: ConfigVerdict, kubelet: KubeletSeen, move: PlannedMove
) -> KubeletAsks:
    return replace(asks, healthz=_healthz(after, kubelet), moves_from=move.old, count=str(kubelet.move.count))


_MAIN_FILE = (
    "its settings stand in `{path}`, as `{folder}` is not turned on for it: {why}; if that file is written again, as by an"
    " upgrade with kubeadm, the next run has them there again"
)
_MEND = "mend `podwright_node.kubelet.settings`"


def certificate_problems(changes: tuple[Change[Thing], ...], seen: NodeSeen) -> Iterator[Problem]:
    """A kubelet whose client certificate has expired runs on, but once it is restarted it never comes back."""
    begins = any(one.pending and one.subject.item.kind is Kind.KUBELET for one in changes)
    kubelet = seen.kubelet
    if not begins or kubelet is None or kubelet.client_seconds is None or kubelet.client_seconds > 0:
        return
    if not kubelet.flags.get("bootstrap-kubeconfig"):
        yield Problem(
            "the kubelet's client certificate has expired: restarted, it would not come back",
            "renew it first, or give the kubelet `--bootstrap-kubeconfig`",
            node=seen.node,
        )


def _unfit(item: Item, state: str, kubelet: KubeletSeen, node: str) -> Problem | None:
    """Why its drop-ins are not ours to write."""
    folder = KubeletAsks(*item.asks).folder
    message, hint = "", ""
    if kubelet.problem or state == "unknown":
        message = kubelet.problem or "which kubelet is the node's is not known"
        hint = "`podwright_kubelet_unit` names it"
    elif kubelet.process != "kubelet":
        message = f"its kubelet is part of `{kubelet.process[:64]}`, which gives it its configuration"
        hint = "set it there (k3s and RKE2: `kubelet-arg` in their own configuration)"
    elif state.startswith("reads /"):
        message = f"its kubelet reads no drop-ins from `{folder}`: it {state}"
        hint = (
            "name the folder it reads (`podwright_node.kubelet.config_dir`), or give it this one in its unit"
        )
    elif kubelet.unreadable:
        message, hint = f"the login may not read `{kubelet.unreadable[0]}`", "set `ansible_become: true`"
    return Problem(message, hint, node=node) if message else None


def _not_told(folder: str, way: Way, node: str) -> Problem:
    message = f"its kubelet reads no drop-ins, and `{folder}` is not turned on for it ({way.why_main}); {way.problem}"
    return Problem(message, f"give it `--config-dir={folder}` in its unit and restart it", node=node)


def _healthz(verdict: ConfigVerdict, kubelet: KubeletSeen) -> str:
    """ADDRESS:PORT at which it says that it is well; empty: it does not."""
    port = kubelet.flags.get("healthz-port") or verdict.config.get("healthzPort")
    address = kubelet.flags.get("healthz-bind-address") or verdict.config.get("healthzBindAddress")
    if not str(port).isdecimal() or str(port) == "0" or not isinstance(address, str):
        return ""
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
