"""What a whole kubelet does in virtual time where no recording says so."""

import pytest
from tests.conformance.replay_lab import Luck, Phases, ReplayLab

from podwright_lab.kubelet.probes import Probes

TEXT = """\
apiVersion: v1
kind: Pod
metadata: {{name: app, namespace: default, annotations: {{rev: "{rev}"}}{metadata}}}
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 2
{spec}
  containers:
  - name: c
    image: docker.io/library/busybox:1.36
    command: [sh, -c, "{script}"]
{container}
"""
STAYS = "trap 'exit 0' TERM; sleep 100000 & wait"


class Site:
    def __init__(self, root):
        self.lab = ReplayLab(root, ["n2"], (Phases(5.0), Phases(5.0)), Luck())
        self.node = self.lab.nodes["n2"]

    def push(self, rev=1, spec="", container="", script=STAYS, metadata="", name="app.yaml"):
        staged = self.node.manifest_dir / ".staged"
        staged.write_text(
            TEXT.format(rev=rev, spec=spec, container=container, script=script, metadata=metadata)
        )
        staged.rename(self.node.manifest_dir / name)
        self.lab.settle()

    def remove(self, name="app.yaml"):
        (self.node.manifest_dir / name).unlink()
        self.lab.settle()

    def after(self, seconds):
        self.lab.run_to(self.lab.now + seconds)
        return self

    @property
    def mirror(self):
        found = [pod for pod in self.lab.store.list("pods")[0] if pod["metadata"]["name"] == "app-n2"]
        return found[0] if found else None

    @property
    def status(self):
        return self.mirror["status"]

    @property
    def container(self):
        return self.status["containerStatuses"][0]

    def events(self):
        return [
            e["reason"] for e in self.lab.store.list("events")[0] if e["involvedObject"]["name"] == "app-n2"
        ]

    def sandboxes(self):
        return [s for s in self.node.runtime.sandboxes.values() if s.name == "app-n2" and s.ready]


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path / "lab")
    yield made
    made.lab.close()


def condition(status, kind):
    return next(entry["status"] for entry in status["conditions"] if entry["type"] == kind)


def test_init_containers_run_one_after_the_other_before_the_rest(site):
    spec = "  initContainers:\n" + "".join(
        f"  - {{name: {name}, image: docker.io/library/busybox:1.36, command: ['true']}}\n"
        for name in ("one", "two")
    )
    site.push(spec=spec)
    site.after(5)
    assert site.status["phase"] == "Running"
    assert [entry["state"]["terminated"]["reason"] for entry in site.status["initContainerStatuses"]] == [
        "Completed"
    ] * 2
    begun = {c.name: c.began for c in site.node.runtime.containers.values() if c.pod_name == "app-n2"}
    assert begun["one"] < begun["two"] < begun["c"]


def test_a_readiness_probe_that_succeeds_makes_the_pod_ready_after_its_delay(site):
    probe = "    readinessProbe: {exec: {command: ['true']}, periodSeconds: 1, initialDelaySeconds: 5}"
    site.push(container=probe)
    assert condition(site.after(3).status, "Ready") == "False"
    assert condition(site.after(5).status, "Ready") == "True"


def test_a_startup_probe_holds_the_others_back(site):
    probes = (
        "    startupProbe: {exec: {command: [sh, -c, 'exit 1']}, periodSeconds: 1, failureThreshold: 100}\n"
        "    livenessProbe: {exec: {command: [sh, -c, 'exit 1']}, periodSeconds: 1, failureThreshold: 1}"
    )
    site.push(container=probes)
    site.after(10)
    assert site.container["restartCount"] == 0
    assert site.container["started"] is False


def test_the_results_of_lives_that_are_over_are_forgotten(site, monkeypatch):
    results = []
    made = Probes.__init__

    def kept(probes, *arguments):
        made(probes, *arguments)
        results.append(probes._results)

    monkeypatch.setattr(Probes, "__init__", kept)
    site.node.stop()
    site.node.start()
    site.push(container="    livenessProbe: {exec: {command: [sh, -c, 'exit 1']}, periodSeconds: 1}")
    site.after(200)
    assert site.container["restartCount"] > 2
    assert len(results[0]) <= 1
    site.remove()
    site.after(20)
    assert results[0] == {}


def test_an_http_probe_of_a_simulated_container_succeeds(site):
    site.push(container="    readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}")
    assert condition(site.after(3).status, "Ready") == "True"


def test_a_pod_that_failed_for_good_is_failed(site):
    site.push(spec="  restartPolicy: Never", script="exit 4")
    site.after(5)
    assert site.status["phase"] == "Failed"
    assert site.container["state"]["terminated"]["exitCode"] == 4


def test_a_crash_loop_waits_longer_each_time(site):
    site.push(script="exit 3")
    site.after(150)
    begun = sorted(e["count"] for e in site.lab.store.list("events")[0] if e["reason"] == "Started")
    assert begun[-1] in (5, 6)
    assert "BackOff" in site.events()


def test_a_host_path_that_is_missing_keeps_the_pod_waiting_with_an_event(site):
    volume = "  volumes: [{name: v, hostPath: {path: /no/such/folder, type: Directory}}]"
    site.push(spec=volume)
    site.after(3)
    assert site.status["phase"] == "Pending"
    assert "FailedMount" in site.events()
    assert site.sandboxes() == []


