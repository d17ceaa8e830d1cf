"""An inventory as rows, as a tree, and as the document that `ansible-inventory --list` prints."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.inventory_text import Literal, is_expression
from podwright.redaction.names import names_a_secret, shows_no_secret
from podwright.reports.documents import API_VERSION
from podwright.secret import Secret
from podwright.text import counted

if TYPE_CHECKING:
    from podwright.inventory.node import Inventory, Node
    from podwright.inventory.variable_origins import Origin
    from podwright.operations.inventory_values import Value

Row = tuple[str, ...]
Hide = Callable[[object], object]
#: of a value in a table; a document has all of it
SHOWN = 60
REDACTED = "[redacted]"


def node_rows(nodes: Iterable[Node]) -> list[Row]:
    header = ("NODE", "ADDRESS", "GROUPS", "STATIC PODS")
    return [
        header,
        *(
            (
                node.name,
                node.connection.host or node.name,
                ", ".join(node.groups) or "-",
                ", ".join(pod.name for pod in node.static_pods) or "-",
            )
            for node in nodes
        ),
    ]


def nodes_document(nodes: Iterable[Node]) -> dict[str, object]:
    """For `-o json` and `-o yaml`; fields are only ever added within one apiVersion."""
    return {
        "apiVersion": API_VERSION,
        "kind": "NodeList",
        "nodes": [
            {
                "node": node.name,
                "address": node.connection.host or node.name,
                "groups": list(node.groups),
                "staticPods": [pod.name for pod in node.static_pods],
            }
            for node in nodes
        ],
    }


#: Ansible sets these itself, and prints none that an inventory holds
_INTERNAL = frozenset(
    [
        "inventory_hostname", "inventory_hostname_short", "inventory_dir", "inventory_file", "groups",
        "group_names", "hostvars", "playbook_dir", "play_hosts", "role_name", "role_names", "role_path",
        "role_uuid", "ansible_async_path", "ansible_collection_name", "ansible_config_file",
        "ansible_dependent_role_names", "ansible_diff_mode", "ansible_facts", "ansible_forks",
        "ansible_inventory_sources", "ansible_limit", "ansible_play_batch", "ansible_play_hosts",
        "ansible_play_hosts_all", "ansible_play_role_names", "ansible_playbook_python",
        "ansible_role_name", "ansible_role_names", "ansible_run_tags", "ansible_skip_tags",
        "ansible_verbosity", "ansible_version",
    ]
)  # fmt: skip


def ansible_document(inventory: Inventory, chosen: Iterable[Node]) -> dict[str, object]:
    """What `ansible-inventory --list` prints, key for key: values as they are written, groups without anything left out."""
    nodes = tuple(chosen)
    names = {node.name for node in nodes}
    written = (
        (node, {name: value for name, value in node.variables.items() if name not in _INTERNAL})
        for node in nodes
    )
    hostvars = {node.name: _as_ansible(variables) for node, variables in written if variables}
    document: dict[str, object] = {"_meta": {"hostvars": hostvars, "profile": "inventory_legacy"}}
    membership = inventory.origins.membership if inventory.origins else None
    for group in membership.groups if membership else ():
        own = [name for name in membership.own_hosts_of(group) if name in names] if membership else []
        below = list(membership.children_of(group)) if membership else []
        parts = {
            **({"children": below} if below else {}),
            **({"hosts": own} if own and group != "all" else {}),
        }
        if parts:
            document[group] = parts
    return document


def _as_ansible(value: object, *, named: bool = False) -> object:
    if isinstance(value, Sealed) and value.encrypted:
        return {"__ansible_vault": value.encrypted}
    shown = _plain(value, _as_ansible, named=named)
    return {"__ansible_unsafe": shown} if isinstance(value, Literal) and shown != REDACTED else shown


def graph_lines(inventory: Inventory, top: str = "all") -> Iterator[str]:
    """Groups and their nodes as `ansible-inventory --graph` draws them."""
    yield f"@{top}:"
    if inventory.origins:
        yield from _below(inventory, top, "  ")


def _below(inventory: Inventory, group: str, margin: str) -> Iterator[str]:
    if inventory.origins is None:
        return
    membership = inventory.origins.membership
    for child in membership.children_of(group):
        yield f"{margin}|--@{child}:"
        yield from _below(inventory, child, f"{margin}|  ")
    for host in membership.own_hosts_of(group) if group != "all" else ():
        yield f"{margin}|--{host}"


def value_rows(values: Iterable[Value], hide: Hide) -> list[Row]:
    """A row a variable: its value, where it is written, and what it overrides there. What `hide` leaves is cut."""
    return [("VARIABLE", "VALUE", "FROM", "OVERRIDES"), *(_value_row(value, hide) for value in values)]


def _value_row(value: Value, hide: Hide) -> Row:
    origins, named = value.origins, names_a_secret(value.name)
    where = _origin(origins[-1]) if origins else "-"
    overridden = [
        f"{_short(hide(plain_document(origin.value, named=named)))} ({_origin(origin)})"
        for origin in reversed(origins[:-1])
    ]
    shown = _short(hide(plain_document(value.value, named=named)))
    if value.problem:
        shown = f"cannot be evaluated: {value.problem}"
    return (value.name, shown, where, "; ".join(overridden) or "-")


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _origin(origin: Origin) -> str:
    whose = f"group {origin.group}" if origin.group else "host"
    return f"{origin.place} {whose}"


def values_document(node: str, values: Iterable[Value]) -> dict[str, object]:
    """For `-o json` and `-o yaml`; fields are only ever added within one apiVersion."""
    return {
        "apiVersion": API_VERSION,
        "kind": "VariableList",
        "node": node,
        "variables": [
            {
                "name": value.name,
                "value": plain_document(value.value, named=names_a_secret(value.name)),
                "problem": value.problem or None,
                "expression": value.expression,
                "origins": [
                    {
                        "file": origin.place.file,
                        "line": origin.place.line,
                        "column": origin.place.column,
                        "group": origin.group or None,
                        "value": plain_document(origin.value, named=names_a_secret(value.name)),
                    }
                    for origin in reversed(value.origins)
                ],
            }
            for value in values
        ],
    }


def plain_document(value: object, *, named: bool = False) -> object:
    """A value as JSON has it; a secret is not shown, nor what is `named` like one, however short and common it is."""
    return _plain(value, plain_document, named=named)


def _plain(value: object, below: Callable[..., object], *, named: bool) -> object:
    if isinstance(value, Secret):
        return REDACTED
    if isinstance(value, Mapping):
        return {str(key): below(item, named=named or names_a_secret(str(key))) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [below(item, named=named) for item in value]
    if named and not shows_no_secret(value) and not is_expression(value):
        return REDACTED
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def check_summary(inventory: Inventory, count: int) -> str:
    nodes, groups = len(inventory.nodes), len(inventory.groups) - 2
    return f"{counted(nodes, 'node')}, {counted(groups, 'group')}, {counted(count, 'finding')}"
