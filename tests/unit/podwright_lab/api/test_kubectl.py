"""The real kubectl finds nothing amiss: commands that 1.20 and 1.33 both know, and what they print."""

import json
import os
import re
import shutil
import subprocess
import threading

import pytest

WAIT = 60


@pytest.fixture(autouse=True)
def _nodes(add_node):
    ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "posting ready status"}
    for number in (1, 2):
        add_node(
            f"n{number}",
            conditions=[ready],
            addresses=[{"type": "InternalIP", "address": f"192.0.2.{number}"}],
            nodeInfo={
                "kubeletVersion": "v1.36.2",
                "osImage": "Debian",
                "containerRuntimeVersion": "containerd://1.6",
            },
            allocatable={"cpu": "2", "memory": "4Gi"},
        )


@pytest.fixture
def environment(tmp_path):
    # its cache must be fresh: ports are used again, and then by another server
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "KUBECONFIG": str(tmp_path / "kubeconfig")}


@pytest.fixture
def kubectl(server, tmp_path, environment):
    """Run kubectl as a user of the lab; returns its output, both streams, and asserts how it ends."""
    assert shutil.which("kubectl"), "kubectl is not installed; Debian has it in kubernetes-client"

    def run(*arguments, user="admin", fails=False, stdin="", **more):
        (tmp_path / "kubeconfig").write_text(server.kubeconfig(user))
        done = subprocess.run(
            ["kubectl", *arguments],
            env=environment | more,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=WAIT,
            check=False,
        )
        assert bool(done.returncode) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def kubelet(store):
    """Ends pods that are marked for deletion, as the kubelet of each node does."""
    watch = store.watch("pods")

    def work():
        for event in watch:
            metadata = event["object"]["metadata"]
            if event["type"] == "MODIFIED" and metadata.get("deletionGracePeriodSeconds"):
                store.delete("pods", metadata["namespace"], metadata["name"], grace_seconds=0)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    watch.close()
    thread.join()


def rows(text):
    return [line.split() for line in text.splitlines()]


def test_pods_are_listed_in_columns(kubectl, store, add_mirror):
    add_mirror("web")
    status = {
        "phase": "Running",
        "podIP": "192.0.2.1",
        "containerStatuses": [
            {
                "name": "c",
                "ready": True,
                "restartCount": 0,
                "state": {"running": {"startedAt": "2026-11-23T12:00:00Z"}},
            }
        ],
    }
    store.update_status("pods", "default", "web-n1", status)
    header, row = rows(kubectl("get", "pods"))
    assert header == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert re.fullmatch(r"web-n1 1/1 Running 0 \d+s", " ".join(row))
    wide = rows(kubectl("get", "po", "-A", "-o", "wide"))
    assert wide[0][:8] == ["NAMESPACE", "NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"]
    assert re.fullmatch(r"default web-n1 1/1 Running 0 \d+s 192\.0\.2\.1 n1", " ".join(wide[1][:8]))


def test_pods_are_chosen_by_label_and_field(kubectl, add_mirror):
    for name, node in (("a", "n1"), ("b", "n1"), ("a", "n2")):
        add_mirror(name, node)
    assert kubectl("get", "po", "-l", "app=a", "-o", "name").split() == ["pod/a-n1", "pod/a-n2"]
    assert kubectl("get", "po", "--field-selector", "spec.nodeName=n2", "-o", "name").split() == ["pod/a-n2"]
    assert kubectl("get", "po", "-l", "app in (b),!x", "--chunk-size=1", "-o", "name").split() == ["pod/b-n1"]
    assert kubectl("get", "po", "--chunk-size=1", "-o", "name").split() == [
        "pod/a-n1",
        "pod/a-n2",
        "pod/b-n1",
    ]
    assert kubectl("get", "po", "-n", "kube-system") == "No resources found in kube-system namespace.\n"


def test_an_object_is_shown_whole(kubectl, add_mirror):
    pod = add_mirror("web")
    assert json.loads(kubectl("get", "pod", "web-n1", "-o", "json")) == pod
    assert "kubernetes.io/config.mirror: f00d" in kubectl("get", "pod/web-n1", "-o", "yaml")
    path = "{.metadata.annotations.kubernetes\\.io/config\\.mirror}"
    assert kubectl("get", "po", "web-n1", "-o", f"jsonpath={path}") == "f00d"
    missing = kubectl("get", "po", "nope", fails=True)
    assert missing == 'Error from server (NotFound): pods "nope" not found\n'


