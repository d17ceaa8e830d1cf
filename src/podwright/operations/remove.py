"""Truly deletes static pods: the file goes, then the sandbox and the mirror pod are seen to vanish."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.errors import UsageError
from podwright.inventory.node import Node
from podwright.manifests.file_names import file_name_problem
from podwright.manifests.manifest import SUFFIX
from podwright.operations.desired import Desired


def nothing_desired(nodes: Iterable[Node], names: Iterable[str]) -> tuple[Desired, ...]:
    """A push of nothing in the scope of `names` (templates' names, with or without `.yaml`), on every node.

    Neither the template nor the inventory's entry need exist: each pod's identity is read from the node's own file.
    Raises UsageError for what can be no template's name.
    """
    absent = tuple(dict.fromkeys(_file_name(name) for name in names))
    return tuple(Desired(node, absent=absent) for node in nodes)


def _file_name(name: str) -> str:
    file_name = name if name.endswith(SUFFIX) else name + SUFFIX
    problem = file_name_problem(file_name)
    if problem:
        raise UsageError(f"`{name}` {problem}", hint="give a template's name, such as `haproxy`")
    return file_name
