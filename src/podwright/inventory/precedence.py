"""Works out which value of a variable a node gets: Ansible's precedence, each distinct set of groups merged once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from podwright.inventory.structure import Group, Structure
from podwright.problem import Place, Problem

Variables = Mapping[object, object]

_NOWHERE = Place("")


class VariableFiles(Struct):
    """What `group_vars/` and `host_vars/` beside one inventory say of its groups and hosts.

    Of a file that cannot be decrypted only the problem is known.
    """

    groups: dict[str, Variables] = field(default_factory=dict)
    hosts: dict[str, Variables] = field(default_factory=dict)
    locked_groups: dict[str, Problem] = field(default_factory=dict)
    locked_hosts: dict[str, Problem] = field(default_factory=dict)


class Layers(Struct):
    """The variables of groups and hosts in the inventories and in the files beside each, later inventories last.

    Those `below` are weaker than all of them, those `above` stronger.
    """

    structure: Structure
    files: list[VariableFiles] = field(default_factory=list)
    below: Variables = field(default_factory=dict)
    above: Variables = field(default_factory=dict)


def adopt_orphans(structure: Structure) -> None:
    """Put groups below no other below `all`, and hosts in no other group in `ungrouped` (`reconcile_inventory`)."""
    groups = structure.groups
    all_group, ungrouped = groups["all"], groups["ungrouped"]
    child_names = {child for group in groups.values() for child in group.children}
    orphans = [name for name in groups if name != "all" and name not in child_names]
    adopted = dict.fromkeys(orphans, _NOWHERE)
    all_group.children = {"ungrouped": _NOWHERE, **all_group.children, **adopted}
    named = [group for group in groups.values() if group.name not in {"all", "ungrouped"}]
    grouped = {host for group in named for host in group.hosts}
    loose = {host: None for host in structure.hosts if host not in grouped}
    kept = {host: None for host in ungrouped.hosts if host not in grouped}
    ungrouped.hosts = {**kept, **loose}


class Membership:
    """Who is in which group, directly or through children."""

    def __init__(self, structure: Structure) -> None:
        self._groups = structure.groups
        self._depths = self._all_depths()
        self._ancestors: dict[str, frozenset[str]] = {}
        self._parents: dict[str, list[str]] = {name: [] for name in self._groups}
        for name, group in self._groups.items():
            for child in group.children:
                self._parents[child].append(name)
        self._closures: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.direct: dict[str, tuple[str, ...]] = self._direct(structure)

    def _all_depths(self) -> dict[str, int]:
        """The longest way down from `all` to each group, which is what Ansible calls its depth."""
        waiting = dict.fromkeys(self._groups, 0)
        for group in self._groups.values():
            for child in group.children:
                waiting[child] += 1
        depths = dict.fromkeys(self._groups, 0)
        ready = [name for name, count in waiting.items() if count == 0]
        while ready:
            name = ready.pop()
            for child in self._groups[name].children:
                depths[child] = max(depths[child], depths[name] + 1)
                waiting[child] -= 1
                if waiting[child] == 0:
                    ready.append(child)
        return depths

    def _direct(self, structure: Structure) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {host: [] for host in structure.hosts}
        for group in self._groups.values():
            for host in group.hosts:
                found[host].append(group.name)
        shared: dict[tuple[str, ...], tuple[str, ...]] = {}
        tuples = ((host, tuple(names)) for host, names in found.items())
        return {host: shared.setdefault(names, names) for host, names in tuples}

    def ancestors(self, name: str) -> frozenset[str]:
        """Every group above `name`, and itself."""
        known = self._ancestors.get(name)
        if known is None:
            above = {name}
            waiting = [name]
            while waiting:
                parents = [parent for parent in self._parents[waiting.pop()] if parent not in above]
                above.update(parents)
                waiting.extend(parents)
            known = self._ancestors[name] = frozenset(above)
        return known

    def groups_of(self, direct: tuple[str, ...]) -> tuple[str, ...]:
        """All groups but `all` above these, weakest first: by depth, then priority, then name (`sort_groups`)."""
        known = self._closures.get(direct)
        if known is None:
            names = frozenset[str]().union(*(self.ancestors(name) for name in direct)) - {"all"}
            known = self._closures[direct] = tuple(sorted(names, key=self._rank))
        return known

    def _rank(self, name: str) -> tuple[int, int, str]:
        return self._depths[name], self._groups[name].priority, name

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self._groups)

    def children_of(self, name: str) -> tuple[str, ...]:
        """The groups right below a group."""
        return tuple(self._groups[name].children)

    def own_hosts_of(self, name: str) -> tuple[str, ...]:
        """The hosts that a group names itself."""
        return tuple(self._groups[name].hosts)

    def hosts_of(self, name: str) -> tuple[str, ...]:
        """The hosts of a group and of the groups below it, nearest first (`Group.get_hosts`)."""
        hosts: dict[str, None] = {}
        for group in self._below(name):
            hosts.update(group.hosts)
        return tuple(hosts)

    def _below(self, name: str) -> Iterable[Group]:
        level, seen = [name], {name}
        while level:
            yield from (self._groups[member] for member in level)
            following = [child for member in level for child in self._groups[member].children]
            level = [child for child in dict.fromkeys(following) if child not in seen]
            seen.update(level)


def group_layers(layers: Layers, groups: Iterable[str]) -> tuple[Variables, ...]:
    """Return the variables of `all` and of `groups`, and those below and above all others, weakest first.

    Ansible's VARIABLE_PRECEDENCE: beside the inventory's groups first, then `group_vars/all`, then `group_vars/*`;
    so `group_vars/all` wins over what a child group says inline. Of several inventories all files beside a later one
    win over those beside an earlier one (`vars/plugins.py:get_vars_from_inventory_sources`), but for `group_vars/all`.
    """
    names = tuple(groups)
    inline = [layers.structure.groups[name].variables for name in ("all", *names)]
    of_all = [files.groups.get("all", {}) for files in layers.files]
    of_groups = [files.groups.get(name, {}) for files in layers.files for name in names]
    of_inventory = (*inline, *of_all, *of_groups)
    return tuple(variables for variables in (layers.below, *of_inventory, layers.above) if variables)


def host_layers(layers: Layers, host: str) -> tuple[Variables, ...]:
    """Return what stands beside the host and in `host_vars/`, weakest first; empty for most hosts of a large fleet."""
    found = layers.structure.hosts[host], *(files.hosts.get(host, {}) for files in layers.files)
    own = tuple(variables for variables in found if variables)
    return (*own, layers.above) if own and layers.above else own


def locked_file(layers: Layers, host: str, groups: Iterable[str]) -> Problem | None:
    """Return why some of the host's variables are unknown, if a file that may hold them cannot be decrypted."""
    for files in layers.files:
        if files.locked_groups or files.locked_hosts:
            named = (files.locked_groups.get(name) for name in ("all", *groups))
            found = next(filter(None, (files.locked_hosts.get(host), *named)), None)
            if found:
                return found
    return None
