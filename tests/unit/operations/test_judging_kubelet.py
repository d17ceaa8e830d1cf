"""What a kubelet is to read, judged before its node is changed."""

from __future__ import annotations

from msgspec.structs import replace

from podwright.inventory.provisioning import KubeletEntry, NodeDeclaration
from podwright.operations.judging_kubelet import Judged, certificate_problems, judge_kubelet
from podwright.plan.provision.compare import compare
from podwright.plan.provision.declared_items import items_of
from podwright.plan.provision.item import Item, Seen
from podwright.plan.provision.kubelet_observed import KubeletSeen
from podwright.plan.provision.kubelet_ways_observed import WaysSeen
from podwright.plan.provision.observed import NodeFacts, NodeSeen

FOLDER = "/etc/kubernetes/kubelet.conf.d"
HEAD = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
MAIN = f"{HEAD}staticPodPath: /etc/kubernetes/manifests\nfailCgroupV1: false\n".encode()
KUBELET = KubeletSeen(
    process="kubelet",
    flags={"kubeconfig": "/etc/kubernetes/kubelet.conf", "config-dir": FOLDER},
    main=MAIN,
    drop_ins=(),
    version="v1.36.2",
)


def items(**settings: object) -> tuple[Item, ...]:
    return items_of(NodeDeclaration(kubelet=KubeletEntry(settings)), {})


def seen(kubelet: KubeletSeen | None = KUBELET, state: str = "current=yes") -> NodeSeen:
    things = {"kubelet": Seen(state), f"{FOLDER}/90-podwright.conf": Seen("absent")}
    return NodeSeen("n1", NodeFacts(), things, kubelet=kubelet)


def judged(kubelet: KubeletSeen | None = KUBELET, state: str = "current=yes", **settings: object) -> Judged:
    return judge_kubelet(items(**settings), seen(kubelet, state))


def test_the_node_is_told_where_the_kubelet_says_that_it_is_well() -> None:
    found = judged(maxPods=50)
    assert found.problems == found.warnings == ()
    assert found.items[-1].asks[7] == "127.0.0.1:10248"
    assert judged(healthzPort=0).items[-1].asks[7] == ""
    assert judged(healthzBindAddress="::", healthzPort=7).items[-1].asks[7] == "[::1]:7"
    flags = {**KUBELET.flags, "healthz-port": "9"}
    assert judged(replace(KUBELET, flags=flags)).items[-1].asks[7] == "127.0.0.1:9"


def test_what_would_end_it_is_refused_even_what_a_trial_does_not_show() -> None:
    [trial] = judged(maxPods=-1).problems
    assert trial.message.startswith("the kubelet would end: `maxPods`")
    [start] = judged(evictionSoft={"memory.available": "1Gi"}).problems
    assert "evictionSoft" in start.message


def test_what_is_there_already_is_a_warning_for_it_runs_with_it() -> None:
    kubelet = replace(KUBELET, main=MAIN + b"maxPods: -1\n")
    found = judged(kubelet, podPidsLimit=10)
    assert found.problems == ()
    assert "may end for what is there already" in found.warnings[0]


def test_what_no_kubelet_refuses_is_a_warning() -> None:
    assert any("maxPodz" in warning for warning in judged(maxPodz=5).warnings)


def test_a_later_drop_in_of_another_counts_as_the_kubelet_reads_it() -> None:
    later = (("95-other.conf", f"{HEAD}maxPods: 10\n".encode()),)
    assert judged(replace(KUBELET, drop_ins=later), maxPods=-1).problems == ()
    earlier = (("10-other.conf", later[0][1]), ("90-podwright.conf", b"was there"))
    assert judged(replace(KUBELET, drop_ins=earlier), maxPods=-1).problems != ()


def test_kubelets_whose_drop_ins_are_not_ours_to_write() -> None:
    def message(kubelet: KubeletSeen | None, state: str = "current=yes") -> str:
        [problem] = judged(kubelet, state).problems
        return problem.message

    assert "part of `k3s-server`" in message(replace(KUBELET, process="k3s-server"))
    assert "it reads /other" in message(KUBELET, "reads /other")
    assert "is not turned on for it (no `KUBELET_CONFIG_ARGS`" in message(
        KUBELET, "reads no drop-ins current=yes"
    )
    assert message(KubeletSeen("which of them is unknown"), "unknown") == "which of them is unknown"
    assert "no kubelet runs" in message(None)
    assert "may not read `/x`" in message(replace(KUBELET, unreadable=("/x",)))


def test_of_settings_in_its_main_file_it_is_said_why() -> None:
    theirs = Seen("file abc 600 root:root")
    kubelet = replace(KUBELET, flags={"config": "/main.yaml", "kubeconfig": "/x"}, ways=WaysSeen(main=theirs))
    found = judged(kubelet, "reads no drop-ins current=yes", maxPods=50)
    assert found.problems == ()
    assert "its settings stand in `/main.yaml`, as" in found.warnings[0]
    assert [item.key for item in found.items] == ["/main.yaml", "kubelet"]
    assert found.items[-1].asks[7] == "127.0.0.1:10248"
    [bad] = judged(kubelet, "reads no drop-ins current=yes", maxPods=-1).problems
    assert bad.message.startswith("the kubelet would end: `maxPods`")


def test_without_a_kubelet_there_is_nothing_to_judge_yet() -> None:
    found = judged(None, "stopped", maxPods=-1)
    assert found.problems == ()
    assert "no kubelet runs on it" in found.warnings[0]
    assert judge_kubelet((), seen()).items == ()


def test_one_whose_client_certificate_has_ended_is_not_begun_anew() -> None:
    ended = replace(KUBELET, client_seconds=-5)

    def problems(kubelet: KubeletSeen, node: NodeSeen) -> list[str]:
        changes = compare(items(maxPods=5), node)
        return [problem.message for problem in certificate_problems(changes, replace(node, kubelet=kubelet))]

    node = seen(state="current=no")
    assert "would not come back" in problems(ended, node)[0]
    assert problems(replace(ended, flags={"bootstrap-kubeconfig": "/x"}), node) == []
    assert problems(replace(ended, client_seconds=5), node) == problems(KUBELET, node) == []
    same = {
        **node.things,
        f"{FOLDER}/90-podwright.conf": Seen(items(maxPods=5)[0].state),
        "kubelet": Seen("current=yes"),
    }
    assert problems(ended, replace(node, things=same)) == []
