"""What a node should run that only the node itself knows: what lies there already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from podwright.manifests.manifest import Manifest
from podwright.operations.desired import Desired, Restart
from podwright.plan.images import is_stale
from podwright.plan.observed import Observation, ObservedFile
from podwright.problem import Problem
from podwright.remote.node.observe import EVERY_DAY, Part


def parts_for(desired: Desired) -> frozenset[Part]:
    """What is to be observed for it; reading more would cost every push."""
    match desired.from_node:
        case Restart(stale=True):
            return EVERY_DAY | {Part.IMAGES}
    return EVERY_DAY


def filled_in(desired: Desired, observation: Observation) -> tuple[Desired, tuple[Problem, ...]]:
    """With the manifests that were asked for by what lies on the node, and why some cannot be had."""
    match desired.from_node:
        case Restart() as restart:
            files = tuple(_chosen(restart, observation))
            found = tuple(_problems(files, observation))
            manifests = (file.manifest for file in files if isinstance(file.manifest, Manifest))
            return replace(desired, manifests=() if found else tuple(manifests)), found
    return desired, ()


def _chosen(restart: Restart, observation: Observation) -> Iterator[ObservedFile]:
    for file in observation.files:
        named = file.name in restart.names if restart.names else file.managed
        if named and not (restart.stale and _is_fresh(file, observation)):
            yield file


def _is_fresh(file: ObservedFile, observation: Observation) -> bool:
    return isinstance(file.manifest, Manifest) and not is_stale(file.manifest, observation)


def _problems(files: tuple[ObservedFile, ...], observation: Observation) -> Iterator[Problem]:
    """A restart writes what lies there once more, so that must be what podwright wrote."""
    for file in files:
        if not file.managed or not isinstance(file.manifest, Manifest):
            yield Problem(
                f"`{file.name}` was not written by podwright, or is not what a kubelet runs",
                "`--adopt` of `podwright manifest push` takes it over, which restarts it too",
                node=observation.node,
            )
        elif file.stamp.digest != file.manifest.digest:
            yield Problem(
                f"`{file.name}` was changed by hand",
                "`podwright manifest diff` shows what a push would make of it; push it, which restarts it too",
                node=observation.node,
            )
