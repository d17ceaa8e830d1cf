"""The whole client by a kubeconfig, as the rest of the program uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes.api_messages import Reply, status
from tests.fakes.api_server import ApiServer
from tests.fakes.authority import Authority
from tests.fakes.kubeconfigs import base64_of, kubeconfig

from podwright.errors import ClusterAnswerError, ClusterForbiddenError, KubeconfigError, NoKubeconfigError
from podwright.inventory.sources.kubernetes import ClusterNode
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube import events
from podwright.remote.kube.client import connect
from podwright.remote.kube.cluster import NodeStatus

WEB = PodRef("default", "web-n1")


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def server(authority):
    with ApiServer(authority, authority.issue("api", "127.0.0.1"), authority) as server:
        yield server


@pytest.fixture
def cluster_of(server, tmp_path):
    """Makes a Cluster from a user's entry of a kubeconfig."""
    made = []

    def make(user: dict, environ: dict[str, str] | None = None):
        entry = {"server": server.url, "certificate-authority-data": base64_of(server.authority.pem)}
        path = kubeconfig(tmp_path / "config", entry, user)
        cluster = connect(kubeconfig=str(path), context=None, environ=environ or {}, timeout=60.0)
        made.append(cluster)
        return cluster

    yield make
    for cluster in made:
        cluster.close()


def test_connecting_asks_nobody_and_shows_no_secret(server, cluster_of):
    cluster = cluster_of({"token": "TOKEN"})
    assert server.requests == []
    assert "TOKEN" not in repr(cluster)
    assert server.url in repr(cluster)


def test_a_pod_now(server, cluster_of):
    cluster = cluster_of({"token": "t"})
    assert cluster.pod(WEB) is None
    server.put(
        "pods", {"metadata": {"namespace": "default", "name": "web-n1"}, "status": {"phase": "Running"}}
    )
    assert cluster.pod(WEB).phase == "Running"


def test_another_pod_than_the_one_asked_for_is_no_answer(server, cluster_of):
    server.script(Reply(200, b'{"metadata": {"namespace": "default", "name": "oth\\u001ber"}}'))
    with pytest.raises(ClusterAnswerError, match="`default/web-n1` and answers with `default/oth\\\\x1ber`"):
        cluster_of({"token": "t"}).pod(WEB)


def test_names_cannot_lead_elsewhere(server, cluster_of):
    cluster = cluster_of({"token": "t"})
    assert cluster.pod(PodRef("default/../x", "a?b#c")) is None
    assert server.requests[-1].target == "/api/v1/namespaces/default%2F..%2Fx/pods/a%3Fb%23c"
    with pytest.raises(ClusterAnswerError, match=r"`\.\.` is not a name"):
        cluster.pod(PodRef("default", ".."))


def test_nodes(server, cluster_of):
    cluster = cluster_of({"token": "t"})
    assert cluster.node("n1") is None
    server.put("nodes", {"metadata": {"name": "n1"}, "status": {"nodeInfo": {"kubeletVersion": "v1.36.2"}}})
    assert cluster.node("n1") == NodeStatus("n1", kubelet_version="v1.36.2")


def test_the_nodes_of_an_inventory(server, cluster_of):
    labels = {"zone": "a"}
    addresses = [{"type": "InternalIP", "address": "10.0.0.1"}]
    server.put("nodes", {"metadata": {"name": "n1", "labels": labels}, "status": {"addresses": addresses}})
    server.put("nodes", {"metadata": {"name": "n2"}})
    assert cluster_of({"token": "t"}).nodes() == (
        ClusterNode("n1", (("InternalIP", "10.0.0.1"),), (("zone", "a"),)), ClusterNode("n2"),
    )  # fmt: skip
    server.put("nodes", {"metadata": {"name": "-oX"}})
    with pytest.raises(ClusterAnswerError):
        cluster_of({"token": "t"}).nodes()


def warning(number: int, uid: str, when: str) -> dict:
    return {
        "metadata": {"namespace": "default", "name": f"e{9 - number}"},
        "involvedObject": {"uid": uid},
        "reason": "Failed",
        "message": f"line {number}\nof it",
        "lastTimestamp": when,
    }


