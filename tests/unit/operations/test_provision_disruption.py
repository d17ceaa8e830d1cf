"""Whether a node may lose its kubelet for some seconds now."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.unit.operations.conftest import FakeMirrors

from podwright.operations.provision_disruption import Disruption, disruption
from podwright.plan.observed import KubeletFacts
from podwright.plan.provision.kubelet_observed import KubeletSeen
from podwright.plan.provision.pressure import Least, Room
from podwright.remote.kube.cluster import NodeStatus

HEAD = b"apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n"
ROOM = {
    "memory.available": (1 << 30, 1 << 31),
    "nodefs.available": (8, 100),
    "nodefs.inodesFree": (50, 100),
    "imagefs.available": (50, 100),
    "imagefs.inodesFree": (50, 100),
}
#: by the thresholds that a kubelet has without a word
LEAST = (
    Least("memory.available", 100 << 20),
    Least("nodefs.available", 10),
    Least("nodefs.inodesFree", 5),
    Least("imagefs.available", 15),
    Least("imagefs.inodesFree", 5),
)
KUBELET = KubeletSeen(
    process="kubelet", main=HEAD, version="v1.36.2", facts=KubeletFacts(True, node_name="n1"), room=Room(ROOM)
)


def found(kubelet: KubeletSeen = KUBELET, *conditions: str, silent: str = "no kubeconfig") -> Disruption:
    shown = NodeStatus("n1", pressures=conditions)
    return disruption("n1", kubelet, FakeMirrors(silent=silent, shown_node=shown))  # type: ignore[arg-type]


def test_the_api_is_believed_if_it_can_be_asked() -> None:
    assert found(silent="") == Disruption(least=LEAST)
    [problem] = found(KUBELET, "DiskPressure", silent="").problems
    assert problem.message.endswith("the API shows `DiskPressure`")


def test_otherwise_the_node_counts_by_the_thresholds_of_its_own_kubelet() -> None:
    [problem] = found().problems
    assert "`nodefs.available` is 8 of 100, and pods are evicted below 10%" in problem.message
    lower = replace(KUBELET, main=HEAD + b"evictionHard: {nodefs.available: 5%}\n")
    assert found(lower) == Disruption(least=(Least("nodefs.available", 5),))


def test_what_is_not_known_is_said() -> None:
    room = {name: amount for name, amount in ROOM.items() if name == "memory.available"}
    shown = found(replace(KUBELET, room=Room(room), sandboxes_problem="the node has no crictl"))
    assert shown.problems == ()
    assert shown.warnings == (
        "whether its pods outlive the restart will not be seen: the node has no crictl",
        "whether it is under pressure is not known of `nodefs.available`, `nodefs.inodesFree`, `imagefs.available`,"
        " `imagefs.inodesFree`",
    )
