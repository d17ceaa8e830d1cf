"""Which pods the inventory lets run twice on a node for a while, and which of them never can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from podwright.errors import ManifestError
from podwright.inventory.node import Node, StaticPod
from podwright.inventory.pod_settings import SURGE
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.plan.slots import obstacle
from podwright.problem import Problem


def surging(node: Node) -> Mapping[str, StaticPod]:
    """By the file of its first slot, each pod whose new generation starts beside the old one."""
    pods = (pod for pod in node.static_pods if pod.settings.strategy == SURGE)
    return {Workload(pod.template, pod.instance).file_name: pod for pod in pods}


def never_beside(node: Node, manifests: Iterable[Manifest]) -> Iterator[Problem]:
    """What could not even start beside itself: known before any connection."""
    pods = surging(node)
    for manifest in manifests:
        if manifest.file_name in pods:
            try:
                other = manifest.in_slot(2, kubernetes_version=node.settings.kubernetes_version)
            except ManifestError as error:
                yield from (replace(problem, node=node.name) for problem in error.problems)
            else:
                yield from not_beside(node, manifest, other)


def not_beside(node: Node, old: Manifest, new: Manifest) -> Iterator[Problem]:
    """Why the pod of `new` cannot start beside that of `old`."""
    name = old.workload.slots[0].file_name
    pod = surging(node).get(name)
    if pod and (why := obstacle(old, new, runs_twice=bool(pod.settings.runs_twice))):
        yield Problem(
            f"`{name}` cannot start beside its old pod: {why}",
            "take `podwright_strategy: surge` out for it; docs/rollouts.md says what else can be set",
            node=node.name,
        )