def test_an_update_of_a_pod_whose_image_cannot_be_pulled_starts_at_once_after_the_back_off(site):
    site.push(rev=1, container="    imagePullPolicy: Always")
    site.after(5)
    assert site.container["state"]["waiting"]["reason"] in ("ErrImagePull", "ImagePullBackOff")
    site.push(rev=2)
    site.after(20)
    assert site.status["phase"] == "Running"
    assert site.mirror["metadata"]["annotations"]["rev"] == "2"


def test_started_without_the_api_nothing_is_ended_until_it_answers(site):
    site.push()
    site.after(5)
    site.node.stop()
    site.lab.store.available = False
    site.remove()
    site.node.start()
    site.after(40)
    assert len(site.sandboxes()) == 1
    site.push(name="other.yaml", rev=5)
    site.after(3)
    site.lab.store.available = True
    site.after(40)
    assert [s.annotations["rev"] for s in site.sandboxes()] == ["5"]


def test_a_finalizer_in_the_manifest_holds_the_mirror(site):
    site.push(metadata=', finalizers: ["example.com/hold"]')
    site.after(3)
    site.remove()
    site.after(10)
    assert site.sandboxes() == []
    assert "deletionTimestamp" in site.mirror["metadata"]
    site.lab.store.patch("pods", "default", "app-n2", {"metadata": {"finalizers": None}})
    assert site.after(3).mirror is None


def test_a_regular_pod_of_the_mirrors_name_keeps_it_away(site):
    regular = {
        "metadata": {"name": "app-n2", "namespace": "default"},
        "spec": {"nodeName": "n2", "containers": [{"name": "x", "image": "busybox:1"}]},
    }
    site.lab.store.create("pods", regular)
    site.push()
    site.after(5)
    assert len(site.sandboxes()) == 1
    assert "kubernetes.io/config.mirror" not in (site.mirror["metadata"].get("annotations") or {})


def test_a_pod_of_the_api_goes_when_it_is_deleted_and_not_before(site):
    spec = {"nodeName": "n2", "containers": [{"name": "c", "image": "a"}]}
    site.lab.store.create("pods", {"metadata": {"name": "other", "namespace": "default"}, "spec": spec})
    site.after(5)
    assert site.lab.store.get("pods", "default", "other")["status"]["phase"] == "Pending"
    site.lab.store.delete("pods", "default", "other")
    site.after(1)
    assert "other" not in [pod["metadata"]["name"] for pod in site.lab.store.list("pods")[0]]


def test_a_pod_of_the_api_that_was_deleted_meanwhile_goes_when_the_kubelet_is_back(site):
    spec = {"nodeName": "n2", "containers": [{"name": "c", "image": "a"}]}
    site.node.stop()
    site.lab.store.create("pods", {"metadata": {"name": "other", "namespace": "default"}, "spec": spec})
    site.lab.store.delete("pods", "default", "other")
    site.after(5)
    assert "deletionTimestamp" in site.lab.store.get("pods", "default", "other")["metadata"]
    site.node.start()
    site.after(5)
    assert "other" not in [pod["metadata"]["name"] for pod in site.lab.store.list("pods")[0]]


def test_the_lease_is_renewed_and_the_node_is_ready(site):
    def renewed():
        return site.lab.store.get("leases", "kube-node-lease", "n2")["spec"]["renewTime"]

    before = renewed()
    site.after(15)
    assert renewed() > before
    node = site.lab.store.get("nodes", None, "n2")
    assert condition(node["status"], "Ready") == "True"
    assert node["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.2"


def test_a_stopped_kubelet_does_nothing_more(site):
    site.push()
    site.after(3)
    site.node.stop()
    site.remove()
    site.after(100)
    assert site.status["phase"] == "Running"
    assert len(site.sandboxes()) == 1


@pytest.mark.parametrize("uid", ["../../escape", "..", "a/b"])
def test_a_uid_from_a_manifest_leads_out_of_no_folder(site, uid):
    site.push(metadata=f', uid: "{uid}"')
    site.after(3)
    kubelet_root = site.node.root / "kubelet"
    assert not (site.node.root / "escape").exists()
    assert all(path.parent == kubelet_root / "pods" for path in (kubelet_root / "pods").iterdir())
    assert {path.name for path in kubelet_root.iterdir()} == {"pods"}


def test_the_events_of_a_restarted_kubelet_are_told_beside_those_of_its_life_before(site):
    site.push()
    site.after(3)
    site.node.stop()
    site.node.start()
    site.after(5)
    site.remove()
    site.after(5)
    assert site.events() == ["Pulled", "Created", "Started", "Killing"]
    assert not [line for line in site.node.kubelet.journal if "rejected" in line]


def test_events_wait_for_the_api_in_their_order(site):
    site.lab.store.available = False
    site.push()
    site.after(5)
    site.lab.store.available = True
    site.after(15)
    assert [reason for reason in site.events() if reason in ("Pulled", "Created", "Started")] == [
        "Pulled",
        "Created",
        "Started",
    ]
