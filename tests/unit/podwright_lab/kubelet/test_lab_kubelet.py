"""One node of a live lab: its crashing, refused and overlapping pods as crictl and the API show them."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from podwright_lab.api.store import Store
from podwright_lab.kubelet.fleet import KubeletFleet

SPEED = 60.0
POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: kube-system}}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 60
  containers:
  - name: c
    image: {image}
    command: {command}
{more}
"""
SERVER = """\
import http.server, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
http.server.HTTPServer.allow_reuse_port = False
handler = http.server.SimpleHTTPRequestHandler
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), handler).serve_forever()
"""


class Site:
    def __init__(self, root):
        self.store = Store()
        self.fleet = KubeletFleet(self.store, speed=SPEED)
        (root / "n1/etc/kubernetes/manifests").mkdir(parents=True)
        self.node = self.fleet.add_node("n1", root / "n1")

    def push(self, name, command, more="", image="busybox:1.36"):
        staged = self.node.manifest_dir / f".{name}"
        text = POD.format(name=name, image=image, command=json.dumps(command), more=more)
        staged.write_text(text)
        staged.rename(self.node.manifest_dir / f"{name}.yaml")

    def status(self, name):
        found = self.store.list("pods")[0]
        return next((pod["status"] for pod in found if pod["metadata"]["name"] == f"{name}-n1"), {})

    def container(self, name):
        return (self.status(name).get("containerStatuses") or [{}])[0]

    def events(self, name):
        found = self.store.list("events")[0]
        return [event for event in found if event["involvedObject"]["name"] == f"{name}-n1"]

    def crictl(self, *words):
        path = f"{self.node.bin_dir}:/usr/bin:/bin"
        return subprocess.run(
            ["crictl", *words], env={"PATH": path}, capture_output=True, text=True, check=True, timeout=10
        ).stdout


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.fleet.close()


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return found


def test_a_crash_loop_is_told_by_the_mirror_and_by_crictl(site):
    policy = "    terminationMessagePolicy: FallbackToLogsOnError"
    site.push("once", ["/bin/sh", "-c", "echo FATAL: bad option --foo; exit 3"], policy)
    until(lambda: site.container("once").get("restartCount", 0) >= 2)
    until(lambda: "waiting" in site.container("once")["state"])
    told = site.container("once")
    assert told["state"]["waiting"]["reason"] == "CrashLoopBackOff"
    ended = told["lastState"]["terminated"]
    assert (ended["exitCode"], ended["reason"]) == (3, "Error")
    assert ended["message"] == "FATAL: bad option --foo\n"
    # without a kubelet nothing is restarted while we look
    site.fleet.stop("n1")
    until(lambda: json.loads(site.crictl("ps", "-o", "json"))["containers"] == [])
    (newest,) = json.loads(site.crictl("ps", "--state", "exited", "--latest", "-o", "json"))["containers"]
    attempt = newest["metadata"]["attempt"]
    assert attempt >= 2
    assert newest["annotations"]["io.kubernetes.container.restartCount"] == str(attempt)
    status = json.loads(site.crictl("inspect", newest["id"]))["status"]
    assert (status["exitCode"], status["reason"]) == (3, "Error")
    assert Path(status["logPath"]).read_text().endswith(" stdout F FATAL: bad option --foo\n")
    assert site.crictl("logs", "--tail", "5", newest["id"]) == "FATAL: bad option --foo\n"
    assert "BackOff" in {event["reason"] for event in site.events("once")}


def test_a_refused_pod_has_an_event_of_its_uid_and_nothing_else(site):
    site.push("big", ["sleep", "60"], "    resources: {requests: {cpu: 64}}")
    (event,) = until(lambda: site.events("big"))
    assert event["reason"] == "UnexpectedAdmissionError"
    uid = event["involvedObject"]["uid"]
    assert len(uid) == 32
    assert site.status("big") == {}
    assert json.loads(site.crictl("pods", "-o", "json"))["items"] == []
    assert not (site.node.kubelet_root / "pods" / uid).exists()
    site.push("big", ["sleep", "61"], "    resources: {requests: {cpu: 64}}")
    until(lambda: {event["involvedObject"]["uid"] for event in site.events("big")} - {uid})


def test_the_old_pod_answers_the_new_ones_probe_until_it_is_gone(site):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    serve = [sys.executable, "-c", SERVER, str(port)]
    probe = f"    readinessProbe: {{httpGet: {{host: 127.0.0.1, port: {port}}}, periodSeconds: 1}}"
    site.push("old", serve, probe)
    until(lambda: site.container("old").get("ready"))
    (site.node.manifest_dir / "old.yaml").unlink()
    # the port is not declared, so the kubelet admits what cannot get it
    site.push("new", ["/bin/sh", "-c", "sleep 60"], probe)
    until(lambda: site.container("new").get("ready"))
    until(lambda: site.status("old") == {})
    until(lambda: site.container("new").get("ready") is False)
    why = f'Readiness probe failed: Get "http://127.0.0.1:{port}/": dial tcp 127.0.0.1:{port}: connect: connection refused'
    assert why in {event["message"] for event in site.events("new")}


def test_images_are_there_once_they_were_pulled(site):
    assert json.loads(site.crictl("images", "-o", "json"))["images"] == []
    site.push("app", ["sleep", "60"], "    imagePullPolicy: Never", image="tool:1")
    until(
        lambda: site.container("app").get("state", {}).get("waiting", {}).get("reason") == "ErrImageNeverPull"
    )
    site.crictl("pull", "tool:1")
    until(lambda: "running" in site.container("app")["state"])
    (image,) = json.loads(site.crictl("images", "-o", "json"))["images"]
    assert image["repoTags"] == ["docker.io/library/tool:1"]


def test_a_command_that_this_machine_has_not_is_simulated_and_prints_nothing(site):
    site.push("far", ["/no/such/program"])
    site.push("near", ["no-such-program"])
    until(lambda: "running" in site.container("near").get("state", {}))
    listed = json.loads(site.crictl("ps", "--name", "c", "-o", "json"))["containers"]
    assert {item["labels"]["io.kubernetes.pod.name"] for item in listed} >= {"near-n1"}
    assert all(site.crictl("logs", item["id"]) == "" for item in listed)


def test_its_containers_run_on_without_the_kubelet(site):
    site.push("app", ["sleep", "60"])
    until(lambda: "running" in site.container("app").get("state", {}))
    site.fleet.stop("n1")
    assert not site.node.up
    assert site.node.pid is None
    assert json.loads(site.crictl("ps", "-o", "json"))["containers"]
    site.fleet.start("n1")
    until(lambda: site.node.ready)