def test_nodes_and_namespaces_and_events_are_listed(kubectl, store):
    assert re.fullmatch(r"n1 Ready <none> \d+s v1\.36\.2", " ".join(rows(kubectl("get", "nodes"))[1]))
    assert "192.0.2.2" in kubectl("get", "no", "-o", "wide")
    assert kubectl("get", "ns", "-o", "name").split()[0] == "namespace/default"
    about = {"kind": "Pod", "namespace": "default", "name": "web-n1", "uid": "u"}
    event = {"metadata": {"name": "e.1", "namespace": "default"}, "involvedObject": about, "type": "Normal"}
    store.create("events", event | {"reason": "Started", "message": "Container started", "count": 1})
    line = kubectl("get", "ev").splitlines()[1]
    assert line.split()[1:] == ["Normal", "Started", "pod/web-n1", "Container", "started"]


def test_pods_and_nodes_are_described(kubectl, store, add_mirror):
    add_mirror("web")
    # kubelets write events about the static pod, and kubectl knows to look for its uid
    about = {"kind": "Pod", "namespace": "default", "name": "web-n1", "uid": "f00d"}
    event = {"metadata": {"name": "e.1", "namespace": "default"}, "involvedObject": about, "type": "Normal"}
    store.create(
        "events",
        event | {"reason": "Pulled", "message": "image is there", "source": {"component": "kubelet"}},
    )
    described = kubectl("describe", "pod", "web-n1")
    for part in ("Controlled By:  Node/n1", "kubernetes.io/config.mirror: f00d", "image is there"):
        assert part in described
    described = kubectl("describe", "node", "n1")
    for part in ("KubeletReady", "192.0.2.1", "web-n1", "(1 in total)"):
        assert part in described
    assert "No resource quota" in kubectl("describe", "ns", "default")


def test_a_mirror_is_deleted_and_waited_for(kubectl, store, add_mirror, kubelet):
    add_mirror("web")
    assert 'pod "web-n1" deleted' in kubectl("delete", "pod", "web-n1")
    assert store.list("pods")[0] == []


def test_a_mirror_is_deleted_without_waiting_and_then_by_force(kubectl, add_mirror):
    add_mirror("web")
    kubectl("delete", "pod", "web-n1", "--wait=false")
    assert rows(kubectl("get", "po"))[1][2] == "Terminating"
    assert 'pod "web-n1" force deleted' in kubectl("delete", "pod", "web-n1", "--force", "--grace-period=0")
    assert "not found" in kubectl("delete", "pod", "web-n1", fails=True)


def test_labels_and_annotations_are_edited_but_not_the_mirrors_own(kubectl, store, add_mirror):
    add_mirror("web")
    kubectl("label", "pod", "web-n1", "tier=front")
    kubectl("label", "pod", "web-n1", "app-")
    kubectl("annotate", "pod", "web-n1", "kubernetes.io/config.hash=beef", "--overwrite")
    kubectl("set", "image", "pod/web-n1", "c=docker.io/library/busybox:9")
    pod = store.get("pods", "default", "web-n1")
    assert pod["metadata"]["labels"] == {"tier": "front"}
    assert pod["metadata"]["annotations"]["kubernetes.io/config.hash"] == "beef"
    assert pod["spec"]["containers"][0]["image"] == "docker.io/library/busybox:9"
    refused = kubectl("annotate", "pod", "web-n1", "kubernetes.io/config.mirror-", fails=True)
    assert "may not remove or update mirror pod annotation" in refused


def test_an_editor_may_be_used(kubectl, store, add_mirror):
    add_mirror("web")
    kubectl("edit", "pod", "web-n1", EDITOR="sed -i 's/app: web/app: edited/'")
    assert store.get("pods", "default", "web-n1")["metadata"]["labels"] == {"app": "edited"}


POD = """
apiVersion: v1
kind: Pod
metadata: {name: plain, namespace: later, labels: {tier: REV}}
spec: {containers: [{name: c, image: "docker.io/library/busybox:1.36"}]}
"""


