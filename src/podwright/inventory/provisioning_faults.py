"""One thing that is wrong with a declaration of `podwright_node`, where it is written, and the declaration without it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from podwright.inventory.node import Inventory, Node
from podwright.inventory.schema import found_at
from podwright.inventory.variables import NODE
from podwright.problem import Place, Problem

Path = tuple[object, ...]


class Fault(Struct, frozen=True):
    """What is wrong at a path of the declaration: `of_name` with its last name, otherwise with the value under it.

    A `place` of its own is given if it is wrong elsewhere: in a template, or in a variable that an expression uses.
    `harmless`: it is done all the same.
    """

    path: Path
    message: str
    hint: str = ""
    of_name: bool = False
    place: Place | None = None
    harmless: bool = False


def shown_path(path: Path) -> str:
    """`podwright_node.files./etc/a.mode`, `podwright_node.modules[0]`."""
    return NODE + "".join(f"[{step}]" if isinstance(step, int) else f".{str(step)[:80]}" for step in path)


def placed(fault: Fault, node: Node, inventory: Inventory) -> Problem:
    """The problem of this node, where the value is written that counts there."""
    source = inventory.origins.source(node.name, NODE) if inventory.origins else None
    place = fault.place
    if place is None and source is not None:
        place, _ = found_at(source, (NODE, *fault.path), of_name=fault.of_name)
    return Problem(fault.message, fault.hint, place, node.name)


def without(value: object, paths: Iterable[Path]) -> object:
    """The value without what stands at these paths."""
    by_step: dict[object, list[Path]] = {}
    for path in paths:
        if not path:
            return {}
        by_step.setdefault(path[0], []).append(path[1:])
    gone = {step for step, below in by_step.items() if () in below}
    if isinstance(value, dict):
        return {key: without(item, by_step.get(key, ())) for key, item in value.items() if key not in gone}
    if isinstance(value, list):
        return [without(item, by_step.get(at, ())) for at, item in enumerate(value) if at not in gone]
    return value
