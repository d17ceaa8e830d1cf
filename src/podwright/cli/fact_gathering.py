"""Gathers the facts of nodes before templates are rendered, as `--gather-facts` asks; recent ones come from the cache."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from podwright.cli.console import note
from podwright.cli.diagnostics import show_problems
from podwright.cli.progress import progress
from podwright.operations.node_facts import gather_facts
from podwright.plan.fact_values import for_templates
from podwright.remote.ssh.local_account import home_folder
from podwright.state.fact_cache import FactCache, facts_folder
from podwright.text import counted

if TYPE_CHECKING:
    from podwright.inventory.node import Inventory, Node
    from podwright.operations.world import World

FORKS = 32


def with_facts(
    inventory: Inventory,
    nodes: tuple[Node, ...],
    outside: Callable[[], AbstractContextManager[World]],
    most_age: float,
) -> Inventory:
    """The inventory with the facts of these nodes; those of a node that cannot be reached are not there, and it is told."""
    cache = FactCache(facts_folder(home_folder()), str(Path(inventory.source).absolute()), time.time())
    remembered = {node.name: found for node in nodes if (found := cache.known(node.name, most_age))}
    values: dict[str, Mapping[str, object]] = {name: found.values for name, found in remembered.items()}
    missing = tuple(node for node in nodes if node.name not in values)
    if missing:
        with outside() as world, progress(len(missing), "node facts") as bar:
            report = gather_facts(missing, world, time.time, forks=FORKS, processors=(bar,))
        show_problems(report.problems)
        for result in report.nodes:
            if result.value.facts:
                values[result.node] = for_templates(result.value.facts)
                cache.keep(result.node, values[result.node])
    if remembered:
        oldest = max(found.age for found in remembered.values())
        note(
            f"the facts of {counted(len(remembered), 'node')} are from the cache, up to {oldest:.0f} s old;"
            " `--facts-age 0` gathers them again"
        )
    return replace(inventory, facts=values)
