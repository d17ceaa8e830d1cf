"""Reads the groups of an inventory in Ansible's YAML shape."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from podwright.inventory.ranges import RangeError, host_names
from podwright.inventory.structure import Group, Source, Structure, is_name
from podwright.inventory.yaml_document import Document
from podwright.inventory.yaml_scalars import QUOTE_HINT
from podwright.problem import Place
from podwright.suggestion import closest, did_you_mean

GROUP_KEYS = ("hosts", "children", "vars")
NAME_HINT = "a name has no control characters, and begins neither with a space nor with `-`"


def read_groups(document: Document, structure: Structure) -> None:
    """Add the groups of `document`, whose top level maps group names to groups."""
    value = document.value
    assert isinstance(value, dict)  # noqa: S101 - what is not is read as INI
    reader = _Reader(document, structure)
    for name, group in value.items():
        if name in ("hosts", "children"):
            place = document.key_place(value, name)
            structure.problem(f"`{name}` is not the name of a group", "put it below `all:`", place)
        else:
            reader.group(value, name, group)


class _Reader(Struct, frozen=True):
    document: Document
    structure: Structure

    def group(self, parent: object, name: object, value: object) -> str | None:
        place = self.document.key_place(parent, name)
        if not is_name(name):
            message = f"`{_shown(name)}` cannot be the name of a group"
            self.structure.problem(message, _name_hint(name), place)
            return None
        name = str(name)
        if value is not None and not isinstance(value, dict):
            hint = "write `hosts:`, `children:` or `vars:` below it"
            self.structure.warn(f"`{name}` is {_kind(value)}, not a group, and is not used", hint, place)
            return name
        group = self.structure.group(name)
        # in the order of the file: a child's host is in no group yet when its parent's is read
        body = value or {}
        for key in body:
            self._section(group, body, key)
        return name

    def _section(self, group: Group, body: dict[object, object], key: object) -> None:
        section = body[key]
        if key not in GROUP_KEYS:
            self._unknown_key(group, body, key)
        elif isinstance(section, str):
            self._names(group, key, {section: None}, self.document.value_place(body, key))
        elif isinstance(section, dict) and key == "vars":
            self.structure.set_variables(Source(self.document, section, group.name))
        elif isinstance(section, dict):
            self._names(group, key, section, None)
        elif section is not None:
            hint = "write each name as a key: `name:`" if isinstance(section, list) else ""
            message = f"`{key}` of group `{group.name}` is {_kind(section)}, not a mapping"
            self.structure.problem(message, hint, self.document.value_place(body, key))

    def _unknown_key(self, group: Group, body: dict[object, object], key: object) -> None:
        """Ansible skips it; what is meant to be hosts must not be lost."""
        message = f"`{_shown(key)}` is not a key of a group"
        place = self.document.key_place(body, key)
        if body[key] is not None and closest(str(key), GROUP_KEYS):
            self.structure.problem(message, did_you_mean(str(key), GROUP_KEYS), place)
        else:
            hint = "variables go below `vars:`, groups below `children:`"
            self.structure.warn(f"{message} (`{group.name}`), and is not used", hint, place)

    def _names(self, group: Group, key: object, names: dict[object, object], place: Place | None) -> None:
        for name, value in names.items():
            name_place = place or self.document.key_place(names, name)
            if key == "hosts":
                self._hosts(group, name, value, name_place, self.document.value_place(names, name))
            elif key == "children":
                child = self.group(names, name, value)
                if child is not None:
                    self.structure.group(child)
                    self.structure.add_child(group, child, name_place)

    def _hosts(self, group: Group, pattern: object, value: object, place: Place, value_place: Place) -> None:
        hosts, port = expanded(self.structure, pattern, place)
        for host in hosts:
            self.structure.add_host(host, group, self.document.file, port)
        if isinstance(value, dict):
            self.structure.set_variables(Source(self.document, value, hosts=hosts))
        elif value not in (None, "", False, 0, []):
            hint = "write its variables below it, one `name: value` a line, or nothing"
            message = f"host `{_shown(pattern)}` is {_kind(value)}, not a mapping of variables"
            self.structure.problem(message, hint, value_place)


def expanded(structure: Structure, pattern: object, place: Place) -> tuple[tuple[str, ...], int | None]:
    """Return the hosts that `pattern` stands for and their port; none, with a problem, if it cannot be read."""
    if not isinstance(pattern, str):
        structure.problem(f"`{_shown(pattern)}` cannot be the name of a host", QUOTE_HINT, place)
        return (), None
    try:
        hosts, port = host_names(pattern)
    except RangeError as error:
        structure.problem(f"`{_shown(pattern)}`: {error}", "write `name[01:12]` or `name[a:c]`", place)
        return (), None
    for host in _bad(hosts):
        structure.problem(f"`{_shown(host)}` cannot be the name of a host", NAME_HINT, place)
        return (), None
    return hosts, port


def _bad(hosts: tuple[str, ...]) -> Iterator[str]:
    return (host for host in hosts if not is_name(host))


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return "a single value"


def _shown(name: object) -> str:
    return str(name)[:100]


def _name_hint(name: object) -> str:
    return NAME_HINT if isinstance(name, str) else QUOTE_HINT
