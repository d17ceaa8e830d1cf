"""Whether a node may lose its kubelet or its runtime for some seconds now, and what cannot be told about that."""

from __future__ import annotations

from msgspec import Struct

from podwright.plan.provision.kubelet_config import config_of
from podwright.plan.provision.kubelet_seen import KubeletSeen
from podwright.plan.provision.pressure import shortages, untold
from podwright.pods.fields import pairs
from podwright.problem import Problem
from podwright.remote.kube.mirrors import Mirrors


class Disruption(Struct, frozen=True):
    """What speaks against it, and what could not be told."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def disruption(node: str, kubelet: KubeletSeen, mirrors: Mirrors) -> Disruption:
    """Ask the API for the node's conditions, and the node itself if they are not known there."""
    warnings = []
    if kubelet.sandboxes_problem:
        why = kubelet.sandboxes_problem
        warnings.append(f"whether its pods outlive the restart will not be seen: {why}")
    conditions = mirrors.pressures(kubelet.facts.node_name) if kubelet.facts.node_name else None
    if conditions is not None:
        found = [f"the API shows `{name}`" for name in conditions]
    else:
        thresholds = pairs(config_of(kubelet).config, "evictionHard")
        found = [*shortages(thresholds, kubelet.room)]
        if unknown := untold(thresholds, kubelet.room):
            names = ", ".join(f"`{name}`" for name in unknown)
            warnings.append(f"whether it is under pressure is not known of {names}")
    problems = [
        Problem(f"it is under pressure, and its kubelet or runtime would restart: {one}", _HINT, node=node)
        for one in found
    ]
    return Disruption((*problems,), (*warnings,))


_HINT = "free what is short, then run the same command again"
