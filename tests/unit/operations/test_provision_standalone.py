"""Whether a kubelet without a cluster can be made of what a node has."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace

from podwright.inventory.provisioning import KubeletEntry, NodeDeclaration, PackageEntry
from podwright.operations.judging_kubelet import Judged, judge_kubelet
from podwright.plan.observed import KubeletFacts
from podwright.plan.provision.declared_items import items_of
from podwright.plan.provision.item import Seen
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.provision.kubelet_observed import KubeletSeen, StandaloneParts
from podwright.plan.provision.observed import NodeFacts, NodeSeen
from podwright.plan.provision.standalone import MAIN

PARTS = StandaloneParts(("/usr/bin/kubelet",), ("/run/containerd/containerd.sock",))
BARE = KubeletSeen("no kubelet runs on it", version="v1.36.2", standalone=PARTS)
RUNS = replace(BARE, problem="", process="kubelet", facts=KubeletFacts(True, 7))


def judged(
    kubelet: KubeletSeen = BARE, *packages: PackageEntry, init: str = "systemd", **settings: object
) -> Judged:
    entry = KubeletEntry(settings, standalone=True)
    items = items_of(NodeDeclaration(kubelet=entry, packages=packages), {})
    things = {item.name: Seen("absent") for item in items}
    things["kubelet"] = Seen("current=yes" if kubelet.facts.pid else "stopped")
    return judge_kubelet(items, NodeSeen("n1", NodeFacts(init=init), things, kubelet=kubelet))


def test_it_can_be_made_and_its_health_will_be_asked_for() -> None:
    found = judged(failSwapOn=False)
    assert (found.problems, found.warnings) == ((), ())
    asks = KubeletAsks(*found.items[-1].asks)
    assert (asks.healthz, asks.main, asks.moves_from) == ("127.0.0.1:10248", MAIN, "")


def test_its_settings_are_judged_before_there_is_one() -> None:
    assert "evictionSoft" in judged(evictionSoft={"memory.available": "1Gi"}).problems[0].message
    on = {"webhook": {"enabled": True}}
    assert judged(authentication=on).problems != ()


@pytest.mark.parametrize(
    ("kubelet", "problem", "hint"),
    [
        (
            replace(BARE, standalone=StandaloneParts(("/usr/local/bin/kubelet",), PARTS.sockets)),
            "`/usr/bin/kubelet` is not there",
            "`podwright_node.kubelet.program` may name `/usr/local/bin/kubelet`",
        ),
        (
            replace(BARE, standalone=StandaloneParts(PARTS.programs)),
            "`/run/containerd/containerd.sock` is not there",
            "`podwright_node.packages` and `podwright_node.services` can bring it",
        ),
        (replace(BARE, standalone=replace(PARTS, untrusted="/usr")), "others can change", "make root"),
        (
            replace(RUNS, flags={"config": "/var/lib/kubelet/config.yaml"}),
            "a kubelet runs on it already",
            "stop",
        ),
        (replace(RUNS, flags={"config": MAIN, "kubeconfig": "/x"}), "a kubelet runs on it already", "stop"),
    ],
)
def test_what_is_missing_or_in_the_way_is_said(kubelet: KubeletSeen, problem: str, hint: str) -> None:
    [found] = judged(kubelet).problems
    assert problem in found.message
    assert hint in found.hint


def test_another_service_manager_is_refused() -> None:
    assert "needs systemd" in judged(init="openrc").problems[0].message


def test_what_a_package_of_the_run_is_to_bring_need_not_be_there() -> None:
    assert judged(replace(BARE, standalone=StandaloneParts()), PackageEntry("kubelet")).problems == ()


def test_its_pods_move_as_others_do_also_if_the_setting_goes() -> None:
    main = next(item.text for item in judged(staticPodPath="/srv/pods").items if item.key == MAIN)
    flags = {"config": MAIN, "config-dir": "/etc/kubernetes/kubelet.conf.d"}
    facts = KubeletFacts(True, 7, static_pod_path="/srv/pods")
    runs = replace(RUNS, flags=flags, main=main.encode(), facts=facts)
    assert KubeletAsks(*judged(runs).items[-1].asks).moves_from == "/srv/pods"
    assert KubeletAsks(*judged(runs, staticPodPath="/srv/pods").items[-1].asks).moves_from == ""
