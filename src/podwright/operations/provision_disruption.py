"""Whether a node may lose its kubelet or its runtime for some seconds now, and what cannot be told about that."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from podwright.operations.prepare import Prepared
from podwright.plan.observed import KubeletFacts
from podwright.plan.provision.kubelet_config import config_of
from podwright.plan.provision.kubelet_observed import KubeletSeen
from podwright.plan.provision.pressure import Least, least_of, shortages, untold
from podwright.pods.go_fields import pairs
from podwright.problem import Problem
from podwright.remote.kube.mirrors import Mirrors
from podwright.validation.kubelet.defaults import EVICTION_HARD


class Disruption(Struct, frozen=True):
    """What speaks against it, what could not be told, and what the node must not fall below until then."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    least: tuple[Least, ...] = ()


def asked_again(prepared: Prepared, mirrors: Mirrors) -> Prepared:
    """Hours may have passed since it was planned; what the API does not tell, the node finds out under its lock."""
    if not prepared.disruptive:
        return prepared
    problems = _pressed(prepared.plan.node, prepared.observation.kubelet, mirrors)
    return prepared if problems is None else replace(prepared, problems=problems, least=())


def _pressed(node: str, kubelet: KubeletFacts, mirrors: Mirrors) -> tuple[Problem, ...] | None:
    """The pressures that the API shows now; None: it does not tell."""
    conditions = mirrors.pressures(kubelet.node_name) if kubelet.node_name else None
    return (
        None if conditions is None else tuple(_problem(node, f"the API shows `{one}`") for one in conditions)
    )


def _problem(node: str, what: str) -> Problem:
    message = f"it is under pressure, and its kubelet or runtime would restart: {what}"
    return Problem(message, "free what is short, then run the same command again", node=node)


def disruption(node: str, kubelet: KubeletSeen, mirrors: Mirrors) -> Disruption:
    """Ask the API for the node's conditions, and the node itself if they are not known there."""
    warnings = []
    if kubelet.sandboxes_problem:
        why = kubelet.sandboxes_problem
        warnings.append(f"whether its pods outlive the restart will not be seen: {why}")
    problems = _pressed(node, kubelet.facts, mirrors)
    # one that shows no main file is held to what most kubelets have
    config = {"evictionHard": EVICTION_HARD} if kubelet.main is None else config_of(kubelet).config
    thresholds = pairs(config, "evictionHard")
    if problems is None:
        problems = tuple(_problem(node, one) for one in shortages(thresholds, kubelet.room))
        if unknown := untold(thresholds, kubelet.room):
            names = ", ".join(f"`{name}`" for name in unknown)
            warnings.append(f"whether it is under pressure is not known of {names}")
    return Disruption(problems, (*warnings,), tuple(least_of(thresholds, kubelet.room)))
