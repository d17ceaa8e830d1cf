"""Which node is to have each pod that runs on one node at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from podwright.errors import ProblemsError
from podwright.inventory.node import Inventory, Node
from podwright.manifests.workload import Workload
from podwright.operations.judging import workloads_on
from podwright.problem import Problem
from podwright.text import abbreviated


def single_pods(inventory: Inventory, nodes: Iterable[Node], only: tuple[str, ...]) -> Mapping[str, str]:
    """Of each single pod that one of `nodes` is to have, its file and that node; with `only`, of these templates alone.

    Raises ProblemsError if two nodes want the same one.
    """
    single = files_of_singles(inventory.nodes)
    wanted: dict[str, list[str]] = {}
    for node in nodes:
        for workload in workloads_on(node, only):
            if workload.file_name in single:
                wanted.setdefault(workload.file_name, []).append(node.name)
    if problems := [_wanted_twice(name, by) for name, by in wanted.items() if len(by) > 1]:
        raise ProblemsError(problems)
    return {name: by[0] for name, by in wanted.items()}


def files_of_singles(nodes: Iterable[Node]) -> frozenset[str]:
    """Of every pod that some node's entry calls single; the others' need not repeat it."""
    pods = (pod for node in nodes for pod in node.static_pods if pod.settings.single)
    return frozenset(Workload(pod.template, pod.instance).file_name for pod in pods)


def _wanted_twice(name: str, nodes: list[str]) -> Problem:
    return Problem(
        f"`{name}` is to run on one node at a time, and {len(nodes)} want it: {abbreviated(nodes)}",
        "call it `absent` on all but one of them, or choose fewer with -l",
    )
