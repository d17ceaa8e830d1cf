"""Observes and changes things of a node itself, under the lock of its manifest folder; provision.sh has each kind."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from msgspec import Struct

from podwright.errors import HostError, ProgramError
from podwright.plan.events import Ended
from podwright.plan.lock_times import PROVISION_LOCK_SECONDS
from podwright.plan.provision.declared_items import slashed
from podwright.plan.provision.item import UNPROVEN, Item, Kind, Seen, Thing
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.provision.observed import NodeSeen
from podwright.remote.host import SILENCE_SECONDS, Host
from podwright.remote.node.apply import Events
from podwright.remote.node.events import EventReader
from podwright.remote.node.programs import program
from podwright.remote.node.provision_confirm import PARTS as CONFIRM_PARTS
from podwright.remote.node.provision_kubelet import KUBELET_SECONDS, MOVE_SECONDS
from podwright.remote.node.provision_kubelet import OBSERVE as OBSERVE_KUBELET
from podwright.remote.node.provision_kubelet import PARTS as KUBELET_PARTS
from podwright.remote.node.provision_observed import node_seen
from podwright.remote.node.provision_pods import OBSERVE as OBSERVE_PODS
from podwright.remote.node.records import RecordReader, new_nonce, read_records

PARTS = (
    "path_trust",
    "lock",
    "holds_check",
    "switch_pending",
    "provision",
    "provision_files",
    "provision_kernel",
    "provision_services",
)
PARTS_OF = {
    Kind.PACKAGE: ("provision_packages", "provision_package_managers"),
    Kind.USER: ("provision_users",),
    Kind.TIME: ("provision_time",),
}
OBSERVE_SECONDS = 60.0
#: within which the commands of a package manager are to end for one package, and again for its undo
PACKAGE_SECONDS = 600
#: services that may be a kubelet or a container runtime, or hold one
_KUBELETS_AND_RUNTIMES = (
    *("kubelet", "containerd", "crio", "cri-o", "docker", "cri-docker", "cri-dockerd", "microshift"),
    *("k3s", "k3s-agent", "rke2-server", "rke2-agent", "k0s", "k0scontroller", "k0sworker"),
)
_SELINUX = "/sys/fs/selinux/enforce"


class NamedKubelet(Struct, frozen=True):
    """Which kubelet is the node's, if the inventory tells."""

    pid_file: str = ""
    unit: str = ""


NO_KUBELET_NAMED = NamedKubelet()


class ChangeOrder(Struct, frozen=True):
    """What a node is to change, in order; all of it, or nothing.

    With `confirm_seconds` all of it is taken back unless `run` confirms it in time by the `change_id`. `endpoint` is that
    of the runtime. A `lock_id` goes on with the lock of that id, which outlives the program. `wall` is the caller's clock,
    Unix seconds, by which nothing is changed that somebody holds; 0: whatever is held. `least` are words of what the node
    must have: SIGNAL AMOUNT, and the folder of a file system.
    """

    things: tuple[Thing, ...]
    folder: str = ""
    lock_owner: str = ""
    lock_seconds: int = PROVISION_LOCK_SECONDS
    lock_broken: str = ""
    lock_wait: int = 0
    kubelet: NamedKubelet = NO_KUBELET_NAMED
    confirm_seconds: int = 0
    run: str = ""
    change_id: str = ""
    endpoint: str = ""
    lock_id: str = ""
    wall: float = 0.0
    least: tuple[str, ...] = ()


def observe_things(
    node: str,
    host: Host,
    items: Sequence[Item],
    *,
    folder: str = "",
    kubelet: NamedKubelet = NO_KUBELET_NAMED,
) -> NodeSeen:
    """Each thing's state, and what of the node decides about it; changes nothing. Raises HostError and its kinds."""
    nonce = new_nonce()
    things = tuple(Thing(item, Seen("")) for item in items)
    calls = ["record begin 1", "observe_node", "observe_lock"]
    if any(item.kind is Kind.SYSCTL for item in items):
        calls.append("observe_sysctl_files")
    calls += [f"see {number}" for number in range(len(things))]
    if _disruptive(things):
        calls += OBSERVE_KUBELET
        calls += [f"item_{at} learn" for at, item in enumerate(items) if item.kind is Kind.KUBELET]
        calls += OBSERVE_PODS
    order = ChangeOrder(things, folder, kubelet=kubelet)
    text = _program(order, nonce, [*calls, "end"], (*_parts(order), "provision_preconditions"))
    output = host.stream(text, timeout=OBSERVE_SECONDS, secret=False, watchdog=False, silence=SILENCE_SECONDS)
    return node_seen(node, items, read_records(node, nonce, b"".join(output)))


def change_things(node: str, host: Host, order: ChangeOrder, *, timeout: float) -> Events:
    """Carry out `order`, yielding each event as it comes; the node takes back what it did if a later step fails.

    Raises HostError and its kinds; what was done before that is in the events that came.
    """
    nonce = order.change_id or new_nonce()
    records, events = RecordReader(node, nonce), EventReader(node)
    complaint, ended = "no reason given", False
    text = _change_program(order, nonce)
    with closing(host.stream(text, timeout=timeout, silence=timeout)) as chunks:
        try:
            for chunk in chunks:
                for record in records.feed(chunk):
                    if event := events.read(record):
                        yield event
        except ProgramError as error:
            complaint = error.complaint
    for record in records.finish():
        if record.kind == "end":
            ended = True
            yield Ended()
    if not ended:
        raise HostError(
            f"{node}: the program ended before its time: {complaint}", hint="run the same command again"
        )


