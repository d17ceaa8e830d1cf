"""The secrets of a whole inventory: those of nodes that were not chosen may stand in a template's `hostvars` too."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.inventory_text import is_expression
from podwright.expressions.scope import Evaluation
from podwright.inventory.node import Inventory, Node
from podwright.redaction.redactor import Redactor, secret_values
from podwright.templates.render import site_variables


class SiteSecrets:
    """What a run knows of a site's secrets; it learns of an encrypted one when something opens it.

    `looked_up` are the texts of files that templates looked up, by the files' names.
    """

    def __init__(
        self, inventory: Inventory, environ: Mapping[str, str], looked_up: Mapping[str, str] | None = None
    ) -> None:
        self._inventory = inventory
        # the shell's working folders are named like a secret
        self._environ = {name: value for name, value in environ.items() if name not in ("PWD", "OLDPWD")}
        self._looked_up = {} if looked_up is None else looked_up
        self._sealed = _sealed_of(inventory)
        self._known: dict[bool, tuple[tuple[int, int], Redactor]] = {}

    def redactor(self, *, plain_too: bool = True) -> Redactor:
        """What finds in a text all that is known by now; the name of a node or a group is shown anyway.

        Without `plain_too` not what stands in the inventory in plain text.
        """
        known = self._known.get(plain_too)
        if known is None or known[0] != self._extent():
            # in this order: to make it may open more
            made = Redactor(self._secrets(plain_too) - self._names())
            known = self._known[plain_too] = self._extent(), made
        return known[1]

    def _extent(self) -> tuple[int, int]:
        return sum(sealed.opened for sealed in self._sealed), len(self._looked_up)

    def _names(self) -> set[str]:
        return {*(node.name for node in self._inventory.nodes), *self._inventory.groups}

    def _secrets(self, plain_too: bool) -> set[str]:
        found = {*secret_values((self._environ, self._looked_up))}
        if plain_too:
            found.update(secret_values(_variables(self._inventory)))
            found.update(_of_expressions(self._inventory, lambda held: secret_values([held])))
        if any(sealed.opened for sealed in self._sealed):
            found.update(secret_values([{"secret": [one.value() for one in self._sealed if one.opened]}]))
            found.update(_of_expressions(self._inventory, _opened_in))
        return found


def open_encrypted(inventory: Inventory) -> int:
    """Open all that we have the passwords for: before texts of others come in that may hold it, or processes are forked.

    Deriving the keys of many takes all cores. Returns how many stay closed.
    """
    closed = [sealed for sealed in _sealed_of(inventory) if not sealed.opened]
    if closed:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            tuple(pool.map(_open, closed))
    return sum(not sealed.opened for sealed in closed)


def _open(sealed: Sealed) -> None:
    """Nobody can show what cannot be opened; what uses it fails, and says why."""
    with suppress(ExpressionError):
        sealed.value()


def _variables(inventory: Inventory) -> Iterator[Mapping[str, object]]:
    """Those of nodes, of the instances of their pods, and those that win over all."""
    yield inventory.extra
    for node in inventory.nodes:
        yield from _variables_of(node)


def _variables_of(node: Node) -> Iterator[Mapping[str, object]]:
    yield node.variables
    yield from (pod.variables for pod in node.static_pods if pod.variables)


def _sealed_of(inventory: Inventory) -> tuple[Sealed, ...]:
    walked: set[int] = set()
    return tuple(dict.fromkeys(one for held in _variables(inventory) for one in _sealed_in(held, walked)))


def _opened_in(held: Mapping[str, object]) -> list[object]:
    return [sealed.value() for sealed in _sealed_in(held, set()) if sealed.opened]


def _sealed_in(value: object, walked: set[int]) -> Iterator[Sealed]:
    """`walked` spares what nodes share from being walked again."""
    if isinstance(value, Sealed):
        yield value
    elif not isinstance(value, str) and isinstance(value, (dict, list, Mapping)) and id(value) not in walked:
        walked.add(id(value))
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _sealed_in(item, walked)


def _of_expressions(
    inventory: Inventory, secrets_in: Callable[[Mapping[str, object]], Iterable[object]]
) -> Iterator[str]:
    """The values of secrets that are expressions: what `"{{ vault_db.password }}-{{ stage }}"` comes to on each node."""
    evaluator = Evaluator()
    evaluation = Evaluation(site_variables(inventory), evaluator)
    for node in inventory.nodes:
        held: Mapping[str, object] = {
            f"{number} {name}": value
            for number, variables in enumerate(_variables_of(node))
            for name, value in variables.items()
            if evaluator.holds_expression(value)
        }
        for text in secrets_in(held):
            if not isinstance(text, str) or not is_expression(text):
                continue
            try:
                value = evaluator.evaluate(text, evaluation.scope(node.name).names)
            except ExpressionError:
                # templates that use it fail, and say why
                continue
            yield from secret_values([{"secret": value}])
