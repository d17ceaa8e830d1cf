"""Makes nodes: merges their variables, and reads out of them how to connect and what to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from podwright.inventory.checks import bad_value, silenced_rules, value_hint
from podwright.inventory.node import Connection, Node, NodeSettings, StaticPod
from podwright.inventory.precedence import Layers, Membership, group_layers, host_layers
from podwright.inventory.references import BadReferenceError, is_template, resolve
from podwright.inventory.schema import (
    COMMON_VERSION,
    CONNECTION_VARIABLES,
    SETTINGS_VARIABLES,
    SILENCED_RULES,
    VARIABLES,
    Checker,
    Variable,
    convert,
)
from podwright.problem import Place, Problem
from podwright.secret import Secret

_READ_HERE = frozenset(VARIABLES) | {"static_pods", SILENCED_RULES, COMMON_VERSION}
_PLAIN_SETTINGS = NodeSettings()


@dataclass(frozen=True, slots=True)
class _GroupSet:
    """What all nodes in the same groups share."""

    names: tuple[str, ...]
    variables: dict[str, object]
    settings: NodeSettings
    static_pods: dict[str, bool]
    pods: tuple[StaticPod, ...]
    templated: bool


class NodeFactory:
    """Makes one node after another; nodes in the same groups share everything they do not override."""

    def __init__(
        self,
        layers: Layers,
        membership: Membership,
        static_pods: Mapping[int, dict[str, bool]],
        checker: Checker,
        problems: list[Problem],
    ) -> None:
        self._layers = layers
        self._membership = membership
        self._static_pods = static_pods
        self._checker = checker
        self._problems = problems
        self._sets: dict[tuple[str, ...], _GroupSet] = {}

    def node(self, name: str) -> Node:
        shared = self._group_set(self._membership.direct[name])
        own = host_layers(self._layers, name)
        if not own and not shared.templated:
            connection = self._connection(name, shared.variables)
            return Node(name, connection, shared.pods, shared.settings, shared.names, shared.variables)
        variables = self._merge((shared.variables, *own), shared.static_pods)
        pods, settings = shared.pods, shared.settings
        if shared.templated or any(not _READ_HERE.isdisjoint(layer) for layer in own):
            pods = _pods(self._merged_pods(own, shared.static_pods))
            settings = self._settings(name, variables)
        return Node(name, self._connection(name, variables), pods, settings, shared.names, variables)

    def _group_set(self, direct: tuple[str, ...]) -> _GroupSet:
        known = self._sets.get(direct)
        if known is None:
            known = self._sets[direct] = self._make_group_set(self._membership.groups_of(direct))
        return known

    def _make_group_set(self, groups: tuple[str, ...]) -> _GroupSet:
        layers = group_layers(self._layers, groups)
        static_pods = self._merged_pods(layers, {})
        variables = self._merge(layers, {})
        templated = any(is_template(variables.get(name)) for name in VARIABLES)
        settings = _PLAIN_SETTINGS if templated else self._settings("", variables)
        return _GroupSet(
            tuple(sorted(groups)), variables, settings, static_pods, _pods(static_pods), templated
        )

    def _merge(self, layers: Iterable[Mapping[Any, object]], pods: dict[str, bool]) -> dict[str, object]:
        """Later layers replace earlier ones, whole values; only `static_pods` is merged by key."""
        layers = tuple(layers)
        merged: dict[Any, object] = {}
        for layer in layers:
            merged.update(layer)
        if "static_pods" in merged:
            merged_pods = self._merged_pods(layers, pods)
            merged["static_pods"] = {name: "present" if on else "absent" for name, on in merged_pods.items()}
        return merged

    def _merged_pods(self, layers: Iterable[Mapping[Any, object]], below: dict[str, bool]) -> dict[str, bool]:
        merged = dict(below)
        for layer in layers:
            merged.update(self._static_pods.get(id(layer.get("static_pods")), {}))
        return merged

    def _connection(self, name: str, variables: Mapping[Any, object]) -> Connection:
        fields = self._fields(name, variables, CONNECTION_VARIABLES)
        fields.setdefault("host", name)
        for secret in ("password", "become_password"):
            if secret in fields:
                fields[secret] = Secret(fields[secret])
        return Connection(**fields)

    def _settings(self, name: str, variables: Mapping[Any, object]) -> NodeSettings:
        fields = self._fields(name, variables, SETTINGS_VARIABLES)
        silenced = silenced_rules(variables.get(SILENCED_RULES))
        if silenced:
            fields["silenced_rules"] = silenced
        common = variables.get(COMMON_VERSION)
        if isinstance(common, str) and self._checker.fits("podwright_kubernetes_version", common):
            fields.setdefault("kubernetes_version", common)
        return NodeSettings(**fields) if fields else _PLAIN_SETTINGS

    def _fields(
        self, node: str, variables: Mapping[Any, object], known: tuple[Variable, ...]
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for variable in known:
            value = variables.get(variable.name)
            if value is None:
                continue
            if is_template(value):
                value = self._resolved(node, variable.name, str(value), variables)
            if value is not None and self._checker.fits(variable.name, value):
                fields[variable.field] = convert(variable, value)
        return fields

    def _resolved(self, node: str, name: str, value: str, variables: Mapping[Any, object]) -> object:
        short = node.partition(".")[0]
        known = {"inventory_hostname": node, "inventory_hostname_short": short, **variables}
        try:
            resolved = resolve(value, known, (name,))
        except BadReferenceError as error:
            hint = "in connection variables and `podwright_*` write plain values or `{{ other_variable }}`"
            self._problems.append(Problem(f"`{name}`: {error}", hint, self._place(name, value)))
            return None
        if resolved is not None and not self._checker.fits(name, resolved):
            message, hint = bad_value(name, resolved), value_hint(name, resolved)
            self._problems.append(Problem(message, hint, self._place(name, value), node or None))
        return resolved

    def _place(self, name: str, value: str) -> Place | None:
        """Where this very value is written; only asked for when something is wrong with it."""
        for source in self._layers.structure.sources:
            if source.variables.get(name) is value:
                return source.document.value_place(source.variables, name)
        return None


def _pods(static_pods: dict[str, bool]) -> tuple[StaticPod, ...]:
    return tuple(StaticPod(name, present) for name, present in static_pods.items())
