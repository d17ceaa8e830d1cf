"""Tasks, plans and results come back from JSON as they went in."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, observed_file, plan_of, running, written

from podwright.inventory.node import Connection, Node, NodeSettings
from podwright.operations.desired import Desired
from podwright.operations.drift import NodeDrift
from podwright.operations.prepare import Prepared
from podwright.operations.report import Applied, Convergence, NodeResult, Report, Status
from podwright.operations.world import Settings
from podwright.plan.changes import Action, Change
from podwright.plan.drift import drift
from podwright.plan.expectation_progress import Gap
from podwright.plan.expectations import WaitFor
from podwright.plan.node_view import MirrorsSeen
from podwright.plan.proof import Instant, Proof
from podwright.plan.provision.item import Item, Kind, Seen, Thing
from podwright.plan.reasons import Check, because
from podwright.plan.stages import Plan, Stage
from podwright.plan.words import problem
from podwright.problem import Place, Problem
from podwright.secret import Secret
from podwright.state.codec import from_document, to_document

NAMES = ("web", "api", "dns")
PORTS = st.sampled_from(["", "\n    ports: [{containerPort: 8443}]", "\n    ports: [{containerPort: 9443}]"])
MANIFESTS = st.builds(
    lambda name, tag, port: manifest(name, image=f"example.com/web:{tag}{port}"),
    st.sampled_from(NAMES),
    st.integers(1, 3),
    PORTS,
)
FILES = st.one_of(
    st.builds(written, MANIFESTS, st.integers(1, 5)),
    st.builds(
        lambda name, text: observed_file(f"{name}.yaml", text), st.sampled_from(NAMES), st.binary(max_size=20)
    ),
)
LOOKS = st.builds(
    lambda files, pods: observation(*{file.name: file for file in files}.values(), pods=pods),
    st.lists(FILES, max_size=4),
    st.none() | st.lists(st.builds(running, MANIFESTS), max_size=3).map(tuple),
)
PROBLEMS = st.builds(
    Problem, st.text(), st.text(), st.none() | st.builds(Place, st.text()), st.none() | st.text()
)


def again(value, of=None):
    return from_document(of or type(value), json.loads(json.dumps(to_document(value, of))))


@st.composite
def plans(draw) -> Plan:
    desired = {one.file_name: one for one in draw(st.lists(MANIFESTS, max_size=3))}
    absent = [f"{name}.yaml" for name in NAMES if f"{name}.yaml" not in desired]
    return plan_of(desired.values(), absent, draw(LOOKS))


@settings(max_examples=60, deadline=None)
@given(plans())
def test_a_plan_comes_back(plan) -> None:
    assert again(plan) == plan
    assert pickle.loads(pickle.dumps(plan)) == plan


@settings(max_examples=40, deadline=None)
@given(plans(), st.sampled_from(Status), st.lists(PROBLEMS, max_size=2), st.floats(0, 1e6))
def test_a_result_comes_back(plan, status, problems, seconds) -> None:
    look = observation(written(manifest()), pods=(running(manifest()),))
    proof = Proof.begin(plan_of([manifest()], [], look).expectations, look)
    seen = MirrorsSeen({manifest().pod.on("n1"): mirror(manifest(), ready=False)})
    healths = proof.advance(seen).advance(Instant(1.0)).healths
    value = Convergence(plan, (Applied("web.yaml", "written"),), healths, (Gap("default/web-n1", 1.5),))
    result = NodeResult("n1", status, value, tuple(problems), ("a warning",), seconds)
    assert again(result, NodeResult[Convergence]) == result
    report = Report("PushReport", (result,), ("a note",))
    assert again(report, Report[Convergence]) == report


@settings(max_examples=30, deadline=None)
@given(LOOKS)
def test_a_task_and_what_was_prepared_for_it_come_back(look) -> None:
    node = Node("n1", Connection("10.0.0.1", port=22), settings=NodeSettings(silenced_rules=("image-tag",)))
    desired = Desired(node, (manifest(),), ("old.yaml",))
    assert again(desired) == desired
    reason = because(Check.SAME_NODE, name="n1", others=("n2", "n3"))
    plan = plan_of(desired.manifests, desired.absent, look)
    prepared = Prepared(desired, look, plan, (problem(reason, "n1"),), seconds=0.25)
    assert again(prepared) == prepared
    chosen = Settings(wait_for=WaitFor.MIRROR, timeout=7)
    assert again(chosen) == chosen


def test_a_drift_check_comes_back() -> None:
    look = observation(written(manifest(image="example.com/web:2")))
    plan = plan_of([manifest(), manifest("api")], [], look)
    value = NodeDrift(drift(plan, (), look, (mirror(manifest("lost")),)), (), plan)
    assert len(value.findings) == 3
    result = NodeResult("n1", Status.OBSERVED, value)
    assert again(result, NodeResult[NodeDrift]) == result


def test_what_is_never_shown_does_not_travel() -> None:
    """An inventory's variables may hold what Vault decrypted."""
    node = Node("n1", Connection("h"), variables={"password": "hunter2"})
    assert "hunter2" not in json.dumps(to_document(node))
    assert again(node) == replace(node, variables={})
    with pytest.raises(TypeError, match="secret"):
        to_document(Node("n1", Connection("h", password=Secret("hunter2"))))


@dataclass(frozen=True)
class Hidden:
    value: str = field(repr=False)


@pytest.mark.parametrize("value", [object(), {1, 2}, Hidden("x")])
def test_what_cannot_come_back_does_not_go(value) -> None:
    with pytest.raises(TypeError):
        to_document(value)


@pytest.mark.parametrize(
    ("of", "document"),
    [
        (Applied, {"file_name": "web.yaml"}),
        (Applied, {"file_name": 7, "what": "written"}),
        (Applied, ["web.yaml", "written"]),
        (Plan, {"node": "n1", "stages": [{"changes": [{"action": "explode"}], "expectations": []}]}),
        (Settings, {**to_document(Settings()), "wait_for": "never"}),
        (object, {}),
    ],
)
def test_a_document_of_something_else_is_refused(of, document) -> None:
    with pytest.raises((TypeError, ValueError, KeyError)):
        from_document(of, document)


def test_a_change_of_a_thing_of_a_node_itself_comes_back() -> None:
    item = Item(Kind.FILE, "/etc/a", "file 1 644 root:root", "text\n", ("x",))
    changes = (Change(Action.UPDATE, Thing(item, Seen("absent", b"\xff", recorded=True), takes_over=True)),)
    plan = Plan("n1", (Stage(changes),))
    assert again(plan) == plan
    desired = Desired(Node("n1", Connection("h")), items=(item,))
    assert again(desired) == desired
