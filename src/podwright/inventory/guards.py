"""Reads the variable `podwright_guard`: what a group of nodes must not lose while one of them is changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GuardKind(StrEnum):
    """A quorum of etcd, a number of ready pods, or an address that one node holds."""

    ETCD = "etcd"
    AVAILABLE = "available"
    VIP = "vip"


@dataclass(frozen=True, slots=True)
class Guard:
    """What is guarded on the nodes of `group` (default: on those that have the same guard).

    Of ready pods `min_available` must stay; `address` must answer on `port`.
    """

    kind: GuardKind
    group: str = ""
    min_available: int = 0
    address: str = ""
    port: int = 6443
