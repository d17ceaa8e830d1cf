"""How far versions of Kubernetes may be apart."""

from __future__ import annotations

import pytest
from tests.fakes.control_planes import API, control_plane, worker
from tests.fakes.machines import judged, kubelet, result

from podwright.plan.node_checks.fleet import judge_fleet
from podwright.plan.unknown_fact import Unknown


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.34.0", "pass"),
        ("1.31.9", "pass"),
        ("1.30.0", "fail"),
        ("1.35.0", "fail"),
        (Unknown("?"), "unknown"),
    ],
)
def test_a_kubelet_is_not_newer_than_its_api_server_nor_much_older(version, expected: str) -> None:
    assert result("version-skew", control_plane(1, kubelet=kubelet(version=version))) == expected


def test_the_other_parts_are_at_most_one_minor_version_older() -> None:
    assert result("version-skew", control_plane(1, others={"kube-scheduler": "v1.33.0"})) == "pass"
    old = control_plane(1, others={"kube-scheduler": "v1.32.0"})
    assert judged("version-skew", old).seen == "kube-scheduler 1.32.0 is too old for an API server, 1.34.1"
    new = control_plane(1, others={"kube-controller-manager": "v1.35.0"})
    assert (
        judged("version-skew", new).seen
        == "kube-controller-manager 1.35.0 is newer than an API server, 1.34.1"
    )


def test_every_api_server_of_a_cluster_counts() -> None:
    fleet = (
        control_plane(1),
        control_plane(2, api="v1.33.0"),
        worker(),
        worker("w-2", "1.33.0"),
        worker("w-3", api="x:1"),
    )
    found = judge_fleet(fleet)["version-skew"]
    assert {name: one.result.value for name, one in found.items()} == {
        "cp-1": "fail", "cp-2": "fail", "w-1": "fail", "w-2": "pass", "w-3": "n/a",
    }  # fmt: skip
    assert found["w-1"].seen == "kubelet 1.34.1 is newer than an API server, 1.33.0"


def test_a_node_that_names_an_api_server_by_its_address_is_of_its_cluster() -> None:
    found = judge_fleet((control_plane(1), worker(version="1.35.0", api="10.0.0.1:6443")))
    assert found["version-skew"]["w-1"].result.value == "fail"
    assert API != "10.0.0.1:6443"


def test_an_image_that_tells_no_version_is_unknown() -> None:
    assert (
        result("version-skew", control_plane(1, api="latest", others={"kube-scheduler": "latest"}))
        == "unknown"
    )


@pytest.mark.parametrize(
    ("version", "expected"), [("1.34.9", "pass"), ("1.35.0", "pass"), ("1.33.0", "fail"), ("1.36.0", "fail")]
)
def test_kubeadm_manages_its_own_minor_version_and_the_one_before(version: str, expected: str) -> None:
    assert result("kubeadm-version", control_plane(1, kubeadm=version)) == expected


def test_kubeadm_of_a_worker_is_compared_with_its_kubelet() -> None:
    assert judged("kubeadm-version", worker()).expected == "1.34 to 1.37, for its kubelet 1.34.1"
    hidden = Unknown("there is no kubeadm on the node")
    assert result("kubeadm-version", control_plane(1, kubeadm=hidden, tools=())) == "n/a"
    assert result("kubeadm-version", control_plane(1, kubeadm=hidden)) == "unknown"
