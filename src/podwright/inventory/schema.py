"""Checks values of the inventory with cerberus; the one module that knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from podwright.inventory.structure import Source
from podwright.inventory.variable_types import Rule
from podwright.inventory.variables import VARIABLES
from podwright.light_import import unread_metadata
from podwright.problem import Place


class Schema:
    """Checks the variables that are there; cerberus would look for each of all the others, in every source."""

    def __init__(self) -> None:
        self._validators: dict[tuple[str, ...], Any] = {}

    def wrong(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """Return the names of the variables whose values are not what they may be, in the order they stand."""
        validator = self._validator(tuple(values))
        converted = {name: VARIABLES[name].kind.convert(value) for name, value in values.items()}
        if validator.validate(converted, normalize=False):
            return ()
        errors = validator.document_error_tree
        return tuple(name for name in converted if errors[name] is not None)

    def _validator(self, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - cerberus has no types
        if names not in self._validators:
            self._validators[names] = _cerberus().Validator(
                {name: VARIABLES[name].kind.rule for name in names}
            )
        return self._validators[names]


def _cerberus() -> Any:  # noqa: ANN401 - cerberus has no types
    """Imported once it is needed: `podwright --help` pays for no cerberus."""
    with unread_metadata():
        import cerberus

    return cerberus


def faults(rule: Rule, value: object) -> Iterator[tuple[tuple[object, ...], str]]:
    """Where in a value something is not what the rule allows, as indexes and keys, and cerberus' word for it."""
    validator = _cerberus().Validator({"value": rule})
    keys: list[object] = []
    if not validator.validate({"value": _sortable(value, keys)}, normalize=False):
        for path, why in _leaves(validator.errors, ()):
            yield tuple(keys[step[0]] if isinstance(step, tuple) else step for step in path[1:]), why


def _sortable(value: object, keys: list[object]) -> object:
    """The value with an own tuple for each key that cerberus could not sort: the place in `keys` where that is put."""

    def sortable(key: object) -> object:
        if isinstance(key, (int, str)):
            return key
        keys.append(key)
        return (len(keys) - 1,)

    if isinstance(value, dict):
        return {sortable(key): _sortable(item, keys) for key, item in value.items()}
    return [_sortable(item, keys) for item in value] if isinstance(value, list) else value


def _leaves(errors: Any, path: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], str]]:  # noqa: ANN401
    for key, found in errors.items():
        for entry in found:
            if isinstance(entry, dict):
                yield from _leaves(entry, (*path, key))
            else:
                yield (*path, key), str(entry)


def found_at(source: Source, path: tuple[object, ...], *, of_name: bool = False) -> tuple[Place, object]:
    """Where the value of a path is written, or with `of_name` its key, and the value.

    Of what is missing, is part of a scalar, or stands in a list under its own name: what it should be in.
    """
    container: object = source.variables
    key, *steps = path
    value: object = source.variables[key]
    for step in steps:
        if isinstance(value, list) and not isinstance(step, int) and step in value:
            step = value.index(step)  # noqa: PLW2901 - a list of names for a mapping
        if not _holds(value, step):
            break
        container, key = value, step
        value = value[step]  # type: ignore[index]  # it holds the step
    of_name = of_name and isinstance(container, dict)
    place = source.document.key_place if of_name else source.document.value_place
    return place(container, key), value


def _holds(container: object, step: object) -> bool:
    if isinstance(container, list):
        return isinstance(step, int) and 0 <= step < len(container)
    return isinstance(container, dict) and step in container


def path_in_words(path: tuple[object, ...]) -> str:
    """`static_pods.etcd`, `podwright_waivers[0].until`."""
    name, *steps = path
    return str(name) + "".join(
        f"[{step}]" if isinstance(step, int) else f".{str(step)[:60]}" for step in steps
    )
