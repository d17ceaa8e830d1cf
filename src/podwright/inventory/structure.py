"""All groups and hosts of an inventory as its sources name them, before any precedence is worked out."""

from __future__ import annotations

from dataclasses import dataclass, field

from podwright.inventory.document import Document
from podwright.problem import Place


@dataclass(slots=True)
class Group:
    """A group as the files say it; `priority` is Ansible's `ansible_group_priority`."""

    name: str
    variables: dict[object, object] = field(default_factory=dict)
    children: dict[str, Place] = field(default_factory=dict)
    hosts: dict[str, None] = field(default_factory=dict)
    priority: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """One mapping of variables as it stands in a file."""

    document: Document
    variables: dict[object, object]


@dataclass(slots=True)
class Structure:
    """All groups and hosts of an inventory, in the order they are first named, with the variables beside them."""

    groups: dict[str, Group] = field(
        default_factory=lambda: {"all": Group("all"), "ungrouped": Group("ungrouped")}
    )
    hosts: dict[str, dict[object, object]] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
