"""Items on files: a mode may be more restrictive, and which file counts is the one that is used."""

from __future__ import annotations

import pytest
from tests.fakes.machines import CONFIG, FOLDER, config, judged, kubelet, result, rights, subject

from podwright.plan.facts import KubeProxy
from podwright.plan.unknown_fact import Unknown


@pytest.mark.parametrize(
    ("mode", "expected"), [("600", "pass"), ("400", "pass"), ("644", "fail"), ("620", "fail")]
)
def test_a_mode_is_600_or_more_restrictive(mode: str, expected: str) -> None:
    assert result("cis-1.1.1", subject(files=(rights(f"{FOLDER}/kube-apiserver.yaml", mode),))) == expected


def test_an_owner_is_root() -> None:
    on = subject(files=(rights(f"{FOLDER}/etcd.yaml", owner="etcd:etcd"),))
    assert judged("cis-1.1.8", on).seen == f"{FOLDER}/etcd.yaml is etcd:etcd"


def test_what_is_not_there_does_not_apply() -> None:
    assert result("cis-1.1.21", subject(files=())) == "n/a"


def test_all_keys_count() -> None:
    files = tuple(
        rights(f"/etc/kubernetes/pki/{name}.key", mode) for name, mode in (("ca", "600"), ("sa", "640"))
    )
    assert judged("cis-1.1.21", subject(files=files)).seen == "/etc/kubernetes/pki/sa.key is 640"


def test_the_kubelets_files_are_those_that_it_uses() -> None:
    elsewhere = kubelet(config=config(**{"--config": "/opt/kubelet.yaml"}))
    files = (rights("/opt/kubelet.yaml", "644"), rights(CONFIG, "600"))
    assert judged("cis-4.1.9", subject(kubelet=elsewhere, files=files)).seen == "/opt/kubelet.yaml is 644"
    assert result("cis-4.1.9", subject(files=files)) == "pass"


def test_the_kubeconfig_of_a_kube_proxy_is_the_one_that_it_uses() -> None:
    files = (rights("/var/lib/kube-proxy/kubeconfig", "644"),)
    assert result("cis-4.1.3", subject(files=files)) == "fail"
    in_pod = KubeProxy(905, in_pod=True, kubeconfig="", metrics="127.0.0.1:10249")
    assert result("cis-4.1.3", subject(files=files, kube_proxy=in_pod)) == "n/a"
    assert result("cis-4.1.4", subject(files=files, kube_proxy=Unknown("none runs"))) == "n/a"


def test_manifests_lie_where_the_kubelet_reads_them() -> None:
    elsewhere = kubelet(static_pod_path="/var/lib/rancher/rke2/agent/pod-manifests/")
    files = tuple(
        rights(f"{folder}/kube-apiserver.yaml", mode)
        for folder, mode in (("/var/lib/rancher/rke2/agent/pod-manifests", "644"), (FOLDER, "600"))
    )
    assert result("cis-1.1.1", subject(kubelet=elsewhere, files=files)) == "fail"
    untold = kubelet(static_pod_path=Unknown("no kubelet runs on it"))
    assert result("cis-1.1.1", subject(kubelet=untold, files=files)) == "pass"
