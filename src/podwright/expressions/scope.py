"""What an expression sees on one node: its variables, evaluated when they are asked for, and those of other nodes."""

from __future__ import annotations

import os
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import cast, overload

from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.error_messages import explain
from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.plain_values import OMITTED, plain
from podwright.expressions.resource_limits import unbounded
from podwright.expressions.site_variables import SiteVariables
from podwright.expressions.undefined import MissingError, or_none

#: Variables that refer to each other: Python's own limit would come a little later, and say less.
_MAX_CHAIN = 50


class Evaluation:
    """One use of a site's variables: each is evaluated once at most, and a loop among them is named."""

    def __init__(self, site: SiteVariables, evaluator: Evaluator) -> None:
        self.site = site
        self.evaluator = evaluator
        nodes = list(site.variables)
        self.shared: Mapping[str, object] = {
            "hostvars": HostVariables(self),
            "ansible_managed": "Ansible managed",
            **dict.fromkeys(("ansible_play_hosts", "ansible_play_hosts_all", "ansible_play_batch"), nodes),
            **site.common,
        }
        self._scopes: dict[str, Scope] = {}
        self._pending: list[tuple[str, str]] = []

    def scope(self, node: str) -> Scope:
        known = self._scopes.get(node)
        if known is None:
            known = self._scopes[node] = Scope(self, node)
        return known

    def value(self, scope: Scope, path: str, raw: object) -> object:
        """Return `raw` if it holds no expression, the value of one, or a container that evaluates its items later."""
        if isinstance(raw, Sealed):
            with unbounded():
                opened = raw.value()
            return self.value(scope, path, opened)
        if not self.evaluator.holds_expression(raw):
            return raw
        if isinstance(raw, dict):
            return LazyMapping(scope, path, raw)
        if isinstance(raw, list):
            return LazyList(scope, path, raw)
        return self._evaluated(scope, path, cast("str", raw))

    def _evaluated(self, scope: Scope, path: str, text: str) -> object:
        asked = scope.node, path
        if asked in self._pending:
            raise _loop([*self._pending[self._pending.index(asked) :], asked])
        if len(self._pending) > _MAX_CHAIN:
            raise ExpressionError(f"more than {_MAX_CHAIN} variables refer to each other")
        self._pending.append(asked)
        try:
            return self.evaluator.evaluate(text, scope.names)
        finally:
            self._pending.pop()


def _loop(asked: list[tuple[str, str]]) -> ExpressionError:
    one_node = len({node for node, _ in asked}) == 1
    loop = " > ".join(path if one_node else f"{path} of {node}" for node, path in asked)
    return ExpressionError(f"the variables {loop} go round in a circle", "give one of them a plain value")


class Scope(Mapping[str, object]):
    """The variables of one node during one evaluation."""

    def __init__(self, evaluation: Evaluation, node: str) -> None:
        site = evaluation.site
        self.node = node
        #: with `hostvars` and the like, which no node's variables hold
        self.names: Mapping[str, object] = ChainMap(self, {"vars": self}, evaluation.shared)  # type: ignore[arg-type]
        self._evaluation = evaluation
        self._variables = site.variables[node]
        self._known: dict[str, object] = {
            "inventory_hostname": node,
            "inventory_hostname_short": node.partition(".")[0],
            "group_names": list(site.groups_of.get(node, ())),
            "groups": site.groups,
        }
        # a scope is made for each manifest: os.path takes a tenth of pathlib's time
        file = os.path.abspath(site.files.get(node, ""))  # noqa: PTH100
        if os.path.isfile(file):  # noqa: PTH113
            self._known |= {"inventory_file": file, "inventory_dir": os.path.dirname(file)}  # noqa: PTH120
        self._known |= site.facts.get(node, {})
        if node in site.node_names:
            self._known["podwright_node_name"] = site.node_names[node]

    def value(self, path: str, raw: object) -> object:
        return self._evaluation.value(self, path, raw)

    def __getitem__(self, name: str) -> object:
        try:
            return self._known[name]
        except KeyError:
            value = self._known[name] = self.value(name, self._variables[name])
            return value

    def __contains__(self, name: object) -> bool:
        return name in self._known or name in self._variables

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._known, *self._variables)))

    def __len__(self) -> int:
        return len(self._known.keys() | self._variables.keys())


