"""Chooses nodes by Ansible's host patterns, as `--limit` takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import translate
from pathlib import Path

from podwright.errors import UsageError
from podwright.inventory.node import Inventory, Node
from podwright.lazy_pattern import lazy_pattern
from podwright.suggestion import did_you_mean

MAX_LIMIT_FILE_BYTES = 4 << 20

_PART = lazy_pattern(r"(?:[^\s:\[\]]|\[[^\]]*\])+")
_SUBSCRIPT = lazy_pattern(r"(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]")
_GLOB = frozenset("*?[.")


def select(inventory: Inventory, limit: str | None) -> tuple[Node, ...]:
    """Return the nodes that `limit` chooses, in the order of the inventory; all of them for None.

    `a,b` and `a:b` join, `:&b` keeps what is in both, `:!b` takes away, whatever their order; a part is a node, a
    group, a glob, `~regex` or `@file`, and may end in `[0]` or `[0:2]` (Ansible `InventoryManager.subset`).
    Raises UsageError when a part matches nothing, or nothing is left.
    """
    if not inventory.nodes:
        raise UsageError(f"no node is named in `{inventory.source}`", "name hosts in its groups")
    if limit is None:
        return inventory.nodes
    parts = tuple(_parts(inventory, limit))
    if not parts:
        raise UsageError("the limit is empty", "leave `-l` out to choose every node")
    chosen = _evaluate(inventory, parts)
    if not chosen:
        raise UsageError(f"the limit `{limit[:200]}` leaves no node", "check its `:&` and `:!` parts")
    return tuple(node for node in inventory.nodes if node.name in chosen)


def _parts(inventory: Inventory, limit: str) -> Iterator[str]:
    for part in _split(inventory, limit):
        if part.startswith("@"):
            for line in _limit_file(part[1:]):
                yield from _split(inventory, line)
        else:
            yield part


def _split(inventory: Inventory, limit: str) -> Iterator[str]:
    """Split at commas, and at colons outside of ranges, regular expressions and IPv6 names."""
    names = {node.name for node in inventory.nodes} if ":" in limit else frozenset[str]()
    for piece in limit.split(","):
        text = piece.strip()
        if text.lstrip("!&") in names or text.startswith("@"):
            yield text
        elif text.startswith(("~", "!~", "&~")):
            yield from (part for part in re.split(r":(?=[!&])", text) if part)
        else:
            yield from _PART.findall(text)


def _limit_file(name: str) -> list[str]:
    try:
        with Path(name).open(encoding="utf-8") as stream:
            text = stream.read(MAX_LIMIT_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the limit file `{name}` cannot be read",
            "`@file` holds one pattern a line; `@failed`, `@unreached`, `@changed` (or `@failed/RUN`) are of an earlier run",
        ) from error
    if len(text) > MAX_LIMIT_FILE_BYTES:
        raise UsageError(
            f"the limit file `{name}` has over {MAX_LIMIT_FILE_BYTES >> 20} MiB",
            "`@file` holds one pattern a line",
        )
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def _evaluate(inventory: Inventory, parts: tuple[str, ...]) -> set[str]:
    plain = [part for part in parts if part[0] not in "!&"] or ["all"]
    chosen = {name for part in plain for name in _match(inventory, part)}
    for part in parts:
        if part[0] == "&":
            chosen &= set(_match(inventory, part[1:]))
    for part in parts:
        if part[0] == "!":
            chosen -= set(_match(inventory, part[1:]))
    return chosen


def _match(inventory: Inventory, part: str) -> tuple[str, ...]:
    names = {node.name: None for node in inventory.nodes}
    if part in names:
        return (part,)
    pattern, first, last = _subscript(part)
    found = _enumerate(inventory, names, pattern)
    matched = found[first:last] if last is None or last > first else found[first : first + 1]
    if part == "all" or matched or (not found and pattern in inventory.groups):
        return matched
    hint = did_you_mean(
        pattern[:200], (*names, *inventory.groups), "use the name of a node or a group of the inventory"
    )
    if found:
        hint = f"`{pattern}` has {len(found)} nodes, counted from 0"
    raise UsageError(f"the limit `{part[:200]}` matches no node and no group", hint)


def _subscript(part: str) -> tuple[str, int, int | None]:
    """Split `web[0]` and `web[1:3]` (both ends count, as in Ansible) into a pattern and a slice."""
    found = None if part.startswith("~") else _SUBSCRIPT.fullmatch(part)
    if found is None:
        return part, 0, None
    if found[2] is not None:
        index = int(found[2])
        return found[1], index, index + 1 if index != -1 else None
    return found[1], int(found[3]), int(found[4]) + 1 if found[4] else None


def _enumerate(inventory: Inventory, names: dict[str, None], pattern: str) -> tuple[str, ...]:
    matches = _matcher(pattern)
    groups = [group for group in inventory.groups if matches.match(group)]
    found = {name: None for group in groups for name in inventory.groups[group]}
    if not groups or pattern[:1] == "~" or not _GLOB.isdisjoint(pattern):
        found.update((name, None) for name in names if matches.match(name))
    return tuple(found)


def _matcher(pattern: str) -> re.Pattern[str]:
    if not pattern.startswith("~"):
        return re.compile(translate(pattern))
    try:
        return re.compile(pattern[1:])
    except re.error as error:
        raise UsageError(f"the limit `{pattern[:200]}` is not a regular expression: {error}", "") from error
