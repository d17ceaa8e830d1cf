"""Reads what an inventory script prints for `--list`, and `ansible-inventory --list` too: groups with lists of hosts."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from podwright.inventory.sources.yaml_file import NAME_HINT
from podwright.inventory.structure import Group, Source, Structure, is_name
from podwright.inventory.yaml_document import Document
from podwright.inventory.yaml_scalars import QUOTE_HINT
from podwright.problem import Place

META = "_meta"
_KEYS = ("hosts", "vars", "children")
#: returns the variables of a host, when the list itself holds none
HostVariables = Callable[[str], Document | None]


def is_list(document: Document, value: dict[object, object]) -> bool:
    """Whether a document is such a list, and not groups in Ansible's YAML shape."""
    groups = [group for name, group in value.items() if name != META]
    return META in value or (
        document.literal
        and any(
            isinstance(group, list) or (isinstance(group, dict) and isinstance(group.get("hosts"), list))
            for group in groups
        )
    )


def read_list(document: Document, structure: Structure, ask: HostVariables | None = None) -> None:
    """Add the groups and hosts of `document`; without `_meta` the variables of each host are asked for."""
    value = document.value
    if not isinstance(value, dict):
        place = document.place(document.root)
        structure.problem("a list of groups is a mapping of their names to hosts", "", place)
        return
    reader = _Reader(document, structure, {})
    for name, group in value.items():
        if name != META:
            reader.group(value, name, group)
    meta = value.get(META)
    known = meta.get("hostvars") if isinstance(meta, dict) else None
    if META in value and not isinstance(known, dict):
        place = document.key_place(value, META)
        structure.problem(f"`{META}` holds no mapping `hostvars`", "write `{}` if there are none", place)
    for host in reader.hosts:
        if isinstance(known, dict):
            reader.variables(document, known, host, hosts=(host,))
        elif ask is not None and (asked := ask(host)) and asked.value:
            reader.variables(asked, {host: asked.value}, host, hosts=(host,))


class _Reader(Struct, frozen=True):
    document: Document
    structure: Structure
    hosts: dict[str, None]

    def group(self, parent: object, name: object, value: object) -> None:
        group = self._named(name, self.document.key_place(parent, name))
        if group is None:
            return
        body = value if isinstance(value, dict) else {"hosts": value}
        if not any(key in body for key in _KEYS):
            # what scripts of old printed for a single host
            self._hosts(group, [group.name], self.document.key_place(parent, name))
            self.structure.set_variables(Source(self.document, body, group.name))
            return
        if "hosts" in body:
            self._hosts(group, body["hosts"], self.document.value_place(body, "hosts"))
        if "vars" in body:
            self.variables(self.document, body, "vars", group=group.name)
        if "children" in body:
            self._children(group, body)

    def variables(
        self,
        document: Document,
        holder: dict[object, object],
        key: object,
        group: str = "",
        hosts: tuple[str, ...] = (),
    ) -> None:
        """Set the variables that `holder` has under `key`."""
        variables = holder.get(key, {})
        if isinstance(variables, dict):
            if variables:
                self.structure.set_variables(Source(document, variables, group, hosts))
            return
        place = document.value_place(holder, key)
        message = f"the variables of `{(group or hosts[0])[:100]}` are not a mapping"
        self.structure.problem(message, "", place)

    def _hosts(self, group: Group, names: object, place: Place) -> None:
        if not isinstance(names, list):
            self.structure.problem(f"the hosts of `{group.name}` are not a list", "", place)
            return
        for name in names:
            if is_name(name):
                self.hosts[name] = None
                self.structure.add_host(name, group, self.document.file)
            else:
                hint = NAME_HINT if isinstance(name, str) else QUOTE_HINT
                self.structure.problem(f"`{str(name)[:100]}` cannot be the name of a host", hint, place)

    def _children(self, group: Group, body: dict[object, object]) -> None:
        place = self.document.value_place(body, "children")
        children = body["children"]
        if not isinstance(children, list | dict):
            self.structure.problem(f"the children of `{group.name}` are not a list", "", place)
            return
        for name in children:
            child = self._named(name, place)
            if child is not None:
                self.structure.add_child(group, child.name, place)

    def _named(self, name: object, place: Place) -> Group | None:
        if is_name(name):
            return self.structure.group(str(name))
        hint = NAME_HINT if isinstance(name, str) else QUOTE_HINT
        self.structure.problem(f"`{str(name)[:100]}` cannot be the name of a group", hint, place)
        return None
