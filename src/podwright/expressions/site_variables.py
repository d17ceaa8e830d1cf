"""What expressions can see of an inventory; plain values, so it knows no jinja2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field


class SiteVariables(Struct, frozen=True):
    """The variables of every node as the inventory has them, and who is in which group.

    `files` say which source named a node; `common` are names that every variable wins over,
    `facts` what nodes told, by node: no expression in it is evaluated.
    """

    variables: Mapping[str, Mapping[str, object]]
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    groups_of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    node_names: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    common: Mapping[str, object] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
