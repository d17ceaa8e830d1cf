"""What each variable of a node comes to, where it is written and what it overrides; and what of an inventory is not used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from podwright.errors import UsageError
from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.scope import Evaluation, plain_value
from podwright.inventory.node import Inventory, Node
from podwright.inventory.variable_origins import Origin
from podwright.inventory.variables import OTHER_VARIABLES, VARIABLES
from podwright.problem import Place, Problem
from podwright.secret import Secret
from podwright.suggestion import did_you_mean
from podwright.templates.render import site_variables

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MAX_TEMPLATE_BYTES = 4 << 20


class Value(Struct, frozen=True):
    """One variable of a node: what it comes to, or why it comes to nothing; `origins` with the weakest first."""

    name: str
    value: object
    problem: str = ""
    origins: tuple[Origin, ...] = ()
    expression: bool = False


def values_of(inventory: Inventory, node: Node, name: str = "") -> tuple[Value, ...]:
    """All variables of a node by name, or only the one. Raises UsageError if it has none of that name."""
    if name and name not in node.variables:
        hint = did_you_mean(name, map(str, node.variables), "`podwright inventory show` lists its variables")
        raise UsageError(f"{node.name} has no variable `{name}`", hint)
    evaluator = Evaluator()
    scope = Evaluation(site_variables(inventory), evaluator).scope(node.name)
    origins = inventory.origins.of(node.name) if inventory.origins else {}
    found = []
    for one in (name,) if name else sorted(map(str, node.variables)):
        expression = evaluator.holds_expression(node.variables.get(one))
        try:
            value, problem = plain_value(scope, one), ""
        except ExpressionError as error:
            value, problem = None, error.message
        value = _sealed_again(value, node.variables.get(one))
        found.append(Value(one, value, problem, origins.get(one, ()), expression))
    return tuple(found)


def _sealed_again(value: object, written: object) -> object:
    """The value, with what is encrypted where it is `written` as a secret that does not print."""
    if isinstance(written, Sealed):
        return Secret("")
    if isinstance(value, dict) and isinstance(written, dict):
        return {key: _sealed_again(item, written.get(key)) for key, item in value.items()}
    if isinstance(value, list) and isinstance(written, list) and len(value) == len(written):
        return [_sealed_again(*pair) for pair in zip(value, written, strict=True)]
    return value


def unused(inventory: Inventory, templates: Iterable[Path]) -> Iterator[Problem]:
    """Groups without a node, and variables that no template, no other variable and no setting of ours mentions.

    A variable is mentioned if its name stands anywhere in the text, so none that is used is ever told.
    """
    if inventory.origins is None:
        return
    for group in inventory.origins.membership.groups:
        if group not in ("all", "ungrouped") and not inventory.groups.get(group):
            yield Problem(f"the group `{group}` has no node", "name its nodes, or remove it")
    mentioned = {word for path in templates for word in _WORD.findall(_text_of(path))}
    told: dict[str, Place] = {}
    for source in inventory.origins.sources:
        for value in source.variables.values():
            mentioned.update(_words_in(value))
    for source in inventory.origins.sources:
        for name in source.variables:
            known = name in VARIABLES or name in OTHER_VARIABLES or str(name).startswith("ansible_")
            if isinstance(name, str) and not known and name not in mentioned and name not in told:
                told[name] = source.document.key_place(source.variables, name)
    for name, place in told.items():
        yield Problem(
            f"`{name}` is used by no template and no variable", "remove it, or correct its name", place
        )


def _text_of(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.read(MAX_TEMPLATE_BYTES).decode("utf-8", "replace")


def _words_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if "{" in value:
            yield from _WORD.findall(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _words_in(item)
