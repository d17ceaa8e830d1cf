"""The kubelets of a live lab: real files, real processes, real time."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from podwright_lab.api.store import Store
from podwright_lab.kubelet.fleet import KubeletFleet

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks at processes through /proc"
)

# twenty times faster than a real kubelet
SPEED = 20.0
POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, annotations: {{rev: "{rev}"}}}}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 2
  containers:
  - name: c
    image: busybox:1.36
    command: [/bin/sh, -c, {script}]
    env: [{{name: MARK, value: {mark}}}]
"""
STAYS = "\"trap 'exit 0' TERM; while :; do sleep 0.05; done\""


def manifest(name="app", rev=1, script=STAYS, mark="none"):
    return POD.format(name=name, rev=rev, script=script, mark=mark)


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return found


class Site:
    """A fleet with one node, and what a test wants to know of it."""

    def __init__(self, root: Path) -> None:
        self.store = Store()
        self.fleet = KubeletFleet(self.store, speed=SPEED)
        (root / "n1/etc/kubernetes/manifests").mkdir(parents=True)
        self.node = self.fleet.add_node("n1", root / "n1")

    def push(self, text, name="app.yaml"):
        staged = self.node.manifest_dir / f".{name}"
        staged.write_text(text)
        staged.rename(self.node.manifest_dir / name)

    def pods(self):
        return {pod["metadata"]["name"]: pod for pod in self.store.list("pods")[0]}

    def running(self, name="app-n1", rev=1):
        pod = self.pods().get(name)
        ready = pod is not None and pod["status"]["phase"] == "Running"
        return pod if ready and pod["metadata"]["annotations"]["rev"] == str(rev) else None

    def command(self, *words):
        path = f"{self.node.bin_dir}:/usr/bin:/bin"
        return subprocess.run(
            words, env={"PATH": path}, capture_output=True, text=True, check=False, timeout=10
        )


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.fleet.close()


def processes_with(mark):
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if f"MARK={mark}\0".encode() in environment and state != "Z":
                found.append(int(entry.name))
    return found


def test_a_manifest_becomes_a_process_and_a_mirror_and_both_go_with_it(site, tmp_path):
    mark = f"push-{os.getpid()}"
    site.push(manifest(mark=mark))
    mirror = until(site.running)
    assert mirror["metadata"]["ownerReferences"][0]["name"] == "n1"
    assert processes_with(mark)
    assert (
        site.node.kubelet_root / "pods" / mirror["metadata"]["annotations"]["kubernetes.io/config.mirror"]
    ).is_dir()
    (site.node.manifest_dir / "app.yaml").unlink()
    until(lambda: not site.pods())
    assert not processes_with(mark)
    until(lambda: not list((site.node.kubelet_root / "pods").iterdir()))


def test_an_update_ends_the_old_pod_and_starts_the_new(site):
    site.push(manifest(rev=1))
    old = until(site.running)
    site.push(manifest(rev=2))
    new = until(lambda: site.running(rev=2))
    assert old["metadata"]["uid"] != new["metadata"]["uid"]


def test_crictl_and_pidof_answer_for_the_node(site):
    site.push(manifest())
    mirror = until(site.running)
    listed = json.loads(site.command("crictl", "pods", "-o", "json").stdout)
    (sandbox,) = listed["items"]
    assert sandbox["metadata"]["uid"] == mirror["metadata"]["annotations"]["kubernetes.io/config.mirror"]
    assert sandbox["state"] == "SANDBOX_READY"
    containers = json.loads(site.command("crictl", "ps", "-a", "-o", "json").stdout)["containers"]
    assert [container["state"] for container in containers] == ["CONTAINER_RUNNING"]
    pid = site.command("pidof", "kubelet").stdout.strip()
    assert pid == str(site.node.pid)
    arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    assert arguments[0] == b"kubelet"
    assert f"--config={site.node.files.config}".encode() in arguments


def test_a_crictl_that_is_asked_nonsense_says_so(site):
    assert site.command("crictl", "dance").returncode == 1
    assert "No help topic for 'dance'" in site.command("crictl", "dance").stderr


def test_pods_run_on_while_the_kubelet_is_down_and_the_rest_waits_for_it(site):
    mark = f"down-{os.getpid()}"
    site.push(manifest(mark=mark))
    until(site.running)
    site.fleet.stop("n1")
    assert site.command("pidof", "kubelet").returncode == 1
    site.push(manifest(name="late"), "late.yaml")
    (site.node.manifest_dir / "app.yaml").unlink()
    time.sleep(0.3)
    assert set(site.pods()) == {"app-n1"}
    assert processes_with(mark)
    site.fleet.start("n1")
    until(lambda: set(site.pods()) == {"late-n1"} and site.running("late-n1"))
    until(lambda: not processes_with(mark))


def test_a_kubelet_that_somebody_kills_is_down(site):
    until(lambda: site.fleet.is_up("n1"))
    os.kill(site.node.pid, signal.SIGKILL)
    until(lambda: not site.fleet.is_up("n1"))
    site.fleet.start("n1")
    site.push(manifest())
    until(site.running)


