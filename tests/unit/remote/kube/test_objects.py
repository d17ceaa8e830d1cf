"""Pods, nodes and events as the API sends them, and as nobody should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.errors import ClusterAnswerError
from podwright.plan.observed import ContainerState
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube.cluster import NodeStatus
from podwright.remote.kube.events import read_event
from podwright.remote.kube.objects import mirror_pod, node_status

RECORDED = Path(__file__).parents[3] / "recorded" / "watch"


def named(**more) -> dict:
    return {"metadata": {"namespace": "default", "name": "web-n1", **more}}


def test_a_mirror_pod_with_our_stamp():
    annotations = {
        "kubernetes.io/config.mirror": "0d60a797",
        "podwright.dev/digest": "sha256:abc",
        "podwright.dev/generation": "12",
    }
    pod = mirror_pod(
        {
            **named(
                annotations=annotations, uid="u", finalizers=["a/b"], deletionTimestamp="2026-11-23T00:00:00Z"
            ),
            "spec": {"nodeName": "n1"},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
        }
    )
    assert pod.ref == PodRef("default", "web-n1")
    assert (pod.config_mirror, pod.digest, pod.generation) == ("0d60a797", "sha256:abc", 12)
    assert (pod.node_name, pod.uid, pod.phase, pod.ready, pod.deleting) == ("n1", "u", "Running", True, True)
    assert pod.finalizers == ("a/b",)


def test_a_regular_pod_has_no_mirror_annotation():
    pod = mirror_pod(named())
    assert pod.config_mirror is None
    assert (pod.ready, pod.deleting) == (False, False)
    assert pod.digest is None
    assert pod.generation is None


def test_recorded_container_states():
    last = (RECORDED / "15e-init-failing.jsonl").read_text().splitlines()[9]
    pod = mirror_pod(json.loads(last)["object"])
    init, main = pod.containers
    assert (init.name, init.state, init.reason) == ("i", "waiting", "CrashLoopBackOff")
    assert (init.restart_count, init.exit_code) == (2, 7)
    assert main == ContainerState("c", "waiting", reason="PodInitializing")


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ({"state": {"terminated": {"exitCode": 3}}, "lastState": {"terminated": {"exitCode": 1}}}, 3),
        ({"state": {"running": {}}, "lastState": {"terminated": {"exitCode": 137}}}, 137),
        ({"state": {"running": {}}, "lastState": {}}, None),
        ({"state": {"terminated": {"exitCode": "3"}}}, None),
        ({"state": {"terminated": {"exitCode": True}}}, None),
        ({"state": {"terminated": {"exitCode": 10**40}}}, None),
    ],
)
def test_the_exit_code_is_of_the_last_end(states, code):
    pod = mirror_pod({**named(), "status": {"containerStatuses": [{"name": "c", **states}]}})
    assert pod.containers[0].exit_code == code


@pytest.mark.parametrize("generation", ["-1", "1.5", "", "٣", "9" * 19, "x", 7, None, ["1"]])
def test_a_generation_that_is_none_is_none(generation):
    assert mirror_pod(named(annotations={"podwright.dev/generation": generation})).generation is None


def test_texts_and_lists_are_bounded():
    status = {
        "phase": "x" * 10_000,
        "containerStatuses": [{"name": "c", "state": {"waiting": {"message": "y" * 99_999}}}] * 9_999,
    }
    pod = mirror_pod({**named(finalizers=["z"] * 9_999), "status": status})
    assert len(pod.phase) == 1024
    assert len(pod.containers) == 500
    assert len(pod.containers[0].message) == 1024
    assert len(pod.finalizers) == 50


@pytest.mark.parametrize(
    "thing", [{}, {"metadata": []}, {"metadata": {"name": "x"}}, {"metadata": {"namespace": "x", "name": 7}}]
)
def test_what_has_no_name_is_no_pod(thing):
    with pytest.raises(ClusterAnswerError, match="without a name"):
        mirror_pod(thing)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_CONTAINER = st.fixed_dictionaries(
    {}, optional={"name": JSON, "state": JSON, "ready": JSON, "restartCount": JSON}
)


@given(
    spec=JSON,
    status=JSON
    | st.fixed_dictionaries(
        {},
        optional={
            "phase": JSON,
            "conditions": JSON
            | st.lists(st.fixed_dictionaries({"type": st.just("Ready"), "status": JSON}), max_size=2),
            "containerStatuses": st.lists(_CONTAINER | JSON, max_size=3),
            "initContainerStatuses": JSON,
        },
    ),
    metadata=st.fixed_dictionaries(
        {}, optional={"annotations": JSON, "finalizers": JSON, "uid": JSON, "deletionTimestamp": JSON}
    ),
)
def test_no_shape_crashes(spec, status, metadata):
    pod = mirror_pod({**named(**metadata), "spec": spec, "status": status})
    assert isinstance(pod.phase, str)
    assert all(container.state in {"running", "waiting", "terminated"} for container in pod.containers)
    read_event({**metadata, "series": spec, "count": status, "message": spec})
    node_status({"metadata": {**metadata, "name": "n1"}, "status": status})


def test_a_node_is_read_with_what_a_verdict_depends_on():
    node = node_status(
        {
            "metadata": {"name": "n1", "labels": {"zone": "a", "bad": 1}},
            "status": {"nodeInfo": {"kubeletVersion": "v1.36.2"}, "allocatable": {"cpu": "2"}},
        }
    )
    assert node == NodeStatus("n1", None, "v1.36.2", labels=(("zone", "a"),), allocatable=(("cpu", "2"),))
    assert node_status({"metadata": {"name": "n1"}}) == NodeStatus("n1")


@pytest.mark.parametrize(
    ("status", "ready"), [("True", True), ("False", False), ("Unknown", None), ("", None)]
)
def test_a_node_is_ready_not_ready_or_unknown(status, ready):
    conditions = [{"type": "MemoryPressure", "status": "False"}, {"type": "Ready", "status": status}]
    assert node_status({"metadata": {"name": "n1"}, "status": {"conditions": conditions}}).ready is ready


def test_a_node_without_a_name_is_not_an_answer():
    with pytest.raises(ClusterAnswerError):
        node_status({})
