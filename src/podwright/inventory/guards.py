"""Reads the variable `podwright_guard`: what a group of nodes must not lose while one of them is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from ipaddress import ip_address

from msgspec import Struct

from podwright.inventory.schema import faults
from podwright.inventory.structure import Source
from podwright.inventory.variable_types import NAME, PORT, Rule
from podwright.inventory.variables import GUARD
from podwright.problem import Problem


class GuardKind(StrEnum):
    """A quorum of etcd, a number of ready pods, or an address that one node holds."""

    ETCD = "etcd"
    AVAILABLE = "available"
    VIP = "vip"


class Guard(Struct, frozen=True):
    """What is guarded on the nodes of `group` (default: on those that have the same guard).

    Of ready pods `min_available` must stay; `address` must answer on `port`.
    """

    kind: GuardKind
    group: str = ""
    min_available: int = 0
    address: str = ""
    port: int = 6443


WRITE = "write `{kind: etcd}`, `{group: NAME, min_available: 2}` or `{kind: vip, address: 10.0.0.9}`"
_NEEDED = {GuardKind.ETCD: set(), GuardKind.AVAILABLE: {"min_available"}, GuardKind.VIP: {"address"}}
_EXTRA = {GuardKind.VIP: {"port"}}


def _is_address(field: object, value: object, error: Callable[[object, str], None]) -> None:
    try:
        ip_address(str(value))
    except ValueError:
        error(field, "no address")


def _fits_its_kind(field: object, value: object, error: Callable[[object, str], None]) -> None:
    if not isinstance(value, dict) or value.get("kind", GuardKind.AVAILABLE) not in {*GuardKind}:
        return
    kind = GuardKind(value.get("kind", GuardKind.AVAILABLE))
    needed = _NEEDED[kind]
    others = {"kind", "group"} | needed | _EXTRA.get(kind, set())
    # for cerberus a truth value is a number
    if not needed <= value.keys() <= others or isinstance(value.get("min_available"), bool):
        error(field, "other settings than this kind has")


_RULE: Rule = {
    "type": "dict",
    "check_with": _fits_its_kind,
    "schema": {
        "kind": {"type": "string", "allowed": [str(kind) for kind in GuardKind]},
        "group": NAME.rule,
        "min_available": {"type": "integer", "min": 1, "max": 10_000},
        "address": {"type": "string", "check_with": _is_address},
        "port": PORT.rule,
    },
}


def read_guard(value: object) -> Guard | None:
    """None if anything is wrong with it."""
    if not isinstance(value, dict) or next(faults(_RULE, value), None):
        return None
    said = {str(name): setting for name, setting in value.items()}
    kind = GuardKind(said.pop("kind", GuardKind.AVAILABLE))
    if address := said.pop("address", ""):
        said["address"] = str(ip_address(address))
    return Guard(kind, **said)


def guard_problems(source: Source) -> Iterator[Problem]:
    """What is wrong with the guard of a group or a node, where it is written."""
    value = source.variables[GUARD]
    if value is not None and read_guard(value) is None:
        place = source.document.value_place(source.variables, GUARD)
        yield Problem(f"`{GUARD}` has no value that it may have", WRITE, place)
