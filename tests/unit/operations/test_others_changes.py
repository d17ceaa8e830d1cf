"""An upgrade and a newer content are not undone by a stale template, and adopting says what it means."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, observed_file, pod_text, written

from podwright.inventory.node import Connection, Node, NodeSettings
from podwright.operations.desired import Adopt, Desired
from podwright.operations.desired_from_node import filled_in
from podwright.operations.others_changes import undone
from podwright.operations.world import Settings
from podwright.plan.compare import compare
from podwright.plan.history import Revision
from podwright.plan.stages import make_plan

NODE = Node("n1", Connection("127.0.0.1"))
ADOPT = Adopt()
RESTARTS = "`kube-apiserver.yaml`: taken over, which restarts its pod"
CAREFUL = replace(NODE, settings=NodeSettings(refuse_older=True))


def apiserver(version: str):
    return manifest("kube-apiserver", image=f"registry.k8s.io/kube-apiserver:{version}")


def planned(wanted, there, node: Node = NODE, settings: Settings | None = None, from_node=ADOPT):
    desired, problems = filled_in(Desired(node, (wanted,), from_node=from_node), there)
    plan = make_plan("n1", compare(desired.manifests, (), there, adopt=True))
    refused, told = undone(plan, desired, there, settings or Settings())
    return [problem.message for problem in (*problems, *refused)], [one for one in told if one != RESTARTS]


def kubeadms(version: str):
    return observation(
        observed_file(
            "kube-apiserver.yaml",
            pod_text("kube-apiserver", image=f"registry.k8s.io/kube-apiserver:{version}"),
        )
    )


def test_what_kubeadm_writes_again_is_told() -> None:
    problems, told = planned(apiserver("v1.36.1"), kubeadms("v1.36.1"))
    assert problems == []
    assert told == [
        "`kube-apiserver.yaml`: `kubeadm upgrade` writes it again, and then it is to be adopted again"
    ]


def test_what_a_distribution_writes_again_is_told() -> None:
    there = replace(kubeadms("v1.36.1"), folder="/var/lib/rancher/rke2/agent/pod-manifests")
    assert "k3s and RKE2 write the files of" in planned(apiserver("v1.36.1"), there)[1][0]


@pytest.mark.parametrize(
    ("version", "refused"),
    [("v1.36.10", []), ("v1.36.2", []), ("v1.36.1", ["1.36.1"]), ("v1.9.3", ["1.9.3"])],
)
def test_an_upgrade_is_not_taken_back(version, refused) -> None:
    problems, _ = planned(apiserver(version), kubeadms("v1.36.2"))
    expected = [
        f"`kube-apiserver.yaml` would take back kube-apiserver from 1.36.2 to {one}" for one in refused
    ]
    assert problems == expected
    allowed = planned(apiserver(version), kubeadms("v1.36.2"), settings=Settings(allow_downgrade=True))
    assert allowed[0] == []


def test_only_files_that_are_there_and_foreign_are_adopted() -> None:
    wanted = manifest()
    for there in (observation(), observation(written(manifest(image="example.com/web:9")))):
        desired, problems = filled_in(Desired(NODE, (wanted,), from_node=Adopt()), there)
        assert (desired.manifests, problems) == ((), ())


def test_what_cannot_be_read_is_not_adopted() -> None:
    [problem], _ = planned(manifest(), observation(observed_file("web.yaml", "kind: Pod\n")))
    assert problem.startswith("`web.yaml` is nothing that this kubelet runs: ")


OLD, NEW = manifest(image="example.com/web:1"), manifest(image="example.com/web:2")
HISTORY = tuple(
    Revision("web.yaml", number, b"", one.digest, when="2026-11-30 14:00 UTC")
    for number, one in ((4, OLD), (5, NEW))
)


def test_content_that_another_has_replaced_is_called_older_and_refused_if_the_inventory_says_so() -> None:
    there = observation(written(NEW, 5), history=HISTORY)
    words = "`web.yaml` equals revision 4 of 2026-11-30 14:00 UTC: a newer content was written since"
    assert planned(OLD, there, from_node=None) == ([], [words])
    assert planned(OLD, there, CAREFUL, from_node=None) == ([words], [])


def test_new_content_and_what_lies_there_are_not_older() -> None:
    there = observation(written(NEW, 5), history=HISTORY)
    for wanted in (NEW, manifest(image="example.com/web:3")):
        assert planned(wanted, there, CAREFUL, from_node=None) == ([], [])


def test_a_history_that_cannot_be_believed_refuses_where_older_content_is_refused() -> None:
    there = observation(written(NEW, 5), history_problem="others can write to it")
    assert planned(OLD, there, CAREFUL, from_node=None)[0] == [
        "what is older cannot be told: others can write to it"
    ]
