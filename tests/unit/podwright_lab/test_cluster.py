"""A lab in this process: its parts fit together, start and end."""

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from podwright_lab.api_client import ApiClient
from podwright_lab.cluster import Lab
from podwright_lab.kubelet import fleet
from podwright_lab.kubelet.timing import Timing
from podwright_lab.lab_error import LabError, LabUsageError
from podwright_lab.layout import MARK_VARIABLE

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: main, image: busybox, command: [sleep, "1000"]}
"""


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def mirrors(lab):
    with ApiClient(lab.kubeconfig) as client:
        return [pod["metadata"]["name"] for pod in client.get("/api/v1/pods", {})["items"]]


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_file_put_over_ssh_runs_and_is_mirrored(tmp_path):
    with Lab(tmp_path / "lab", nodes=2, speed=5) as lab:
        node = lab.node("cp-2")
        command = "cat >etc/kubernetes/.web && mv etc/kubernetes/.web etc/kubernetes/manifests/web.yaml"
        words = ["ssh", "-F", str(lab.layout.ssh_config), "-o", "BatchMode=yes", "cp-2", command]
        subprocess.run(words, input=POD.encode(), check=True, timeout=60)
        until(lambda: mirrors(lab) == ["web-cp-2"])
        said = subprocess.run(
            [*words[:-1], "crictl pods"], capture_output=True, text=True, check=True, timeout=20
        ).stdout
        assert "web-cp-2" in said
        (node.manifest_dir / "web.yaml").unlink()
        until(lambda: mirrors(lab) == [])


def test_once_it_is_up_every_node_is_registered_and_what_is_pushed_is_ready_at_once(tmp_path, monkeypatch):
    # its status does not wait for the tick, as that of a pod does whose kubelet is just starting
    monkeypatch.setattr(fleet, "Timing", lambda: Timing(status_tick=600.0))
    with Lab(tmp_path / "lab", nodes=2) as lab, ApiClient(lab.kubeconfig) as client:
        nodes = client.get("/api/v1/nodes", {})["items"]
        assert [node["metadata"]["name"] for node in nodes] == ["cp-1", "cp-2"]
        (lab.node("cp-1").manifest_dir / "web.yaml").write_text(POD)
        until(lambda: _phase(client) == "Running")


def _phase(client):
    found = client.get("/api/v1/namespaces/default/pods", {})["items"]
    return found[0]["status"]["phase"] if found else ""


def test_a_manifest_that_stops_the_reading_does_not_stop_the_start(tmp_path):
    with Lab(tmp_path / "lab", nodes=1, speed=5) as lab:
        os.mkfifo(lab.node("cp-1").manifest_dir / "pipe")
    with Lab(tmp_path / "lab", nodes=1, speed=5) as lab:
        assert lab.kubelets.is_up("cp-1")


def test_the_manifest_folder_is_found_through_the_kubelets_process(tmp_path):
    with Lab(tmp_path / "lab", nodes=1) as lab:
        script = "tr '\\0' '\\n' </proc/$(pidof kubelet)/cmdline | sed -n 's/^--config=//p' | xargs cat"
        words = ["ssh", "-F", str(lab.layout.ssh_config), "-o", "BatchMode=yes", "cp-1", script]
        said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
        assert f"staticPodPath: {lab.node('cp-1').manifest_dir}\n" in said
        with ApiClient(lab.kubeconfig) as client:
            until(lambda: client.get("/api/v1/nodes", {})["items"])
            answer = client.get("/api/v1/nodes/cp-1/proxy/configz", {})
        assert answer["kubeletconfig"]["staticPodPath"] == str(lab.node("cp-1").manifest_dir)


def test_it_ends_without_a_process_thread_or_descriptor_left(tmp_path):
    with Lab(tmp_path / "warm", nodes=1):
        pass
    threads, before = threading.active_count(), descriptors()
    with Lab(tmp_path / "lab", nodes=3, speed=5) as lab:
        for node in lab.nodes:
            (node.manifest_dir / "web.yaml").write_text(POD)
        until(lambda: len(mirrors(lab)) == 3)
    until(lambda: threading.active_count() == threads)
    assert descriptors() == before
    mark = f"{MARK_VARIABLE}={tmp_path / 'lab'}".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            assert mark not in environment.read_bytes().split(b"\0")
        except OSError:
            continue


def test_the_same_folder_brings_the_same_nodes_back(tmp_path):
    with Lab(tmp_path / "lab", nodes=1, speed=5) as lab:
        (lab.nodes[0].manifest_dir / "web.yaml").write_text(POD)
        first = lab.layout.node("cp-1").host_key.read_text()
    with Lab(tmp_path / "lab", nodes=1, speed=5) as lab:
        until(lambda: mirrors(lab) == ["web-cp-1"])
        assert lab.layout.node("cp-1").host_key.read_text() == first


def test_names_of_ones_own_can_be_given(tmp_path):
    with Lab(tmp_path / "lab", nodes=("cp-9",)) as lab:
        assert [node.name for node in lab.nodes] == ["cp-9"]
        with pytest.raises(LabUsageError, match="the lab has no node `cp-1`"):
            lab.node("cp-1")


def test_two_labs_never_share_a_folder(tmp_path):
    with Lab(tmp_path / "lab", nodes=1):
        with pytest.raises(LabError, match=rf"a lab already runs in `{tmp_path}/lab` \(pid {os.getpid()}\)"):
            Lab(tmp_path / "lab", nodes=1).start()
        with Lab(tmp_path / "other", nodes=1) as other:
            assert other.nodes


def test_a_start_that_fails_half_way_leaves_nothing_running(tmp_path):
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab/lab.json").write_text("{}")
    (tmp_path / "lab/nodes").write_text("in the way")
    threads, before = threading.active_count(), descriptors()
    with pytest.raises(OSError, match="nodes"):
        Lab(tmp_path / "lab", nodes=1).start()
    until(lambda: threading.active_count() == threads)
    assert descriptors() == before


def test_closing_twice_is_as_once(tmp_path):
    lab = Lab(tmp_path / "lab", nodes=1)
    lab.start()
    lab.close()
    lab.close()


def test_real_sshds_serve_the_same_lab(tmp_path):
    pytest.importorskip("podwright_lab.real_sshd")
    if not any(Path(folder, "sshd").exists() for folder in ("/usr/sbin", "/usr/local/sbin", "/sbin")):
        pytest.skip("no sshd here")
    with Lab(tmp_path / "lab", nodes=2, sshd=True) as lab:
        words = [
            "ssh",
            "-F",
            str(lab.layout.ssh_config),
            "-o",
            "BatchMode=yes",
            "cp-2",
            "pwd; crictl pods -q; pidof kubelet",
        ]
        said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout.split()
        assert said[0] == str(lab.node("cp-2").layout.root)
        assert said[1:] == [str(lab.kubelets.node("cp-2").pid)]
