"""The API as evidence, over real HTTPS: what it shows, what it hides, and when it does not answer."""

from __future__ import annotations

import threading

import pytest
from tests.fakes.api_messages import Reply, status
from tests.fakes.api_server import ApiServer
from tests.fakes.authority import Authority
from tests.fakes.kubeconfigs import base64_of, kubeconfig

from podwright.plan.observed import Unavailable
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube.client import connect
from podwright.remote.kube.mirrors import Mirrors

WEB = PodRef("default", "web-n1")


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def server(authority):
    with ApiServer(authority, authority.issue("api", "127.0.0.1"), authority) as server:
        yield server


@pytest.fixture
def mirrors(server, tmp_path):
    entry = {"server": server.url, "certificate-authority-data": base64_of(server.authority.pem)}
    path = kubeconfig(tmp_path / "config", entry, {"token": "t"})
    with Mirrors(connect(kubeconfig=str(path), context=None, environ={}, timeout=60.0)) as mirrors:
        yield mirrors


def pod(name: str = "web-n1", uid: str = "u1", **labels: str) -> dict:
    return {
        "metadata": {
            "namespace": "default",
            "name": name,
            "labels": labels or {"podwright.dev/managed": "true"},
            "annotations": {"kubernetes.io/config.mirror": uid},
        },
        "status": {"phase": "Running"},
    }


def lists(server) -> int:
    return sum(
        "labelSelector" in request.query and "watch" not in request.query for request in server.requests
    )


def gets(server) -> int:
    return sum(request.path.endswith("/pods/web-n1") for request in server.requests)


def test_nothing_is_asked_before_the_first_question(server, mirrors) -> None:
    assert server.requests == []


def test_one_list_serves_every_question_of_every_thread(server, mirrors) -> None:
    for number in range(5):
        server.put("pods", pod(f"web-n{number}"))
    seen = []
    threads = [
        threading.Thread(
            target=lambda number=number: seen.append(mirrors.see(PodRef("default", f"web-n{number}")))
        )
        for number in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.config_mirror for answer in seen] == ["u1"] * 5
    assert lists(server) == 1
    assert gets(server) == 0


def test_what_the_watch_does_not_show_is_asked_for_by_name(server, mirrors) -> None:
    server.put("pods", pod(other="label"))
    assert mirrors.see(WEB).config_mirror == "u1"
    assert gets(server) == 1


def test_gone_is_confirmed_by_name_and_not_asked_ten_times_a_second(server, mirrors) -> None:
    assert [mirrors.see(WEB) for _ in range(10)] == [None] * 10
    assert gets(server) <= 2
    before = gets(server)
    assert mirrors.see(WEB, fresh=True) is None
    assert gets(server) == before + 1


def test_a_pod_that_loses_its_label_is_not_gone(server, mirrors) -> None:
    server.put("pods", pod())
    assert mirrors.see(WEB).config_mirror == "u1"
    server.wait_for_watchers()
    server.put("pods", pod(other="label"))
    assert mirrors.see(WEB, fresh=True).config_mirror == "u1"


@pytest.mark.parametrize(("code", "reason"), [(401, "Unauthorized"), (403, "Forbidden")])
def test_an_api_that_refuses_us_is_no_evidence_and_the_reason_is_shown(server, mirrors, code, reason) -> None:
    server.script(*[Reply(code, status(code, reason, "no"))] * 4)
    answer = mirrors.see(WEB)
    assert isinstance(answer, Unavailable)
    assert answer.reason
    assert mirrors.unavailable == answer.reason


def test_an_answer_that_fails_is_unknown_and_never_gone(server, mirrors) -> None:
    assert mirrors.unavailable == ""
    server.script(
        *[Reply(500, status(500, "InternalError", "etcd"))] * 8,
        when=lambda request: request.path.endswith("web-n1"),
    )
    assert isinstance(mirrors.see(WEB, fresh=True), Unavailable)


def test_without_a_cluster_every_answer_says_so() -> None:
    with Mirrors(Unavailable("there is no kubeconfig")) as mirrors:
        assert mirrors.see(WEB) == Unavailable("there is no kubeconfig")
        assert mirrors.unavailable == "there is no kubeconfig"
        assert mirrors.warnings(WEB, "u1") == ()


def test_nothing_more_is_shown_once_it_is_closed(server, mirrors) -> None:
    assert mirrors.see(WEB) is None
    before = threading.active_count()
    mirrors.__exit__(None, None, None)
    assert threading.active_count() < before


@pytest.mark.parametrize(("ready", "heard"), [("True", True), ("False", True), ("Unknown", False)])
def test_the_api_hears_from_a_kubelet_unless_its_node_is_unknown(server, mirrors, ready, heard) -> None:
    server.objects["nodes"]["", "n1"] = {
        "metadata": {"name": "n1"},
        "status": {"conditions": [{"type": "Ready", "status": ready}]},
    }
    assert mirrors.hears_from("n1") is heard


def test_nothing_is_heard_from_a_node_that_is_not_there(mirrors) -> None:
    assert not mirrors.hears_from("n1")
    assert not Mirrors(Unavailable("there is no kubeconfig")).hears_from("n1")


def test_a_cordon_is_seen_as_it_is_now(server, mirrors) -> None:
    server.objects["nodes"]["", "n1"] = {"metadata": {"name": "n1"}, "spec": {"unschedulable": True}}
    assert mirrors.is_cordoned("n1")
    server.objects["nodes"]["", "n1"] = {"metadata": {"name": "n1"}, "spec": {}}
    assert not mirrors.is_cordoned("n1")
    assert not mirrors.is_cordoned("n2")


def test_an_api_that_goes_down_is_silent_from_then_on(server, mirrors) -> None:
    server.script(Reply(200, b'{"metadata": {"name": "kube-system"}}'))
    assert mirrors.silent_now() == ""
    server.script(*[Reply(500, status(500, "InternalError", "etcd"))] * 8)
    assert mirrors.silent_now()
    assert Mirrors(Unavailable("there is no kubeconfig")).silent_now() == "there is no kubeconfig"


@pytest.mark.parametrize(("ready", "shown"), [("True", ("DiskPressure",)), ("Unknown", None)])
def test_conditions_of_pressure_count_while_the_kubelet_reports(server, mirrors, ready, shown) -> None:
    conditions = (("Ready", ready), ("DiskPressure", "True"), ("MemoryPressure", "False"))
    server.objects["nodes"]["", "n1"] = {
        "metadata": {"name": "n1"},
        "status": {"conditions": [{"type": name, "status": status} for name, status in conditions]},
    }
    assert mirrors.pressures("n1") == shown
