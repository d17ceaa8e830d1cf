"""Reads the groups of an inventory in Ansible's YAML shape."""

from __future__ import annotations

import re

from podwright.inventory.document import Document
from podwright.inventory.ranges import RangeError, expand, split_port
from podwright.inventory.scalars import QUOTE_HINT
from podwright.inventory.structure import Group, Source, Structure
from podwright.problem import Place, Problem
from podwright.suggestion import did_you_mean

_GROUP_KEYS = ("hosts", "children", "vars")
# never a leading `-`: the name may become an argument of a program
_HOST_NAME = re.compile(r"\w[\w.:-]{0,252}")
_GROUP_NAME = re.compile(r"\w[\w.-]{0,252}")


class StructureReader:
    """Adds one document after another to a Structure; what is wrong goes to `problems`."""

    def __init__(self, problems: list[Problem]) -> None:
        self.structure = Structure()
        self._problems = problems

    def read(self, document: Document) -> None:
        """Add the groups of `document`, whose top level maps group names to groups."""
        value = document.value
        if value is None:
            self._problem("the inventory file is empty", "begin with `all:`", document.place())
        elif not isinstance(value, dict):
            hint = "begin with `all:`, below it `hosts:`, `children:` and `vars:`"
            self._problem(
                "the top level of an inventory maps group names to groups",
                hint,
                document.place(document.root),
            )
        elif "plugin" in value:
            hint = (
                "`ansible-inventory --list --yaml --output hosts.yaml` writes what the plugin finds to a file"
            )
            self._problem("inventory plugins are not supported", hint, document.key_place(value, "plugin"))
        else:
            for name, group in value.items():
                self._group(document, value, name, group)

    def _group(self, document: Document, parent: object, name: object, value: object) -> str | None:
        place = document.key_place(parent, name)
        if not isinstance(name, str) or not _GROUP_NAME.fullmatch(name):
            self._problem(f"`{_shown(name)}` cannot be the name of a group", _name_hint(name), place)
            return None
        if name in _GROUP_KEYS and parent is document.value:
            self._problem(f"`{name}` is not the name of a group", "put it below `all:`", place)
            return None
        group = self.structure.groups.setdefault(name, Group(name))
        if isinstance(value, dict):
            for key in value:
                self._section(document, group, value, key)
        elif value is not None:
            hint = "write `hosts:`, `children:` or `vars:` below it"
            self._problem(f"group `{name}` is {_kind(value)}, not a mapping", hint, place)
        return name

    def _section(self, document: Document, group: Group, body: dict[object, object], key: object) -> None:
        if key not in _GROUP_KEYS:
            hint = did_you_mean(str(key), _GROUP_KEYS, "variables go below `vars:`, groups below `children:`")
            message = f"`{_shown(key)}` is not a key of a group"
            self._problem(message, hint, document.key_place(body, key))
            return
        section = body[key]
        if isinstance(section, str) and key != "vars":
            self._names(document, group, str(key), {section: None}, document.value_place(body, key))
        elif isinstance(section, dict):
            if key == "vars":
                self._variables(document, group, section)
            else:
                self._names(document, group, str(key), section, None)
        elif section is not None:
            hint = "write each name as a key: `name:`" if isinstance(section, list) else ""
            message = f"`{key}` of group `{group.name}` is {_kind(section)}, not a mapping"
            self._problem(message, hint, document.value_place(body, key))

    def _names(
        self, document: Document, group: Group, key: str, names: dict[object, object], place: Place | None
    ) -> None:
        for name, value in names.items():
            name_place = place or document.key_place(names, name)
            if key == "hosts":
                self._hosts(document, group, names, name, name_place)
                continue
            child = self._group(document, names, name, value)
            if child == "all":
                self._problem(
                    "`all` holds every group and is below none", "take it out of these `children`", name_place
                )
            elif child is not None:
                group.children.setdefault(child, name_place)

    def _variables(self, document: Document, group: Group, variables: dict[object, object]) -> None:
        self.structure.sources.append(Source(document, variables))
        group.variables.update(variables)
        if "ansible_group_priority" in variables:
            priority = group.variables.pop("ansible_group_priority")
            place = document.value_place(variables, "ansible_group_priority")
            self._priority(group, priority, place)

    def _priority(self, group: Group, priority: object, place: Place) -> None:
        try:
            group.priority = int(str(priority))
        except ValueError:
            self._problem("`ansible_group_priority` is a whole number", "", place)

    def _hosts(
        self, document: Document, group: Group, names: dict[object, object], pattern: object, place: Place
    ) -> None:
        if not isinstance(pattern, str):
            self._problem(f"`{_shown(pattern)}` cannot be the name of a host", QUOTE_HINT, place)
            return
        variables = self._host_variables(document, names, pattern, names[pattern])
        text, port = split_port(pattern)
        if port is not None and not 1 <= port <= 65_535:
            self._problem(f"`{_shown(pattern)}`: a port is a number from 1 to 65535", "", place)
            return
        try:
            hosts = expand(text)
        except RangeError as error:
            self._problem(f"`{_shown(pattern)}`: {error}", "write `name[01:12]` or `name[a:c]`", place)
            return
        for host in hosts:
            if _HOST_NAME.fullmatch(host):
                self._host(group, host, variables, port)
            else:
                self._problem(f"`{_shown(host)}` cannot be the name of a host", _name_hint(host), place)
                return

    def _host_variables(
        self, document: Document, names: object, pattern: str, value: object
    ) -> dict[object, object]:
        if isinstance(value, dict):
            self.structure.sources.append(Source(document, value))
            return value
        if value is not None:
            place = document.value_place(names, pattern)
            hint = "write its variables below it, one `name: value` a line, or nothing"
            self._problem(
                f"host `{_shown(pattern)}` is {_kind(value)}, not a mapping of variables", hint, place
            )
        return {}

    def _host(self, group: Group, host: str, variables: dict[object, object], port: int | None) -> None:
        group.hosts[host] = None
        known = self.structure.hosts.get(host)
        if known is None:
            self.structure.hosts[host] = (
                {"ansible_port": port, **variables} if port is not None else variables
            )
        elif variables:
            self.structure.hosts[host] = {**known, **variables}

    def _problem(self, message: str, hint: str, place: Place) -> None:
        self._problems.append(Problem(message, hint, place))


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return "a single value"


def _shown(name: object) -> str:
    return str(name)[:100]


def _name_hint(name: object) -> str:
    if not isinstance(name, str):
        return QUOTE_HINT
    return "letters, digits, `_`, `.` and `-`, beginning with a letter, a digit or `_`"