def test_the_last_warnings_newest_last(server, cluster_of):
    for number in range(8):
        server.put("events", warning(number, "0d60a797", f"2026-11-23T00:00:0{number}Z"))
    lines = cluster_of({"token": "t"}).events("default", "web-n1", "0d60a797", limit=2)
    assert lines == ("Failed: line 6 of it", "Failed: line 7 of it")
    selector = server.requests[-1].query["fieldSelector"].split(",")
    assert "involvedObject.name=web-n1" in selector
    assert "involvedObject.uid=0d60a797" in selector
    assert "type=Warning" in selector


def test_no_warning_of_another_pod_of_that_name_is_quoted(server, cluster_of):
    cluster = cluster_of({"token": "t"})
    now = datetime.now(UTC)
    before, after = (f"{now + timedelta(seconds=offset):%Y-%m-%dT%H:%M:%SZ}" for offset in (-60, 5))
    server.put("events", warning(1, "of-an-earlier-run", before))
    assert cluster.events("default", "web-n1", "mine") == ()
    assert cluster.events("default", "web-n1", "") == ()
    server.put("events", warning(2, "refused", after))
    server.put("events", warning(3, "old", after))
    assert cluster.events("default", "web-n1", "", others={"old"}) == ("Failed: line 2 of it",)


def test_a_flood_of_warnings_is_not_read(server, cluster_of, monkeypatch):
    monkeypatch.setattr(events, "MAX_EVENTS", 3)
    for number in range(4):
        server.put("events", warning(number, "u", "2026-11-23T00:00:00Z"))
    with pytest.raises(ClusterAnswerError, match="answered list events with a list that does not end"):
        cluster_of({"token": "t"}).events("default", "web-n1", "u")


def test_each_right_that_is_missing_is_named(server, cluster_of):
    cluster = cluster_of({"token": "t"})
    for call, right in (
        (lambda: cluster.pod(WEB), "get pods"),
        (lambda: cluster.node("n1"), "get nodes"),
        (lambda: cluster.events("default", "x", "u"), "list events"),
    ):
        server.script(Reply(403, status(403, "Forbidden", 'x is forbidden: User "bob" cannot')))
        with pytest.raises(ClusterForbiddenError, match=f"^not allowed to {right} as `bob`"):
            call()


def test_a_plugin_that_gives_a_client_certificate(server, authority, cluster_of, tmp_path):
    certificate, key = authority.issue("from-plugin")
    credential = {
        "kind": "ExecCredential",
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "status": {"clientCertificateData": certificate, "clientKeyData": key},
    }
    (tmp_path / "credential").write_text(json.dumps(credential))
    user = {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "sh",
            "args": ["-c", f"echo ran >> {tmp_path}/runs; cat {tmp_path}/credential"],
        }
    }
    cluster = cluster_of(user, {"PATH": os.environ["PATH"]})
    cluster.pod(WEB)
    cluster.pod(WEB)
    assert server.requests[-1].client == "from-plugin"
    assert (tmp_path / "runs").read_text() == "ran\n"


def test_in_a_pod_the_service_account_s_token_is_read_each_time(server, tmp_path):
    (tmp_path / "token").write_text("first\n")
    (tmp_path / "ca.crt").write_text(server.authority.pem)
    environ = {"KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": str(server.port)}
    cluster = connect(kubeconfig=None, context=None, environ=environ, service_account=tmp_path)
    cluster.pod(WEB)
    (tmp_path / "token").write_text("second\n")
    cluster.pod(WEB)
    cluster.close()
    assert [request.header("authorization") for request in server.requests] == [
        "Bearer first",
        "Bearer second",
    ]


def test_no_kubeconfig_and_a_legacy_provider_are_told_before_any_request(tmp_path):
    with pytest.raises(NoKubeconfigError):
        connect(kubeconfig=None, context=None, environ={"HOME": str(tmp_path)}, service_account=tmp_path)
    path = kubeconfig(
        tmp_path / "config", user={"auth-provider": {"name": "oidc", "config": {"id-token": "SECRET"}}}
    )
    with pytest.raises(KubeconfigError, match="legacy auth provider `oidc`") as caught:
        connect(kubeconfig=str(path), context=None, environ={})
    assert "exec plugin" in caught.value.hint
    assert "SECRET" not in repr(caught.value)


def test_the_seam_loads_neither_tls_nor_http():
    program = (
        "import sys, podwright.remote.kube.cluster, podwright.remote.kube.client; "
        "print({'ssl', 'http.client', 'cryptography', 'urllib3'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[4] / "src")},
    )
    assert done.stdout.strip() == "set()"
