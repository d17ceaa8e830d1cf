"""Deletes static pods: removes the file, then waits until the sandbox and the mirror pod are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.errors import UsageError
from podwright.inventory.node import Node
from podwright.manifests.workload import SUFFIX, Workload
from podwright.operations.desired import Desired


def nothing_desired(nodes: Iterable[Node], names: Iterable[str]) -> tuple[Desired, ...]:
    """A push of nothing in the scope of `names` (templates' names, with or without `.yaml`), on every node.

    Neither the template nor the inventory's entry need exist: each pod's identity is read from the node's own file.
    Raises UsageError for what cannot be a template's name.
    """
    scope = tuple(names)
    named = file_names(scope)
    return tuple(
        Desired(node, absent=tuple(dict.fromkeys([*named, *_instances(node, scope)]))) for node in nodes
    )


def _instances(node: Node, names: tuple[str, ...]) -> Iterator[str]:
    """The files of the instances that the inventory gives the node of templates of these names."""
    for pod in node.static_pods:
        if pod.instance and pod.is_named([name.removesuffix(SUFFIX) for name in names]):
            yield Workload(pod.template, pod.instance).file_name


def file_names(names: Iterable[str]) -> tuple[str, ...]:
    """Of templates' names. Raises UsageError for what can be none."""
    return tuple(dict.fromkeys(_file_name(name) for name in names))


def _file_name(name: str) -> str:
    workload = Workload.named(name)
    if workload is None:
        message = f"`{name}` is not a legal name: letters, digits, `.`, `_` and `-`, beginning with a letter or digit"
        raise UsageError(message, hint="give a template's name, such as `haproxy`")
    return workload.file_name
