"""What a template sees on one node: its variables, resolved when asked for, and those of the other nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from podwright.expressions.environment import LazyValue
from podwright.expressions.limits import RefusedError
from podwright.inventory.node import Inventory, Node
from podwright.inventory.scalars import Literal

#: Renders the text of an inventory value in a context; gives the native value where it is one expression.
Evaluate = Callable[[str, Mapping[str, object]], object]
_MAX_CHAIN = 50


class Fleet:
    """What is the same for every node of an inventory, worked out once."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.groups = {name: list(nodes) for name, nodes in inventory.groups.items()}
        self.nodes = {node.name: node for node in inventory.nodes}
        self._lazy: dict[int, tuple[Mapping[str, object], tuple[str, ...]]] = {}
        self._marked: dict[int, tuple[object, bool]] = {}

    def lazy_names(self, variables: Mapping[str, object]) -> tuple[str, ...]:
        """The names of the variables that hold a template anywhere; nodes that share variables share the answer."""
        known = self._lazy.get(id(variables))
        if known is None:
            names = tuple(name for name, value in variables.items() if self._is_marked(value))
            known = self._lazy[id(variables)] = variables, names
        return known[1]

    def _is_marked(self, value: object) -> bool:
        if isinstance(value, str):
            return "{{" in value or "{%" in value or type(value) is Literal
        if not isinstance(value, dict | list):
            return False
        known = self._marked.get(id(value))
        if known is None:
            items = value.values() if isinstance(value, dict) else value
            known = self._marked[id(value)] = value, any(self._is_marked(item) for item in items)
        return known[1]


class Scope:
    """The variables of one node during one render."""

    def __init__(self, fleet: Fleet, node: Node, evaluate: Evaluate, shared: dict[str, Scope]) -> None:
        self._fleet = fleet
        self._node = node
        self._evaluate = evaluate
        self._shared = shared
        self._resolved: dict[str, object] = {}
        self._context: dict[str, object] | None = None
        self._pending: list[str] = []
        shared[node.name] = self

    def context(self, base: Mapping[str, object]) -> dict[str, object]:
        """Return all variables by name, templates among them as LazyValue; `base` are the globals of templates."""
        if self._context is None:
            node, fleet = self._node, self._fleet
            context: dict[str, object] = {**base, **node.variables}
            for name in fleet.lazy_names(node.variables):
                context[name] = LazyValue(lambda name=name: self.resolve(name))  # type: ignore[misc]
            context["inventory_hostname"] = node.name
            context["inventory_hostname_short"] = node.name.partition(".")[0]
            context["group_names"] = list(node.groups)
            context["groups"] = fleet.groups
            context["hostvars"] = HostVariables(fleet, self._evaluate, self._shared, base)
            if node.settings.node_name is not None:
                context["podwright_node_name"] = node.settings.node_name
            self._context = context
        return self._context

    def resolve(self, name: str) -> object:
        """Return the value of a variable that holds a template; raises RefusedError where it refers to itself."""
        if name in self._resolved:
            return self._resolved[name]
        if name in self._pending:
            circle = " > ".join([*self._pending[self._pending.index(name) :], name])
            raise RefusedError(
                f"the variables {circle} go round in a circle", "give one of them a plain value"
            )
        if len(self._pending) > _MAX_CHAIN:
            raise RefusedError(f"more than {_MAX_CHAIN} variables that refer to each other")
        self._pending.append(name)
        try:
            value = self._resolved[name] = self._filled(self._node.variables[name])
        finally:
            self._pending.pop()
        return value

    def _filled(self, value: object) -> object:
        if isinstance(value, str):
            if type(value) is Literal or not ("{{" in value or "{%" in value):
                return str(value)
            return self._evaluate(value, self._context or {})
        if isinstance(value, dict):
            return {key: self._filled(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._filled(item) for item in value]
        return value


class NodeVariables(Mapping[str, object]):
    """`hostvars['cp-1']`: one node's variables, each resolved when it is looked at."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> object:
        value = self._values[name]
        return value.resolve() if type(value) is LazyValue else value

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class HostVariables(Mapping[str, NodeVariables]):
    """`hostvars`: every node's variables; those of a node are put together when it is looked up."""

    def __init__(
        self, fleet: Fleet, evaluate: Evaluate, shared: dict[str, Scope], base: Mapping[str, object]
    ) -> None:
        self._fleet = fleet
        self._evaluate = evaluate
        self._shared = shared
        self._base = base

    def __getitem__(self, name: str) -> NodeVariables:
        node = self._fleet.nodes[name]
        scope = self._shared.get(name) or Scope(self._fleet, node, self._evaluate, self._shared)
        context = scope.context(self._base)
        hidden = self._base.keys() | {"hostvars"}
        return NodeVariables({key: value for key, value in context.items() if key not in hidden})

    def __contains__(self, name: object) -> bool:
        return name in self._fleet.nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._fleet.nodes)

    def __len__(self) -> int:
        return len(self._fleet.nodes)