def plain_value(scope: Scope, name: str) -> object:
    """Return the value of a variable in plain dicts, lists and scalars. Raises ExpressionError with its place."""
    try:
        return plain(or_none(scope[name]))
    except MissingError as error:
        raise ExpressionError(*explain(error, scope.names, str(error)), error.place) from error


def plain_parts(
    scope: Scope, name: str
) -> tuple[object, tuple[tuple[tuple[object, ...], ExpressionError], ...]]:
    """Return a variable's value with None for what of it cannot be evaluated, and each such part's path with why."""
    failed: list[tuple[tuple[object, ...], ExpressionError]] = []

    def part(get: Callable[[], object], path: tuple[object, ...]) -> object:
        try:
            value = or_none(get())
            if isinstance(value, LazyMapping):
                return {key: part(partial(value.__getitem__, key), (*path, key)) for key in value}
            if isinstance(value, LazyList):
                return [part(partial(value.__getitem__, at), (*path, at)) for at in range(len(value))]
            return value if value is OMITTED else plain(value)
        except MissingError as error:
            failed.append((path, ExpressionError(*explain(error, scope.names, str(error)), error.place)))
        except ExpressionError as error:
            failed.append((path, error))
        return None

    found = part(partial(scope.__getitem__, name), ())
    return plain(found), tuple(failed)


class HostVariables(Mapping[str, Scope]):
    """`hostvars`: every node's variables."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def __getitem__(self, name: str) -> Scope:
        if name not in self:
            raise KeyError(name)
        return self._evaluation.scope(name)

    def __contains__(self, name: object) -> bool:
        return name in self._evaluation.site.variables

    def __iter__(self) -> Iterator[str]:
        return iter(self._evaluation.site.variables)

    def __len__(self) -> int:
        return len(self._evaluation.site.variables)


class LazyMapping(Mapping[object, object]):
    """A mapping of the inventory with expressions in it, each evaluated when it is asked for."""

    def __init__(self, scope: Scope, path: str, raw: dict[object, object]) -> None:
        self._scope = scope
        self._path = path
        self._raw = raw
        self._known: dict[object, object] = {}

    def __getitem__(self, key: object) -> object:
        if key not in self._known:
            self._known[key] = self._scope.value(f"{self._path}.{key}", self._raw[key])
        return self._known[key]

    def __contains__(self, key: object) -> bool:
        return key in self._raw

    def __iter__(self) -> Iterator[object]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)

    def __str__(self) -> str:
        return str(plain(self))


class LazyList(Sequence[object]):
    """A list of the inventory with expressions in it, each evaluated when it is asked for."""

    def __init__(self, scope: Scope, path: str, raw: list[object]) -> None:
        self._scope = scope
        self._path = path
        self._raw = raw
        self._known: dict[int, object] = {}

    @overload
    def __getitem__(self, index: int) -> object: ...
    @overload
    def __getitem__(self, index: slice) -> list[object]: ...
    def __getitem__(self, index: int | slice) -> object:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self._raw)))]
        position = range(len(self._raw))[index]
        if position not in self._known:
            self._known[position] = self._scope.value(f"{self._path}[{position}]", self._raw[position])
        return self._known[position]

    def __len__(self) -> int:
        return len(self._raw)

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(other) if isinstance(other, LazyList) else other)

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: Sequence[object]) -> list[object]:
        return [*self, *other]

    def __radd__(self, other: Sequence[object]) -> list[object]:
        return [*other, *self]

    def __str__(self) -> str:
        return str(plain(self))
