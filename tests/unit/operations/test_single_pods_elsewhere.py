"""A pod that runs on one node at a time is not created while one may run elsewhere."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from tests.fakes import results
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, mirror, observation, observed_file, pod_text, written
from tests.unit.operations.conftest import FakeMirrors

from podwright.inventory.node import Connection, Node, StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.operations.desired import Desired, Rollback
from podwright.operations.prepare import Prepared
from podwright.operations.report import Status
from podwright.operations.single_pods_elsewhere import knowing_singles, known_elsewhere
from podwright.operations.world import Settings
from podwright.plan.compare import compare
from podwright.plan.expectations import WaitFor
from podwright.plan.stages import make_plan

WEB = manifest()
SINGLE = ("web.yaml",)


def prepared(name: str, desired=(), *files, absent=(), unseen=()) -> Prepared:
    look = replace(observation(*files), node=name, node_name=name)
    plan = make_plan(name, compare(desired, absent, look))
    node = Node(name, Connection("127.0.0.1"))
    return Prepared(Desired(node, tuple(desired), absent, single=SINGLE, unseen=unseen), look, plan)


def told(*plans, mirrors=None, **settings) -> list[str]:
    world = SimpleNamespace(mirrors=mirrors or FakeMirrors())
    found = known_elsewhere(plans, world, Settings(**settings))
    return [problem.message.partition(", and ")[2] for plan in found for problem in plan.problems]


GETS = prepared("b", (WEB,))
GIVES = prepared("a", (), written(WEB), absent=SINGLE)
ON_A = FakeMirrors({WEB.pod.on("a"): replace(mirror(WEB), ref=WEB.pod.on("a"), node_name="a")})
UNREACHED = results.outcome("a", Status.UNREACHABLE)


@pytest.mark.parametrize(
    ("plans", "mirrors", "expected"),
    [
        ((GIVES, GETS), None, []),
        ((GIVES, GETS), ON_A, []),
        ((GIVES, GETS), FakeMirrors(silent="no kubeconfig"), []),
        ((UNREACHED, GETS), None, []),
        ((UNREACHED, GETS), ON_A, ["the API shows it on a, which was not observed"]),
        ((UNREACHED, GETS), FakeMirrors(silent="down"), ["whether it runs on a is not known"]),
        ((prepared("b", (WEB,), unseen=("a",)),), ON_A, ["the API shows it on a, which was not observed"]),
        ((prepared("b", (WEB,), unseen=("a",)),), None, []),
        ((prepared("b", (WEB,), unseen=("a",)),), FakeMirrors(silent="x"), ["whether it runs on a is not known"]),
        # what is there already is not created
        ((prepared("b", (WEB,), written(WEB), unseen=("a",)),), FakeMirrors(silent="x"), []),
    ],
)  # fmt: skip
def test_what_is_not_observed_the_api_must_show(plans, mirrors, expected) -> None:
    assert told(*plans, mirrors=mirrors) == expected


def test_a_file_that_must_be_left_alone_there_keeps_it_from_here() -> None:
    foreign = prepared("a", (), observed_file("web.yaml", pod_text()), absent=SINGLE)
    assert told(foreign, GETS) == ["it lies on a, where nothing can be changed"]


def test_what_stays_on_another_node_comes_back_to_none() -> None:
    keeps = prepared("a", (WEB,), written(WEB))
    assert told(keeps, GETS) == ["it stays on a"]
    # what lies there already is not created there
    assert told(keeps, prepared("b", (manifest(image="x:2"),), written(WEB))) == []


def test_what_comes_from_histories_knows_of_all_nodes_of_the_site() -> None:
    vip = StaticPod("web", False, settings=PodSettings(single=True))
    site = tuple(Node(name, Connection(name), (vip,)) for name in ("a", "b"))
    back = Desired(site[0], from_node=Rollback(("web.yaml",)))
    [known] = knowing_singles((back,), site)
    assert (known.single, known.unseen) == (("web.yaml",), ("b",))
    pushed = (Desired(site[0]),)
    assert knowing_singles(pushed, site) is pushed


def test_a_file_alone_does_not_prove_that_its_pod_is_gone() -> None:
    assert told(GIVES, GETS, wait_for=WaitFor.FILE) == ["`--wait-for file` does not prove it gone on a"]
