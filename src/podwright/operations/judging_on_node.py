"""Judges manifests once more after their node was observed: for its own kubelet's version and what it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.plan.observed import Observation
from podwright.problem import Problem
from podwright.remote.kube.mirrors import Mirrors
from podwright.validation.checks.quantities import parse_quantity
from podwright.validation.judge import judge
from podwright.validation.node_and_cluster import Surroundings
from podwright.validation.versions import DEFAULT_MINOR, minor_of

if TYPE_CHECKING:
    from podwright.remote.kube.cluster import NodeStatus


def refused_on_node(
    manifests: Iterable[Manifest], node: Node, observation: Observation, mirrors: Mirrors
) -> Iterator[Problem]:
    """What this node would refuse although it was fit for the inventory's version and any node.

    Nothing if the API shows no such node: then nothing more is known than before.
    """
    manifests = tuple(manifests)
    shown = mirrors.node(observation.node_name) if manifests else None
    if shown is None:
        return
    named = node.settings.kubernetes_version
    own = minor_of(shown.kubelet_version)
    other_version = own is not None and own != (minor_of(named) or DEFAULT_MINOR)
    for manifest in manifests:
        if not other_version and not manifest.depends:
            continue  # it was judged so before
        verdict = judge(
            manifest.text(1).encode("utf-8", "surrogatepass"),
            file_name=manifest.file_name,
            node_name=observation.node_name,
            kubernetes_version=shown.kubelet_version if own is not None else named,
            silenced=node.settings.silenced_rules,
            known=_surroundings(shown),
        )
        for finding in verdict.errors:
            hint = _version_hint(shown.kubelet_version) if other_version else finding.hint
            yield Problem(f"`{manifest.file_name}`: {finding.message}", hint, node=observation.node)


def _version_hint(version: str) -> str:
    return f"its kubelet is {version}: set `podwright_kubernetes_version`, so that `podwright manifest validate` finds this"


def _surroundings(shown: NodeStatus) -> Surroundings:
    """What the API shows of the node; what it does not show stays unknown."""
    allocatable = {name: parse_quantity(amount) or Fraction(0) for name, amount in shown.allocatable}
    return Surroundings(node_labels=dict(shown.labels) or None, allocatable=allocatable or None)
