"""The secrets of a whole inventory: those of nodes that were not chosen may stand in a template's `hostvars` too."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from podwright.expressions.failure import ExpressionError
from podwright.expressions.placed import is_expression
from podwright.expressions.scope import Evaluation
from podwright.expressions.sealed import Sealed
from podwright.expressions.values import Evaluator
from podwright.inventory.node import Inventory
from podwright.redaction.redactor import Redactor, secret_values
from podwright.templates.render import site_variables


def redactor_of(inventory: Inventory, environ: Mapping[str, str]) -> Redactor:
    """What finds them in a text, and those of the environment; the name of a node or a group is shown anyway."""
    named = secret_values((_without_folders(environ), *(node.variables for node in inventory.nodes)))
    return _redactor(inventory, {*named, *_of_expressions(inventory, _named), *_encrypted(inventory)})


def redactor_of_encrypted(inventory: Inventory, environ: Mapping[str, str]) -> Redactor:
    """What finds only those that the inventory does not hold in plain text."""
    return _redactor(inventory, {*secret_values([_without_folders(environ)]), *_encrypted(inventory)})


def _without_folders(environ: Mapping[str, str]) -> Mapping[str, str]:
    """The environment without the shell's working folders, which are named like a secret."""
    return {name: value for name, value in environ.items() if name not in ("PWD", "OLDPWD")}


def _redactor(inventory: Inventory, secrets: set[str]) -> Redactor:
    return Redactor(secrets - {node.name for node in inventory.nodes} - inventory.groups.keys())


def _encrypted(inventory: Inventory) -> Iterator[str]:
    """What was encrypted, as far as we have the passwords; deriving the keys of many takes all cores."""
    known: dict[int, tuple[Sealed, ...]] = {}
    sealed = dict.fromkeys(one for node in inventory.nodes for one in _sealed_in(node.variables, known))
    if sealed:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            values = [value for opened in pool.map(_opened, sealed) for value in opened]
        yield from secret_values([{"secret": values}])
        yield from _of_expressions(inventory, lambda held: _opened_in(held, known))


def _opened_in(held: Mapping[str, object], known: dict[int, tuple[Sealed, ...]]) -> Iterator[object]:
    for value in held.values():
        for sealed in _sealed_in(value, known):
            yield from _opened(sealed)


def _opened(sealed: Sealed) -> tuple[object, ...]:
    """Its value; nothing if it cannot be opened: nobody can show that, and what uses it fails and says why."""
    try:
        return (sealed.value(),)
    except ExpressionError:
        return ()


def _sealed_in(value: object, known: dict[int, tuple[Sealed, ...]]) -> tuple[Sealed, ...]:
    """`known` spares what nodes share from being walked again."""
    if isinstance(value, Sealed):
        return (value,)
    if not isinstance(value, Mapping | list):
        return ()
    if id(value) not in known:
        items = value.values() if isinstance(value, Mapping) else value
        known[id(value)] = tuple(one for item in items for one in _sealed_in(item, known))
    return known[id(value)]


def _named(held: Mapping[str, object]) -> Iterable[object]:
    return secret_values([held])


def _of_expressions(
    inventory: Inventory, secrets_in: Callable[[Mapping[str, object]], Iterable[object]]
) -> Iterator[str]:
    """The values of secrets that are expressions: what `"{{ vault_db.password }}-{{ stage }}"` comes to on each node."""
    evaluator = Evaluator()
    evaluation = Evaluation(site_variables(inventory), evaluator)
    for node in inventory.nodes:
        held: Mapping[str, object] = {
            name: value for name, value in node.variables.items() if evaluator.holds_expression(value)
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
