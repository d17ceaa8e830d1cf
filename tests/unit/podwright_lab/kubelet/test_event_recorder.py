"""Events about pods: counted, kept while the API is down, told of the right uid."""

from tests.fakes.kubelet_bench import pod

from podwright_lab.kubelet import event_recorder

WHY = "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"


def events(bench):
    return bench.store.list("events")[0]


def test_an_event_names_its_pod_by_the_static_uid(bench):
    bench.recorder.record(pod("u-1"), "Warning", "NodePorts", WHY)
    bench.after(1)
    (event,) = events(bench)
    assert event["involvedObject"] == {
        "kind": "Pod",
        "namespace": "default",
        "name": "app-n1",
        "uid": "u-1",
        "apiVersion": "v1",
    }
    assert (event["type"], event["reason"], event["message"]) == ("Warning", "NodePorts", WHY)
    assert event["source"] == {"component": "kubelet", "host": "n1"}


def test_an_event_of_a_container_says_which(bench):
    bench.recorder.record(pod(), "Normal", "Started", "Container started", "spec.containers{c}")
    bench.after(1)
    assert events(bench)[0]["involvedObject"]["fieldPath"] == "spec.containers{c}"


def test_a_repeat_counts_the_first_up(bench):
    for _ in range(3):
        bench.recorder.record(pod(), "Warning", "BackOff", "again")
        bench.after(10)
    (event,) = events(bench)
    assert event["count"] == 3
    assert (event["firstTimestamp"], event["lastTimestamp"]) == (
        "2026-11-23T00:00:00Z",
        "2026-11-23T00:00:20Z",
    )


def test_another_generation_gets_an_event_of_its_own(bench):
    for uid in ("u-1", "u-2"):
        bench.recorder.record(pod(uid), "Warning", "NodePorts", WHY)
    bench.after(1)
    assert [event["involvedObject"]["uid"] for event in events(bench)] == ["u-1", "u-2"]
    assert len({event["metadata"]["name"] for event in events(bench)}) == 2


def test_events_wait_in_their_order_for_an_api_that_is_down(bench):
    bench.store.available = False
    for reason in ("One", "Two"):
        bench.recorder.record(pod(), "Normal", reason, "")
    bench.after(25)
    bench.store.available = True
    bench.after(10)
    assert [event["reason"] for event in events(bench)] == ["One", "Two"]


def test_an_event_that_is_refused_is_lost_and_the_next_is_sent(bench):
    stray = pod()
    stray["metadata"]["namespace"] = "ghost"
    bench.recorder.record(stray, "Normal", "One", "")
    bench.recorder.record(pod(), "Normal", "Two", "")
    bench.after(1)
    assert [event["reason"] for event in events(bench)] == ["Two"]
    assert "Server rejected event (will not retry!)" in bench.lines[0]


def test_what_waits_is_bounded(bench, monkeypatch):
    monkeypatch.setattr(event_recorder, "_KEPT", 10)
    recorder = event_recorder.EventRecorder(bench.run)
    bench.store.available = False
    for number in range(15):
        recorder.record(pod(), "Normal", "R", str(number))
    bench.store.available = True
    bench.after(20)
    assert sorted(int(event["message"]) for event in events(bench)) == list(range(5, 15))
