"""Reads what a node shows of itself before it is provisioned: the state of each thing, and what decides about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from podwright.errors import HostileOutputError
from podwright.plan.provision.declared_items import slashed
from podwright.plan.provision.item import Item, Kind, Seen
from podwright.plan.provision.observed import NodeFacts, NodeSeen, SysctlLine
from podwright.plan.provision.preconditions import LACKS
from podwright.plan.reasons import Conflict
from podwright.remote.node.lock import parse_lock
from podwright.remote.node.provision_kubelet import kubelet_seen
from podwright.remote.node.records import Record

_LINE = re.compile(r"\s*-?\s*([A-Za-z0-9_./:*-]+?)\s*=\s*(.*?)\s*")
_INITS = ("systemd", "openrc")
#: of one thing's state; a package's names all that would go with it, and must be whole, as it is compared again
_STATE, _PACKAGE_STATE = 1000, 16384


def node_seen(node: str, items: Sequence[Item], records: tuple[Record, ...]) -> NodeSeen:
    """Of these items. Raises HostileOutputError."""
    last = {record.kind: record for record in records}
    things = _things(node, items, records)
    if len(things) < len({item.name for item in items}) or "node" not in last:
        raise HostileOutputError(f"{node}: its answer leaves out things that were asked for")
    paths = {kind: tuple(record.words[:1024] for record in records if record.kind == kind) for kind in _PATHS}
    at_boot = last["put-back"].text.splitlines()[:100] if "put-back" in last else []
    return NodeSeen(
        node,
        replace(
            _facts(node, last["node"]),
            boot_swap=paths["boot-swap"],
            unsynchronised=paths["unsynchronised"],
            own_folder=paths["own-folder"],
        ),
        things,
        _sysctl_lines(items, last["sysctls"]) if "sysctls" in last else {},
        paths["owned"],
        parse_lock(node, last["lock"]) if "lock" in last else None,
        kubelet_seen(records) if "host" in last else None,
        tuple(line for line in at_boot if line.startswith("/")),
        tuple(line.removeprefix("left ") for line in at_boot if line.startswith("left ")),
    )


_PATHS = ("boot-swap", "owned", "unsynchronised", "own-folder")


def _things(node: str, items: Sequence[Item], records: Iterable[Record]) -> dict[str, Seen]:
    things: dict[str, Seen] = {}
    name = ""
    for record in records:
        if record.kind == "item":
            number, recorded, state = (*record.words.split(" ", 2), "", "")[:3]
            if not (number.isascii() and number.isdecimal() and int(number[:9]) < len(items)):
                raise HostileOutputError(f"{node}: its answer is about a thing that was not asked for")
            item = items[int(number)]
            name = item.name
            most = _PACKAGE_STATE if item.kind is Kind.PACKAGE else _STATE
            if item.kind is Kind.PACKAGE and len(state) > most:
                raise HostileOutputError(
                    f"{node}: over {most} characters about `{name}`",
                    hint="if it is to go, remove what needs it from the node first",
                )
            things[name] = Seen(state[:most], record.body, recorded == "ours")
        elif record.kind == "original" and name in things:
            things[name] = replace(things[name], original=record.body)
        elif record.kind == "others-folder" and name in things:
            things[name] = replace(things[name], others_folder=record.words[:300])
        elif record.kind == "lacks" and name in things:
            things[name] = replace(things[name], lacks=(*things[name].lacks[:20], _lack(node, record)))
    return things


def _lack(node: str, record: Record) -> tuple[Conflict, str]:
    word, _, detail = record.words.partition(" ")
    if word not in LACKS:
        raise HostileOutputError(f"{node}: its record `lacks` has no word that is known")
    return LACKS[word], detail[:4096]


def _facts(node: str, record: Record) -> NodeFacts:
    login, init, operator, system = (*record.words.split(" ", 3), "", "", "", "")[:4]
    if not (login.isascii() and login.isdecimal()):
        raise HostileOutputError(f"{node}: its record `node` has no number")
    return NodeFacts(
        system.strip("\"' ")[:64],
        init if init in _INITS else "other",
        operator == "machine-config",
        int(login[:10]),
    )


def _sysctl_lines(items: Iterable[Item], record: Record) -> dict[str, tuple[SysctlLine, ...]]:
    """Those that set one of the sysctls that were asked for, in the order in which they were read."""
    names = {slashed(item.key): item.key for item in items if item.kind is Kind.SYSCTL}
    found: dict[str, list[SysctlLine]] = {}
    for line in record.text.splitlines():
        path, _, text = line.partition(":")
        setting = _LINE.fullmatch(text[:1000])
        name = names.get(slashed(setting[1])) if setting else None
        if setting and name:
            value = " ".join(setting[2].split())
            found.setdefault(name, []).append(SysctlLine(path.removeprefix(record.words), value))
    return {name: tuple(lines) for name, lines in found.items()}