def test_namespaces_and_pods_are_created_applied_and_deleted(kubectl, store):
    assert kubectl("create", "ns", "later") == "namespace/later created\n"
    assert kubectl("apply", "-f", "-", stdin=POD.replace("REV", "one")) == "pod/plain created\n"
    assert kubectl("apply", "-f", "-", stdin=POD.replace("REV", "one")) == "pod/plain unchanged\n"
    assert kubectl("apply", "-f", "-", stdin=POD.replace("REV", "two")) == "pod/plain configured\n"
    assert store.get("pods", "later", "plain")["metadata"]["labels"] == {"tier": "two"}
    assert "already exists" in kubectl("create", "-f", "-", stdin=POD.replace("REV", "one"), fails=True)
    assert 'namespace "later" deleted' in kubectl("delete", "ns", "later")
    assert "not found" in kubectl("get", "ns", "later", fails=True)


def test_a_quota_and_a_priority_class_are_created(kubectl, store):
    kubectl("create", "quota", "few", "--hard=pods=1,requests.cpu=2")
    kubectl("create", "priorityclass", "meek", "--value=7")
    hard = store.get("resourcequotas", "default", "few")["spec"]["hard"]
    assert hard == {"pods": "1", "requests.cpu": "2"}
    assert store.get("priorityclasses", None, "meek")["value"] == 7


def test_a_finalizer_is_taken_off_by_a_json_patch(kubectl, store, add_mirror):
    add_mirror("web", metadata={"finalizers": ["example.com/hold"]})
    kubectl("delete", "pod", "web-n1", "--wait=false", "--force", "--grace-period=0")
    assert store.get("pods", "default", "web-n1")["metadata"]["finalizers"] == ["example.com/hold"]
    patch = '[{"op": "remove", "path": "/metadata/finalizers"}]'
    kubectl("patch", "pod", "web-n1", "--type=json", "-p", patch)
    assert store.list("pods")[0] == []


def test_rights_are_asked_for_and_refused(kubectl):
    assert kubectl("auth", "can-i", "delete", "pods") == "yes\n"
    assert kubectl("auth", "can-i", "delete", "pods", user="reader", fails=True) == "no\n"
    everything = [line.split() for line in kubectl("auth", "can-i", "--list").splitlines()]
    assert ["*.*", "[]", "[]", "[*]"] in everything
    readable = kubectl("auth", "can-i", "--list", user="reader")
    assert ["pods", "[]", "[]", "[get", "list", "watch]"] in [line.split() for line in readable.splitlines()]
    assert "pods" not in kubectl("auth", "can-i", "--list", user="nobody")
    assert 'pods is forbidden: User "nobody" cannot list resource "pods"' in kubectl(
        "get", "po", user="nobody", fails=True
    )
    kubectl("get", "po", user="reader")


def test_resources_and_versions_are_discovered(kubectl):
    resources = {line.split()[0]: line.split() for line in kubectl("api-resources").splitlines()}
    assert resources["pods"][1] == "po"
    assert "v1.36" in kubectl("version")
    assert "coordination.k8s.io/v1" in kubectl("api-versions")


def test_raw_paths_reach_the_api(kubectl):
    assert json.loads(kubectl("get", "--raw", "/api/v1/pods"))["kind"] == "PodList"
    assert kubectl("get", "--raw", "/readyz") == "ok"


def test_a_server_that_is_down_is_told_apart(kubectl, server):
    server.stop_listening()
    assert "refused" in kubectl("get", "po", fails=True)
    server.resume()
    assert "No resources found" in kubectl("get", "po")


def test_a_watch_prints_each_change(server, store, environment, tmp_path, add_mirror):
    add_mirror("web")
    (tmp_path / "kubeconfig").write_text(server.kubeconfig())
    process = subprocess.Popen(
        ["kubectl", "get", "pods", "-w", "--no-headers"], env=environment, stdout=subprocess.PIPE, text=True
    )
    stop = threading.Timer(WAIT, process.kill)
    stop.start()
    try:
        assert process.stdout.readline().split()[:3] == ["web-n1", "0/1", "Pending"]
        add_mirror("db")
        assert process.stdout.readline().split()[:3] == ["db-n1", "0/1", "Pending"]
        store.update_status("pods", "default", "db-n1", {"phase": "Running"})
        assert process.stdout.readline().split()[:3] == ["db-n1", "0/1", "Running"]
        store.delete("pods", "default", "db-n1")
        assert process.stdout.readline().split()[:3] == ["db-n1", "0/1", "Terminating"]
    finally:
        stop.cancel()
        process.kill()
        process.stdout.close()
        process.wait()
