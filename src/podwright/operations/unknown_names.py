"""A name that neither the inventory nor any node knows is a mistyped one: nothing is done, and a like one is suggested."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.errors import UsageError
from podwright.inventory.node import Node
from podwright.manifests.workload import SUFFIX, whatever_slot
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome
from podwright.plan.observed import Observation
from podwright.suggestion import did_you_mean


def refuse_mistyped(
    file_names: Iterable[str], nodes: Iterable[Node], seen: Iterable[tuple[str, ...] | None]
) -> None:
    """Raises UsageError for a file that the inventory names on none of its `nodes`, and that none of those observed knows.

    `seen`: what each of these knows; if that is unknown of one, it may be any name.
    """
    seen = tuple(seen)
    entries = {entry for node in nodes for entry in node.static_pods}
    on_nodes = {whatever_slot(name).removesuffix(SUFFIX) for names in seen for name in names or ()}
    known = sorted(on_nodes.union(*({entry.template, entry.name} for entry in entries)))
    unknown = [name for name in (file.removesuffix(SUFFIX) for file in file_names) if name not in known]
    if unknown and None not in seen:
        raise UsageError(
            f"neither the inventory nor any observed node knows {', '.join(f'`{name}`' for name in unknown)}",
            hint=did_you_mean(unknown[0], known, f"they know: {', '.join(known) or 'none'}"),
        )


def refuse_mistyped_in(plans: Iterable[Prepared | Outcome], nodes: Iterable[Node]) -> None:
    """Of names that some node must have. Raises UsageError."""
    plans = tuple(plans)
    prepared = [plan for plan in plans if isinstance(plan, Prepared)]
    sought = dict.fromkeys(name for plan in prepared for name in plan.desired.sought)
    found = [names_on(plan.observation) if isinstance(plan, Prepared) else None for plan in plans]
    refuse_mistyped(sought, nodes, found)


def names_on(observation: Observation) -> tuple[str, ...] | None:
    """The files that the node has, or has a history of among those that were asked for; None: not all of it was seen."""
    if not observation.folder_seen or observation.history_problem:
        return None
    kept = (*(name for name, _ in observation.newest), *(one.name for one in observation.history or ()))
    return (*(file.name for file in observation.files), *kept)
