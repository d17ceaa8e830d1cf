"""After the look a manifest is judged for the node's own version, labels and resources."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import observation, pod_text
from tests.unit.operations.conftest import FakeMirrors

from podwright.inventory.node import Connection, Node, NodeSettings
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import Workload
from podwright.operations.judging_on_node import refused_on_node
from podwright.remote.kube.cluster import NodeStatus

NODE = NodeStatus(
    "n1", labels=(("zone", "a"),), allocatable=(("cpu", "4"), ("memory", "8Gi"), ("pods", "110"))
)
#: before 1.35 only an init container may have one
NEWER = "    restartPolicy: OnFailure\n"


def refused(
    text: str, *, version: str = "v1.36.2", named: str | None = None, node: NodeStatus = NODE
) -> list[tuple[str, str]]:
    manifest = Manifest.parse(Workload("web"), text, kubernetes_version=named)
    mirrors = FakeMirrors(version=version, shown_node=node)
    settings = NodeSettings(kubernetes_version=named)
    found = refused_on_node(
        [manifest], Node("n1", Connection("h"), settings=settings), observation(), mirrors
    )
    return [(problem.message, problem.hint) for problem in found]


@pytest.mark.parametrize("named", [None, "1.36"])
def test_a_kubelet_older_than_the_inventory_says_refuses_what_is_newer(named) -> None:
    [(message, hint)] = refused(pod_text() + NEWER, version="v1.33.4", named=named)
    assert "before Kubernetes 1.35" in message
    assert "its kubelet is v1.33.4" in hint


@pytest.mark.parametrize("version", ["v1.36.2", "v1.37.0", "", "a new one"])
def test_a_kubelet_that_is_new_enough_or_unknown_refuses_nothing(version) -> None:
    assert refused(pod_text() + NEWER, version=version) == []


@pytest.mark.parametrize(
    ("zone", "refusals"), [("a", 0), ("b", 1)], ids=["the node has the label", "the node lacks it"]
)
def test_a_node_selector_is_held_against_the_nodes_labels(zone, refusals) -> None:
    assert len(refused(pod_text(extra=f"  nodeSelector: {{zone: {zone}}}\n"))) == refusals


@pytest.mark.parametrize(("memory", "refusals"), [("6Gi", 0), ("9Gi", 1)])
def test_requests_are_held_against_what_the_node_has(memory, refusals) -> None:
    found = refused(pod_text().replace("memory: 16Mi", f"memory: {memory}"))
    assert len(found) == refusals
    assert all(f"requests `memory` of {memory}, which the node must have" in message for message, _ in found)


def test_what_the_api_does_not_show_stays_unknown() -> None:
    bare = NodeStatus("n1")
    assert refused(pod_text(extra="  nodeSelector: {zone: b}\n"), node=bare) == []


def test_without_a_node_object_nothing_more_is_known() -> None:
    mirrors = FakeMirrors()
    mirrors.node = lambda _: None
    manifest = Manifest.parse(Workload("web"), pod_text(extra="  nodeSelector: {zone: b}\n"))
    node = Node("n1", Connection("h"))
    assert list(refused_on_node([manifest], node, replace(observation()), mirrors)) == []


def test_the_api_is_not_asked_when_nothing_is_to_be_written() -> None:
    mirrors = FakeMirrors()

    def never(_: str) -> NodeStatus:
        raise AssertionError("the API was asked")

    mirrors.node = never
    assert list(refused_on_node([], Node("n1", Connection("h")), observation(), mirrors)) == []
