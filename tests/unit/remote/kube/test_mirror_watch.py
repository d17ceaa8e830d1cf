"""One list and watch for all: against a real HTTPS server, with what a real one sent, and with feeds that misbehave."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.api_client import until
from tests.fakes.api_messages import Reply, status
from tests.fakes.api_server import ApiServer
from tests.fakes.authority import Authority
from tests.fakes.kubeconfigs import base64_of, kubeconfig

from podwright.errors import (
    ClusterAnswerError,
    ClusterForbiddenError,
)
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube import list_and_watch as kube_lists
from podwright.remote.kube.client import connect
from podwright.remote.kube.cluster import Cluster
from podwright.remote.kube.mirror_watch import MirrorWatch

RECORDED = Path(__file__).parents[3] / "recorded" / "watch"
LABEL = "podwright.dev/managed=true"
WEB = PodRef("default", "web-n1")
APP = PodRef("default", "app-n2")


def pod(name: str = "web-n1", phase: str = "Running", **metadata: object) -> dict:
    labels = {"podwright.dev/managed": "true"}
    return {
        "kind": "Pod",
        "metadata": {"namespace": "default", "name": name, "labels": labels, **metadata},
        "spec": {"nodeName": name.rpartition("-")[2]},
        "status": {"phase": phase},
    }


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def server(authority):
    with ApiServer(authority, authority.issue("api", "127.0.0.1")) as server:
        yield server


@pytest.fixture
def cluster(server, tmp_path) -> Iterator[Cluster]:
    cluster_entry = {"server": server.url, "certificate-authority-data": base64_of(server.authority.pem)}
    path = kubeconfig(tmp_path / "config", cluster_entry, {"token": "TOKEN"})
    cluster = connect(kubeconfig=str(path), context=None, environ={}, timeout=60.0)
    yield cluster
    cluster.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "mirror-watch"]


def phase_of(watch: MirrorWatch, ref: PodRef = WEB) -> str:
    found = watch.get(ref)
    return found.phase if found else "none"


def test_it_lists_then_follows(server, cluster):
    server.put("pods", pod())
    server.put("pods", {"metadata": {"namespace": "default", "name": "other", "labels": {}}})
    with cluster.watch(LABEL) as watch:
        watch.wait_synced(60)
        assert watch.trouble == ""
        assert [pod.ref for pod in watch.pods()] == [WEB]
        assert [pod.ref for pod in watch.pods_on("n1")] == [WEB]
        assert watch.pods_on("n2") == ()
        server.wait_for_watchers()
        server.put("pods", pod(phase="Failed"))
        until(watch, lambda: phase_of(watch) == "Failed")
        server.delete("pods", "default", "web-n1")
        until(watch, lambda: watch.get(WEB) is None)
    asked = next(request for request in server.requests if "watch" in request.query)
    assert asked.query["labelSelector"] == LABEL
    assert asked.query["allowWatchBookmarks"] == "true"
    assert int(asked.query["timeoutSeconds"]) <= 30


def test_many_threads_share_one_list_and_one_stream(server, cluster):
    with cluster.watch(LABEL) as watch:
        watch.wait_synced(60)
        server.wait_for_watchers()
        seen: list[str] = []
        threads = [
            threading.Thread(
                target=lambda: (until(watch, lambda: watch.get(WEB)), seen.append(phase_of(watch)))
            )
            for _ in range(20)
        ]
        for thread in threads:
            thread.start()
        server.put("pods", pod())
        for thread in threads:
            thread.join(60)
        assert seen == ["Running"] * 20
    assert len(server.requests) == 2


def test_a_stream_that_ends_as_asked_goes_on_from_the_last_version(server, cluster, monkeypatch):
    monkeypatch.setattr(kube_lists, "_WATCH_SECONDS", 0)
    server.bookmarks = True
    with cluster.watch(LABEL) as watch:
        watch.wait_synced(60)
        server.put("pods", pod())
        until(watch, lambda: watch.get(WEB))
        assert watch.trouble == ""
    lists = [request for request in server.requests if "watch" not in request.query]
    assert len(lists) == 1


def test_a_pod_deleted_while_the_connection_was_down_is_seen_as_gone(server, cluster):
    server.put("pods", pod())
    with cluster.watch(LABEL) as watch:
        watch.wait_synced(60)
        server.wait_for_watchers()
        server.script(*[Reply(503, b"")] * 3)
        server.drop_connections()
        until(watch, lambda: watch.trouble)
        assert watch.get(WEB) is not None
        server.delete("pods", "default", "web-n1")
        server.compact()
        until(watch, lambda: not watch.trouble)
        assert watch.get(WEB) is None


def test_410_as_an_event_and_as_a_status_lead_to_a_new_list(server, cluster):
    server.put("pods", pod())
    server.put("pods", pod("gone-n1"))
    with cluster.watch(LABEL) as watch:
        watch.wait_synced(60)
        server.wait_for_watchers()
        server.script(
            Reply(410, status(410, "Expired", "too old")), when=lambda request: "watch" in request.query
        )
        del server.objects["pods"]["default", "gone-n1"]  # nobody says so
        server.compact()
        until(watch, lambda: len(watch.pods()) == 1)
        server.wait_for_requests(lambda request: "watch" not in request.query, 3)
        until(watch, lambda: not watch.trouble)


def test_an_error_event_is_trouble_until_the_next_list(server, cluster):
    with cluster.watch(LABEL) as watch:
        watch.wait_synced(60)
        server.wait_for_watchers()
        server.script(Reply(500, b""), Reply(500, b""), Reply(500, b""))
        server.emit({"type": "ERROR", "object": {"kind": "Status", "code": 500, "message": "etcd\nis gone"}})
        until(watch, lambda: "etcd is gone" in watch.trouble)
        until(watch, lambda: not watch.trouble)


def test_garbage_on_the_stream_is_trouble_and_not_the_end(server, cluster):
    with cluster.watch(LABEL) as watch:
        watch.wait_synced(60)
        server.wait_for_watchers()
        server.script(Reply(503), Reply(503), Reply(503))
        server.emit(
            {"type": "MODIFIED", "object": {"metadata": {"labels": {"podwright.dev/managed": "true"}}}}
        )
        until(watch, lambda: "without a name" in watch.trouble)
        until(watch, lambda: not watch.trouble)


def test_a_first_list_that_fails_is_raised_and_tried_again(server, cluster):
    server.script(*[Reply(500, b"")] * 3)
    with cluster.watch(LABEL) as watch:
        with pytest.raises(ClusterAnswerError, match="answers 500 to list pods"):
            watch.wait_synced(60)
        until(watch, lambda: not watch.trouble)
        watch.wait_synced(0)


def test_who_may_not_list_or_watch_is_told_and_does_not_try_for_ever(server, cluster):
    said = 'User "bob" cannot list resource "pods"'
    server.script(Reply(403, status(403, "Forbidden", said)))
    with cluster.watch(LABEL) as watch, pytest.raises(ClusterForbiddenError, match="to list pods as `bob`"):
        watch.wait_synced(60)
    assert len(server.requests) == 1
    server.script(Reply(403, status(403, "Forbidden", said)), when=lambda request: "watch" in request.query)
    with cluster.watch(LABEL) as watch:
        watch.wait_synced(60)
        until(watch, lambda: "not allowed to watch pods" in watch.trouble)


def test_closing_is_quick_even_while_nothing_comes(server, cluster):
    with cluster.watch(LABEL) as watch:
        watch.wait_synced(60)
        server.wait_for_watchers()
        started = time.monotonic()
    assert time.monotonic() - started < 5
    assert watch.trouble == "the watch is closed"


def recorded(name: str) -> list[dict]:
    return [json.loads(line) for line in (RECORDED / f"{name}.jsonl").read_text().splitlines()]


def test_a_recorded_update_shows_the_old_pod_then_none_then_the_new_one(server, cluster):
    """The old mirror stays Running through the gap: only its uid tells that it is not the new manifest's."""
    events = recorded("02-update-spec")
    seen: list[tuple[str | None, str, bool, bool]] = []
    with cluster.watch("") as watch:
        watch.wait_synced(60)
        server.wait_for_watchers()
        for event in events:
            before = watch.get(APP)
            server.replay(event)
            until(watch, lambda before=before: watch.get(APP) != before)
            found = watch.get(APP)
            seen.append(
                (found.config_mirror[:6], found.phase, found.ready, found.deleting) if found else None
            )
    assert seen == [
        ("de4050", "Pending", False, False),
        ("de4050", "Pending", False, False),
        ("de4050", "Running", True, False),
        ("de4050", "Running", True, True),
        None,
        ("96c87f", "Pending", False, False),
        ("96c87f", "Pending", False, False),
        ("96c87f", "Running", True, False),
        ("96c87f", "Running", True, True),
        None,
    ]


def test_a_recorded_outage_of_the_api_ends_in_the_very_set_that_it_lists(server, cluster):
    events = recorded("07-api-down")
    relisted = {
        (e["object"]["metadata"]["namespace"], e["object"]["metadata"]["name"]): e["object"]
        for e in events
        if e["type"] == "_RELISTED"
    }
    with cluster.watch("") as watch:
        watch.wait_synced(60)
        server.wait_for_watchers()
        for event in events:
            match event["type"]:
                case "_DISCONNECTED" | "_RELISTED":
                    continue
                case "ERROR":
                    server.objects["pods"] = dict(relisted)
                    server.compact()
                    names = {name for _, name in relisted}
                    until(watch, lambda names=names: {pod.ref.name for pod in watch.pods()} == names)
                    until(watch, lambda: not watch.trouble)
                    server.wait_for_watchers()
                case _:
                    server.replay(event)
        server.put("pods", pod("last-n1"))
        until(watch, lambda: watch.get(PodRef("default", "last-n1")))
        assert {pod.ref.name for pod in watch.pods()} == {"web-n2", "web-n3", "last-n1"}
