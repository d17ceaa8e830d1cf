"""Makes nodes: merges their variables, and reads out of them how to connect and what to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from podwright.expressions.site_variables import SiteVariables
from podwright.inventory.connection_variables import connection
from podwright.inventory.node import Node, NodeSettings, StaticPod
from podwright.inventory.precedence import Layers, Membership, group_layers, host_layers, locked_file
from podwright.inventory.settings_reader import SettingsReader
from podwright.inventory.static_pods import Pods, StaticPods, as_variable
from podwright.inventory.variable_checks import Checks
from podwright.inventory.variables import (
    COMMON_VERSION,
    LISTS,
    SETTINGS_VARIABLES,
    STATIC_PODS,
)

_PLAIN_SETTINGS = NodeSettings()
_SETTINGS = frozenset(
    {variable.name for variable in SETTINGS_VARIABLES} | {STATIC_PODS, *LISTS, COMMON_VERSION}
)


class _GroupSet(Struct, frozen=True):
    """What all nodes in the same groups share; no settings when they differ from node to node."""

    names: tuple[str, ...]
    variables: dict[str, object]
    static_pods: Pods
    pods: tuple[StaticPod, ...]
    settings: NodeSettings | None


class NodeFactory:
    """Makes all nodes; those in the same groups share everything they do not override."""

    def __init__(
        self, layers: Layers, membership: Membership, static_pods: StaticPods, checks: Checks
    ) -> None:
        self._layers = layers
        self._membership = membership
        self._static_pods = static_pods
        self._checks = checks
        self._sets: dict[tuple[str, ...], _GroupSet] = {}

    def nodes(self, common: Mapping[str, object]) -> tuple[Node, ...]:
        """Return the nodes in the order of the files; what is wrong with one goes to the problems of the checks.

        Their expressions see `common` too.
        """
        hosts = {name: self._group_set(name) for name in self._layers.structure.hosts}
        variables = {name: self._variables(name, shared) for name, shared in hosts.items()}
        site = SiteVariables(
            variables,
            {name: list(self._membership.hosts_of(name)) for name in self._layers.structure.groups},
            {name: shared.names for name, shared in hosts.items()},
            files=self._layers.structure.files,
            common=common,
        )
        reader = SettingsReader(site, self._checks, self._layers.structure.sources)
        return tuple(self._node(name, shared, variables[name], reader) for name, shared in hosts.items())

    def _node(
        self, name: str, shared: _GroupSet, variables: dict[str, object], reader: SettingsReader
    ) -> Node:
        own = host_layers(self._layers, name)
        pods, settings = shared.pods, shared.settings
        if any(STATIC_PODS in layer for layer in own):
            pods = self._static_pods.pods(self._static_pods.merged(own, shared.static_pods))
        if settings is None or any(not _SETTINGS.isdisjoint(layer) for layer in own):
            settings = reader.settings(name)
        login = connection(reader, name)
        if locked := locked_file(self._layers, name, shared.names):
            login = replace(login, obstacle=login.obstacle or locked)
        return Node(name, login, pods, settings, shared.names, variables)

    def _group_set(self, host: str) -> _GroupSet:
        direct = self._membership.direct[host]
        known = self._sets.get(direct)
        if known is None:
            known = self._sets[direct] = self._make_group_set(self._membership.groups_of(direct))
        return known

    def _make_group_set(self, groups: tuple[str, ...]) -> _GroupSet:
        layers = group_layers(self._layers, groups)
        static_pods = self._static_pods.merged(layers, {})
        variables = self._merged(layers, static_pods)
        said = any(variables.get(name) is not None for name in _SETTINGS - {STATIC_PODS})
        pods = self._static_pods.pods(static_pods)
        return _GroupSet(
            tuple(sorted(groups)), variables, static_pods, pods, None if said else _PLAIN_SETTINGS
        )

    def _variables(self, host: str, shared: _GroupSet) -> dict[str, object]:
        own = host_layers(self._layers, host)
        if not own:
            return shared.variables
        return self._merged((shared.variables, *own), self._static_pods.merged(own, shared.static_pods))

    def _merged(self, layers: Iterable[Mapping[Any, object]], pods: Pods) -> dict[str, object]:
        """Later layers replace earlier ones, whole values; only `static_pods` is merged by key."""
        merged: dict[str, object] = {}
        for layer in layers:
            merged.update(layer)
        for name in [name for name in merged if not isinstance(name, str)]:
            merged[str(name)] = merged.pop(name)
        if STATIC_PODS in merged:
            merged[STATIC_PODS] = as_variable(pods)
        return merged
