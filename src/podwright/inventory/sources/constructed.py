"""Makes variables and groups of those that the sources before it named: the configuration of Ansible's `constructed`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from podwright.expressions.errors import ExpressionError, ExpressionSyntaxError
from podwright.expressions.inventory_text import Literal, is_expression
from podwright.expressions.site_variables import SiteVariables
from podwright.inventory.precedence import Membership, VariableFiles
from podwright.inventory.sources.kubernetes import safe_name
from podwright.inventory.structure import Source, Structure
from podwright.inventory.yaml_document import Document
from podwright.problem import Problem

if TYPE_CHECKING:
    from podwright.expressions.evaluation import Evaluator

NAME = "constructed"
_KEYS = ("plugin", "strict", "compose", "groups", "keyed_groups", "leading_separator", "use_vars_plugins")
_EMPTY = (None, "")
_FAILED = object()

Names = Mapping[str, object]


def construct(
    document: Document,
    config: dict[object, object],
    structure: Structure,
    beside: Callable[[], list[VariableFiles]] = list,
) -> None:
    """Add what `config` makes of every host; what it makes of one stands in nobody else's way.

    `beside` reads the `group_vars/` and `host_vars/` of the sources so far, for `use_vars_plugins`.
    """
    for key in config:
        if key not in _KEYS:
            place = document.key_place(config, key)
            structure.problem(f"`{str(key)[:60]}` of `constructed` is not supported", "remove it", place)
    for key, kind in (("compose", dict), ("groups", dict), ("keyed_groups", list)):
        if not isinstance(config.get(key) or kind(), kind):
            place = document.value_place(config, key)
            wanted = "mapping" if kind is dict else "list"
            structure.problem(f"`{key}` of `constructed` is not a {wanted}", "", place)
            return
    from podwright.expressions.evaluation import Evaluator

    membership = Membership(structure)
    files = beside() if config.get("use_vars_plugins") is True else []
    constructor = _Constructor(document, config, structure, Evaluator(), files)
    for host in tuple(structure.hosts):
        constructor.host(host, _group_variables(structure, membership, host, files), membership)


def _group_variables(
    structure: Structure, membership: Membership, host: str, files: list[VariableFiles]
) -> dict[object, object]:
    """What the groups of a host say so far; `all` holds only those that were put below it, as in Ansible."""
    direct = membership.direct[host]
    below_all = any("all" in membership.ancestors(name) for name in direct)
    names = (*(("all",) if below_all else ()), *membership.groups_of(direct))
    merged: dict[object, object] = {}
    for name in names:
        merged.update(structure.groups[name].variables)
    for folder in files:
        for name in names:
            merged.update(folder.groups.get(name, {}))
    return merged


class _Constructor(Struct):
    document: Document
    config: dict[object, object]
    structure: Structure
    evaluator: Evaluator
    files: list[VariableFiles]
    _told: set[int] = field(default_factory=set)

    def host(self, host: str, of_groups: dict[object, object], membership: Membership) -> None:
        names = tuple(sorted(membership.groups_of(membership.direct[host])))
        compose, groups = self._part("compose"), self._part("groups")
        seen = self._names(host, of_groups, names)
        composed = {name: self._value(seen, compose, name, host) for name in compose}
        made: dict[object, object] = {name: value for name, value in composed.items() if value is not _FAILED}
        if made:
            self.document.values[id(made)] = self.document.values.get(id(compose))
            self.structure.set_variables(Source(self.document, made, hosts=(host,)))
        seen = self._names(host, of_groups, names)
        for name in groups:
            if self._value(seen, groups, name, host) is True:
                self.structure.group(safe_name(str(name))).hosts[host] = None
        keyed = self.config.get("keyed_groups")
        for entry in keyed if isinstance(keyed, list) else ():
            if isinstance(entry, dict):
                self._keyed(seen, entry, host)

    def _part(self, key: str) -> dict[object, object]:
        part = self.config.get(key)
        return part if isinstance(part, dict) else {}

    def _names(self, host: str, of_groups: dict[object, object], names: tuple[str, ...]) -> Names:
        from podwright.expressions.scope import Evaluation

        said = of_groups | self.structure.hosts[host]
        for folder in self.files:
            said |= folder.hosts.get(host, {})
        variables = {str(name): value for name, value in said.items()}
        site = SiteVariables({host: variables}, groups_of={host: names})
        return Evaluation(site, self.evaluator).scope(host).names

    def _value(self, seen: Names, holder: dict[object, object], key: object, host: str) -> object:
        """The value of one expression; without `strict` one that a host has no variables for is left out."""
        from podwright.expressions.plain_values import plain
        from podwright.expressions.undefined import MissingError, MissingValue, or_none

        written = holder.get(key)
        if not isinstance(written, str):
            return written
        try:
            value = or_none(self.evaluator.evaluate(f"{{{{ {written} }}}}", seen))
            if isinstance(value, MissingValue):
                return self._failed(holder, key, host, f"`{written[:100]}` is undefined")
            return _final(plain(value))
        except MissingError as error:
            return self._failed(holder, key, host, str(error))
        except ExpressionSyntaxError as error:
            return self._failed(holder, key, host, error.message, always=True)
        except ExpressionError as error:
            return self._failed(holder, key, host, error.message)

    def _failed(
        self, holder: dict[object, object], key: object, host: str, message: str, *, always: bool = False
    ) -> object:
        if always or self.config.get("strict"):
            place = self.document.value_place(holder, key)
            self.structure.problems.append(Problem(f"`{str(key)[:60]}`: {message}", "", place, host))
        return _FAILED

    def _keyed(self, seen: Names, entry: dict[object, object], host: str) -> None:
        key = self._value(seen, entry, "key", host)
        default = entry.get("default_value")
        if key is _FAILED or not (key or (key in _EMPTY and default is not None)):
            return
        prefix, separator = str(entry.get("prefix") or ""), str(entry.get("separator", "_"))
        leading = prefix or self.config.get("leading_separator") is not False
        joined = f"{prefix}{separator}" if leading else ""
        for name in _bare_names(key, separator, default, entry.get("trailing_separator")):
            group = safe_name(f"{joined}{name}")
            self.structure.group(group).hosts[host] = None
            self._put_below(seen, entry, group, host)

    def _put_below(self, seen: Names, entry: dict[object, object], group: str, host: str) -> None:
        parent = entry.get("parent_group")
        if isinstance(parent, str) and "{{" in parent:
            parent = self._templated(seen, entry, parent, host)
        if parent and parent is not _FAILED:
            place = self.document.value_place(entry, "parent_group")
            self.structure.add_child(self.structure.group(safe_name(str(parent))), group, place)

    def _templated(self, seen: Names, entry: dict[object, object], text: str, host: str) -> object:
        from podwright.expressions.undefined import or_none

        try:
            return or_none(self.evaluator.evaluate(text, seen))
        except ExpressionError as error:
            return self._failed(entry, "parent_group", host, error.message)


def _final(value: object) -> object:
    """What was evaluated once is not evaluated again."""
    if isinstance(value, str):
        return Literal(value) if is_expression(value) else value
    if isinstance(value, list):
        return [_final(item) for item in value]
    return {key: _final(item) for key, item in value.items()} if isinstance(value, dict) else value


def _bare_names(key: object, separator: str, default: object, trailing: object) -> Iterator[str]:
    """The names that a key's value makes: of a text one, of a list one an item, of a mapping one a pair."""
    if isinstance(key, dict):
        for name, value in key.items():
            if value not in _EMPTY:
                yield f"{name}{separator}{value}"
            elif default is not None:
                yield f"{name}{separator}{default}"
            else:
                yield str(name) if trailing is False else f"{name}{separator}{value}"
    else:
        for item in key if isinstance(key, list) else [key]:
            yield str(default if item in _EMPTY and default is not None else item)
