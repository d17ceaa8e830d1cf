"""Puts what is desired into the slots of a node: beside what runs there, or in its place."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from podwright.manifests.manifest import Manifest
from podwright.operations.desired import Desired, Restart, Rollback
from podwright.operations.surge_checks import not_beside, surging
from podwright.plan.expectations import WaitFor
from podwright.plan.observed import Observation
from podwright.plan.slots import Placed, placed, with_second_slots
from podwright.problem import Problem


def in_slots(desired: Desired, observation: Observation, wait_for: WaitFor) -> tuple[Desired, Placed]:
    """What is desired, in the slots that the node's workloads have or are to have.

    Without a proof nothing starts beside what runs: it is updated where it lies.
    """
    # what failed is taken back by its own file's name
    by_file = isinstance(desired.from_node, Rollback)
    wanted = {manifest.file_name for manifest in desired.manifests}
    where = placed(
        desired.manifests,
        desired.absent if by_file else with_second_slots(desired.absent, observation, wanted),
        observation,
        surging=() if wait_for is WaitFor.FILE else surging(desired.node),
        restart=isinstance(desired.from_node, Restart),
        kubernetes_version=desired.node.settings.kubernetes_version,
    )
    return replace(desired, manifests=where.manifests, absent=where.absent), where


def refused_beside(desired: Desired, where: Placed) -> Iterator[Problem]:
    """What cannot start beside what runs on the node."""
    for manifest in desired.manifests:
        old = where.beside.get(manifest.file_name)
        if old and isinstance(old.manifest, Manifest):
            yield from not_beside(desired.node, old.manifest, manifest)
