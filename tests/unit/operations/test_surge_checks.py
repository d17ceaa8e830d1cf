"""Which pods may start beside themselves: known before any connection."""

from __future__ import annotations

from tests.fakes.nouns import manifest

from podwright.inventory.node import Connection, Node, StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.operations.surge_checks import never_beside, surging

SURGE = PodSettings(strategy="surge")


def node(settings: PodSettings) -> Node:
    return Node("n1", Connection("n1"), (StaticPod("web", settings=settings), StaticPod("other")))


def told(settings: PodSettings, *manifests) -> list[str]:
    return [str(problem.message) for problem in never_beside(node(settings), manifests)]


def test_only_pods_of_that_strategy_are_asked_about() -> None:
    assert [*surging(node(SURGE))] == ["web.yaml"]
    assert told(PodSettings(), manifest(), manifest("other")) == []
    assert told(PodSettings(strategy="surge", runs_twice=True), manifest(), manifest("other")) == []


def test_one_that_cannot_is_told_with_the_reason() -> None:
    [message] = told(SURGE, manifest())
    assert message.startswith("`web.yaml` cannot start beside its old pod: it uses the network of the node")


def test_a_name_that_the_second_slot_makes_too_long_is_told() -> None:
    [message] = told(PodSettings(strategy="surge", runs_twice=True), manifest("w" * 250, template="web"))
    assert "metadata.name" in message