def test_a_kubelet_that_is_stopped_does_nothing_until_it_goes_on(site):
    site.push(manifest())
    until(site.running)
    os.kill(site.node.pid, signal.SIGSTOP)
    time.sleep(0.5)
    site.push(manifest(rev=2))
    time.sleep(0.5)
    assert site.fleet.is_up("n1")
    assert site.running(rev=1)
    os.kill(site.node.pid, signal.SIGCONT)
    until(lambda: site.running(rev=2))


def test_a_container_that_ignores_term_lives_out_its_grace_and_a_crash_is_restarted(site):
    site.push(manifest(script='"sleep 0.1; exit 3"'))
    until(lambda: any(e["reason"] == "BackOff" for e in site.store.list("events")[0]))
    status = until(lambda: site.pods()["app-n1"]["status"].get("containerStatuses"))[0]
    assert status["restartCount"] >= 1


def test_a_command_that_this_machine_has_not_is_simulated(site):
    site.push(manifest().replace("/bin/sh", "no-such-program"))
    until(site.running)
    assert len(site.fleet._processes) == 0


def test_the_api_may_be_away(site):
    site.push(manifest())
    until(site.running)
    site.store.available = False
    site.push(manifest(name="late"), "late.yaml")
    until(lambda: len(json.loads(site.command("crictl", "pods", "-o", "json").stdout)["items"]) == 2)
    site.store.available = True
    until(lambda: "late-n1" in site.pods())


def test_a_deleted_mirror_comes_back_and_the_container_does_not_notice(site):
    site.push(manifest())
    before = until(site.running)
    site.store.delete("pods", "default", "app-n1")
    after = until(
        lambda: (pod := site.running()) and pod["metadata"]["uid"] != before["metadata"]["uid"] and pod
    )
    ids = [pod["status"]["containerStatuses"][0]["containerID"] for pod in (before, after)]
    assert ids[0] == ids[1]


def test_a_closed_fleet_leaves_nothing_and_says_so(tmp_path):
    site = Site(tmp_path)
    mark = f"close-{os.getpid()}"
    site.push(manifest(mark=mark))
    until(site.running)
    pid = site.node.pid
    site.fleet.close()
    site.fleet.close()
    assert not processes_with(mark)
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(RuntimeError, match="have stopped"):
        site.fleet.start("n1")


def test_a_lab_that_is_killed_takes_its_processes_with_it(tmp_path):
    mark = f"killed-{os.getpid()}"
    program = textwrap.dedent(f"""
        import time
        from pathlib import Path
        from podwright_lab.api.store import Store
        from podwright_lab.kubelet.fleet import KubeletFleet
        root = Path({str(tmp_path)!r}) / "n1"
        (root / "etc/kubernetes/manifests").mkdir(parents=True)
        fleet = KubeletFleet(Store(), speed={SPEED})
        node = fleet.add_node("n1", root)
        (node.manifest_dir / "app.yaml").write_text({manifest(mark=mark)!r})
        # killed between a container's start and the note of it, a lab would leave it to the next `up`
        while not any(container.running for container in tuple(node.runtime.containers.values())):
            time.sleep(0.01)
        print(node.pid, flush=True)
        time.sleep(60)
    """)
    lab = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert lab.stdout is not None
    kubelet = lab.stdout.readline().strip()
    until(lambda: processes_with(mark))
    lab.kill()
    lab.wait()
    lab.stdout.close()
    until(lambda: not processes_with(mark))
    until(lambda: not Path(f"/proc/{kubelet}").exists() or "Z" in Path(f"/proc/{kubelet}/stat").read_text())


def test_a_fifo_stops_the_reading_until_somebody_opens_it(site):
    site.push(manifest(name="first"), "first.yaml")
    until(lambda: site.running("first-n1"))
    os.mkfifo(site.node.manifest_dir / "pipe.yaml")
    (site.node.manifest_dir / "first.yaml").unlink()
    site.push(manifest())
    time.sleep(0.5)
    assert set(site.pods()) == {"first-n1"}
    (site.node.manifest_dir / "pipe.yaml").rename(site.node.manifest_dir.parent / "moved")
    os.close(os.open(site.node.manifest_dir.parent / "moved", os.O_WRONLY | os.O_NONBLOCK))
    until(site.running)


def test_many_nodes_are_driven_by_one_thread(tmp_path):
    import threading

    before = threading.active_count()
    fleet = KubeletFleet(Store(), speed=SPEED)
    try:
        for number in range(20):
            root = tmp_path / f"n{number}"
            (root / "etc/kubernetes/manifests").mkdir(parents=True)
            fleet.add_node(f"n{number}", root)
        assert threading.active_count() == before + 1
        until(lambda: len(fleet._world.store.list("nodes")[0]) == 20)
    finally:
        fleet.close()
    assert threading.active_count() == before


def test_an_api_that_was_made_slow_does_not_hold_up_the_kubelets(site):
    site.store.delay = 30.0
    site.push(manifest())
    until(lambda: len(json.loads(site.command("crictl", "ps", "-o", "json").stdout)["containers"]) == 1)
    site.store.delay = 0.0
    until(site.running)


def test_a_bug_costs_only_what_had_it(site, caplog):
    def broken():
        raise KeyError("of the test")

    site.fleet._call(lambda: site.fleet._world.agenda.call_after(0.0, broken))
    site.push(manifest())
    until(site.running)
    assert "a bug in the lab's kubelets" in caplog.text
