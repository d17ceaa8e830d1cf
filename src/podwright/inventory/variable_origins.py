"""Knows where each value of a node's variables is written, and what it overrides."""

from __future__ import annotations

from msgspec import Struct

from podwright.inventory.precedence import Membership
from podwright.inventory.structure import PRIORITY, Source
from podwright.problem import Place


class Origin(Struct, frozen=True):
    """One place that gives a variable a value; `group` is whose it is there, or "" for the host's own."""

    value: object
    place: Place
    group: str


class Origins(Struct, frozen=True):
    """Every mapping of variables in the order in which it was read, and who is in which group."""

    sources: tuple[Source, ...]
    membership: Membership

    def of(self, node: str) -> dict[str, tuple[Origin, ...]]:
        """Return what is said of each variable of a node, weakest first: the last one is its value."""
        found: dict[str, list[Origin]] = {}
        for source in self._weakest_first(node):
            for name, value in source.variables.items():
                if name != PRIORITY or source.folder is not None or not source.group:
                    place = source.document.key_place(source.variables, name)
                    found.setdefault(str(name), []).append(Origin(value, place, source.group))
        return {name: tuple(origins) for name, origins in found.items()}

    def source(self, node: str, name: str) -> Source | None:
        """Return the one whose value of a variable counts on a node."""
        return next((one for one in reversed(self._weakest_first(node)) if name in one.variables), None)

    def _weakest_first(self, node: str) -> list[Source]:
        """Ansible's VARIABLE_PRECEDENCE, as `group_layers` and `host_layers` have it."""
        groups = ("all", *self.membership.groups_of(self.membership.direct[node]))
        ranks = {name: number for number, name in enumerate(groups)}

        def rank(source: Source) -> tuple[int, int, int]:
            folder = -1 if source.folder is None else source.folder
            if source.outer:
                return 4 * source.outer, 0, 0
            if not source.group:
                return 3, folder, 0
            if folder < 0:
                return 0, ranks[source.group], 0
            return (1, folder, 0) if source.group == "all" else (2, folder, ranks[source.group])

        own = (one for one in self.sources if one.outer or one.group in ranks or node in one.hosts)
        return sorted(own, key=rank)
