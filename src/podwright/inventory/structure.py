"""All groups and hosts of an inventory as its sources name them, before any precedence is worked out."""

from __future__ import annotations

import re

from msgspec import Struct, field
from msgspec.structs import replace

from podwright.inventory.yaml_document import Document
from podwright.problem import Place, Problem

PRIORITY = "ansible_group_priority"
# never a leading `-`: the name may become an argument of a program
_NAME = re.compile(r"(?!-)[^\s\x00-\x1f\x7f](?:[^\x00-\x1f\x7f]{0,251}[^\s\x00-\x1f\x7f])?")


def is_name(name: object) -> bool:
    """Whether a host or a group may be called so; Ansible takes nearly anything."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


class Group(Struct):
    """A group as the files say it; `priority` is Ansible's `ansible_group_priority`."""

    name: str
    variables: dict[object, object] = field(default_factory=dict)
    children: dict[str, Place] = field(default_factory=dict)
    hosts: dict[str, None] = field(default_factory=dict)
    priority: int = 1


class Source(Struct, frozen=True):
    """One mapping of variables as it stands in a file, and whose they are.

    `folder` counts the folders with `group_vars/` and `host_vars/`; None is beside the group or host itself. An `outer`
    one is every node's: -1 is weaker than all others, 1 stronger.
    """

    document: Document
    variables: dict[object, object]
    group: str = ""
    hosts: tuple[str, ...] = ()
    folder: int | None = None
    outer: int = 0


class Structure(Struct):
    """All groups and hosts of an inventory, in the order they are first named, with the variables beside them.

    Each host's `files` entry is the source that named it first.
    """

    groups: dict[str, Group] = field(
        default_factory=lambda: {"all": Group("all"), "ungrouped": Group("ungrouped")}
    )
    hosts: dict[str, dict[object, object]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def group(self, name: str) -> Group:
        """Return the group, made if it is not there yet."""
        known = self.groups.get(name)
        if known is None:
            known = self.groups[name] = Group(name)
        return known

    def add_host(self, name: str, group: Group | None, file: str, port: int | None = None) -> None:
        """Put a host into a group; a port behind its name counts only when the name is new."""
        if group is not None:
            group.hosts[name] = None
        if name not in self.hosts:
            self.hosts[name] = {} if port is None else {"ansible_port": port}
            self.files[name] = file

    def add_child(self, parent: Group, child: str, place: Place) -> None:
        if child == "all":
            hint = "take it out of these `children`"
            self.problem("`all` holds every group and is below none", hint, place)
        else:
            parent.children.setdefault(child, place)

    def set_variables(self, source: Source) -> None:
        """Add variables to the group or the hosts of `source`; a host of a group's name is that group, as in Ansible."""
        self.sources.append(source)
        if source.group:
            self._set_of_group(self.group(source.group), source)
            return
        for host in source.hosts:
            if host in self.groups:
                self.sources.append(replace(source, group=host, hosts=()))
                self._set_of_group(self.groups[host], source)
            elif known := self.hosts[host]:
                self.hosts[host] = {**known, **source.variables}
            else:
                self.hosts[host] = source.variables

    def _set_of_group(self, group: Group, source: Source) -> None:
        group.variables.update(source.variables)
        if PRIORITY in source.variables:
            priority = group.variables.pop(PRIORITY)
            try:
                group.priority = int(str(priority))
            except ValueError:
                place = source.document.value_place(source.variables, PRIORITY)
                self.problem(f"`{PRIORITY}` is a whole number", "", place)

    def problem(self, message: str, hint: str, place: Place) -> None:
        self.problems.append(Problem(message, hint, place))

    def warn(self, message: str, hint: str, place: Place) -> None:
        self.warnings.append(Problem(message, hint, place))
