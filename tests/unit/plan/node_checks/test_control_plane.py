"""A control plane's ports, manifests, and what an earlier one left."""

from __future__ import annotations

from tests.fakes.machines import CONTROL_PLANE, FOLDER, judged, kubelet, result, rights, subject

from podwright.plan.facts import ListeningPort


def test_a_port_of_the_control_plane_that_another_has() -> None:
    ports = (
        ListeningPort("tcp", "0.0.0.0", 6443, "haproxy", 9),
        ListeningPort("tcp", "127.0.0.1", 10257, "kube-controller", 8),
    )
    assert judged("control-plane-ports", subject(ports=ports)).seen == "6443 by haproxy"


def test_a_control_plane_that_is_not_whole() -> None:
    found = tuple(rights(f"{FOLDER}/{name}.yaml") for name in CONTROL_PLANE if name != "kube-scheduler")
    assert judged("control-plane-manifests", subject(files=found)).seen == "without kube-scheduler"
    assert result("control-plane-manifests", subject(files=())) == "n/a"


def test_what_an_earlier_cluster_left() -> None:
    assert result("etcd-left", subject(paths=("/var/lib/etcd/member",), files=())) == "fail"
    assert result("etcd-left", subject(paths=("/var/lib/etcd/member",))) == "pass"
    down = kubelet(running=False, problem="no kubelet runs on it")
    assert result("join-left", subject(kubelet=down)) == "fail"