def _change_program(order: ChangeOrder, nonce: str) -> str:
    numbers = range(len(order.things))
    calls = ["record begin 1", "lock_ahead", "take_lock", *_held_calls(order), "prepare_settings"]
    for number, thing in enumerate(order.things):
        if thing.item.text:
            digest = hashlib.sha256(thing.item.text.encode()).hexdigest()
            refusal = "fail state-dir 'the shell has no room for it'"
            calls.append(f"hold {number} {digest} <<'{nonce}' || {refusal}\n{thing.item.text}{nonce}")
    calls += [f"expect {number}" for number in numbers]
    calls += ['[ -n "$refused" ] || still_room'] * bool(order.least)
    calls += _trials(order.things)
    calls += ["all_expected", *(["arm_boot", "begin_move"] if _disruptive(order.things) else [])]
    calls += [*(f"change {number}" for number in numbers), "sync"]
    calls += ["await_confirmation"] * bool(order.confirm_seconds)
    released = (n for n, thing in enumerate(order.things) if thing.item.kind is Kind.ORIGINAL)
    # disarmed first: the files of before are none to go back to once the old folder is emptied
    calls += [
        "disarm_boot",
        *(f"item_{number} finish" for number in released),
        *["end_move"] * _disruptive(order.things),
        "end",
    ]
    return _program(order, nonce, calls, _parts(order))


def _held_calls(order: ChangeOrder) -> Iterator[str]:
    """It may have been held while the lock was waited for."""
    if order.wall:
        yield f"none_held {int(order.wall)} ''"
    if order.wall and any(thing.item.move[0] for thing in order.things):
        yield f'for moved in "$move_from"/*; do none_held {int(order.wall)} "${{moved##*/}}"; done'


def _trials(things: Sequence[Thing]) -> Iterator[str]:
    """The kubelet says what it thinks of a configuration before anything is changed."""
    held = {thing.item.key: str(number) for number, thing in enumerate(things) if thing.item.text}
    for number, thing in enumerate(things):
        if thing.item.kind is Kind.KUBELET:
            asks = KubeletAsks(*thing.item.asks)
            yield f"held={held.get(asks.file, '')} held_main={held.get(asks.main, '')}"
            yield f'[ -n "$refused" ] || item_{number} try'


def _disruptive(things: Iterable[Thing]) -> bool:
    return any(thing.item.restarts for thing in things)


def _program(order: ChangeOrder, nonce: str, calls: Sequence[str], parts: Iterable[str]) -> str:
    empty = (
        "lock_reason",
        "made_already",
        "refused",
        "undoing",
        "changed",
        "changed_files",
        "endpoint_asked",
        "packages",
    )
    moves = (thing.item.move for thing in order.things if thing.item.move[0])
    move_from, move_to, _ = next(moves, ("", "", ""))
    variables = {
        "nonce": nonce,
        "lock_id": order.lock_id or nonce,
        "lock_kept": "yes" if order.lock_id else "",
        "lock_owner": order.lock_owner,
        "lock_seconds": str(order.lock_seconds),
        "lock_broken": order.lock_broken,
        "lock_wait": str(order.lock_wait),
        "folder": order.folder,
        "root": "",
        "selinux": _SELINUX,
        "kubelet_pid_file": order.kubelet.pid_file,
        "kubelet_unit": order.kubelet.unit,
        "kubelet_seconds": str(KUBELET_SECONDS),
        "package_seconds": str(PACKAGE_SECONDS),
        "run": order.run,
        "confirm_seconds": str(order.confirm_seconds),
        "endpoint": order.endpoint,
        "boot_before": " ".join(_before_which(order)),
        "least": "\n".join(order.least),
        "move_from": move_from,
        "move_to": move_to,
        "move_seconds": str(MOVE_SECONDS),
        **dict.fromkeys(empty, ""),
    }
    functions = (_function(number, thing) for number, thing in enumerate(order.things))
    return program(parts, variables, [*functions, *calls])


def _before_which(order: ChangeOrder) -> Iterable[str]:
    """What does not start at a boot before a run that was cut off is put back."""
    own = (thing.item.key for thing in order.things if thing.item.restarts)
    names = (*_KUBELETS_AND_RUNTIMES, order.kubelet.unit, *own)
    return dict.fromkeys(name.removesuffix(".service") for name in names if name)


def _parts(order: ChangeOrder) -> Iterator[str]:
    yield from PARTS
    kinds = {thing.item.kind for thing in order.things}
    for kind, parts in PARTS_OF.items():
        yield from parts if kind in kinds else ()
    if _disruptive(order.things):
        yield from KUBELET_PARTS
    if order.confirm_seconds:
        yield from CONFIRM_PARTS


def _function(number: int, thing: Thing) -> str:
    """`item_N` sets what the thing is, was and is to be; with a verb it also does that."""
    words = {
        "name": thing.name,
        "kind": thing.item.kind,
        "over": thing.seen.state.removesuffix(UNPROVEN),
        "wanted": thing.item.state,
        "takes": "yes" if thing.takes_over else "",
        "restarts": "yes" if thing.item.restarts else "",
        "unproven": "yes" if thing.seen.state.endswith(UNPROVEN) else "",
    }
    settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in words.items())
    arguments = shlex.join((thing.item.key, *_asks(thing.item)))
    return f'item_{number}() {{ {settings}; [ $# = 0 ] || "$1_$kind" {arguments}; }}'


def _asks(item: Item) -> tuple[str, ...]:
    """What the kind's functions need beside the key."""
    match item.kind:
        case Kind.FILE | Kind.ORIGINAL:
            return (item.key[1:].replace("/", "%"),)
        case Kind.MODULE:
            return (item.key.replace("-", "_"),)
        case Kind.SYSCTL:
            return (slashed(item.key),)
    return item.asks
