"""A control plane's ports, manifests, and what an earlier one left."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.machines import CONTROL_PLANE, FOLDER, facts, judged, kubelet, result, rights, subject

from podwright.plan.facts import ListeningPort
from podwright.plan.unknown_fact import Known, Unknown


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


def test_what_is_left_of_an_earlier_cluster_is_named() -> None:
    left = ("/etc/kubernetes/bootstrap-kubelet.conf", "/etc/kubernetes/pki/ca.crt")
    manifests = (rights(f"{FOLDER}/etcd.yaml"), rights(f"{FOLDER}/web.yaml"))
    stopped = subject(paths=left, files=manifests, kubelet=kubelet(running=False))
    assert judged("join-left", stopped).seen == f"{', '.join(left)}, {FOLDER}/etcd.yaml, and no kubelet runs"
    assert result("join-left", subject(paths=left)) == "pass"


@pytest.mark.parametrize(
    ("version", "expected"), [("1.31.9", "fail"), ("1.32.0", "n/a"), (Unknown("?"), "unknown")]
)
def test_conntrack_is_a_program_of_old_versions(version: Known[str], expected: str) -> None:
    assert result("control-plane-conntrack", subject(tools=(), kubelet=kubelet(version=version))) == expected


@pytest.mark.parametrize(
    ("resolves", "expected"), [(True, "pass"), (False, "fail"), (Unknown("no getent"), "unknown")]
)
def test_a_host_name_that_is_not_in_the_file_is_asked_for(resolves: Known[bool], expected: str) -> None:
    network = replace(facts().network, host_name_resolves=resolves)
    assert result("host-name-known", subject(network=network)) == "pass"
    assert result("host-name-known", subject(local_names=("localhost",), network=network)) == expected
