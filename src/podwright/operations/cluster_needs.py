"""What a cluster must have for pods to get mirrors: known before any node is touched, although the pods would run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.operations.desired import Desired
from podwright.operations.world import Settings, World
from podwright.plan.expectations import WaitFor
from podwright.problem import Problem
from podwright.validation.checks.admission import ALWAYS_THERE, PRIORITIES


def missing_in_cluster(desired: Iterable[Desired], world: World, settings: Settings) -> tuple[Problem, ...]:
    """Namespaces and priority classes that pods name and the API lacks, each asked for once; none if it cannot be asked."""
    namespaces: dict[str, dict[str, None]] = {}
    classes: dict[str, dict[str, None]] = {}
    for one in desired:
        if settings.wait_for_on(one.node).includes(WaitFor.MIRROR):
            for manifest in one.manifests:
                namespaces.setdefault(manifest.pod.namespace, {}).setdefault(manifest.file_name)
                classes.setdefault(manifest.needs.priority_class, {}).setdefault(manifest.file_name)
    return (*_namespaces(namespaces, world), *_classes(classes, world))


def _namespaces(files: dict[str, dict[str, None]], world: World) -> Iterator[Problem]:
    for name, used_by in files.items():
        if name not in ALWAYS_THERE and world.mirrors.lacks_namespace(name):
            yield _missing(f"namespace `{name}`", used_by, f"create it (`kubectl create namespace {name}`)")


def _classes(files: dict[str, dict[str, None]], world: World) -> Iterator[Problem]:
    for name, used_by in files.items():
        if name not in PRIORITIES and world.mirrors.lacks_priority_class(name):
            how = f"correct the name, or create it (`kubectl create priorityclass {name}`)"
            yield _missing(f"PriorityClass `{name}`", used_by, how)


def _missing(what: str, files: Iterable[str], how: str) -> Problem:
    names = ", ".join(f"`{name}`" for name in files)
    return Problem(
        f"there is no {what}, so the pods of {names} could have no mirror pods",
        f"{how}, or settle for `--wait-for running`",
    )
