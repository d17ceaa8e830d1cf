"""What a worker does to a pod: its mirror, its folders, its containers, its reports."""

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelet_bench import Bench, pod

from podwright_lab.kubelet.container_sync import ContainerSync
from podwright_lab.kubelet.image_puller import ImagePuller
from podwright_lab.kubelet.launch import Life
from podwright_lab.kubelet.mirror import MirrorClient
from podwright_lab.kubelet.pleg import Pleg
from podwright_lab.kubelet.pod_manager import PodManager
from podwright_lab.kubelet.pod_sync import PodSync, folder_name
from podwright_lab.kubelet.pod_workers import SyncError
from podwright_lab.kubelet.probes import Probes
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.status_manager import StatusManager


class Site(Bench):
    def __init__(self, root, *, network_ready=True):
        super().__init__(root)
        if not network_ready:
            self.run = Run(replace(self.node, network_ready=False), self.world, self.scope, self.lines.append)
        run, runtime, events = self.run, self.runtime, self.recorder
        self.pods = PodManager()
        self.statuses, self.mirrors = StatusManager(run, self.pods), MirrorClient(run)
        self.probes = Probes(run, runtime, events, lambda _: None)
        pleg = Pleg(run, runtime, lambda _: None)
        containers = ContainerSync(
            run,
            runtime,
            pleg,
            images=ImagePuller(run, runtime.images, events),
            probes=self.probes,
            events=events,
        )
        self.object = self.add_node()
        self.syncer = PodSync(
            run,
            containers,
            runtime,
            statuses=self.statuses,
            mirrors=self.mirrors,
            probes=self.probes,
            events=events,
            node=lambda: self.object,
        )

    def sync(self, of):
        uid = of["metadata"]["uid"]
        mirror = self.pods.mirror_by_name(f"default/{of['metadata']['name']}")
        return self.do(self.syncer.sync(of, mirror, self.runtime.status(uid)))

    def mirrored(self, of):
        """A pod whose mirror the kubelet has seen, so that its statuses are kept."""
        self.mirrors.reconcile(of, None, self.object)
        self.pods.add(of)
        self.pods.add(self.store.get("pods", "default", of["metadata"]["name"]))
        return of

    def status(self, uid="u-1"):
        return self.statuses.status(uid)


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.close()


def folder(site, uid="u-1"):
    return site.node.kubelet_root / "pods" / uid


def test_a_pod_gets_a_mirror_folders_a_sandbox_and_containers(site):
    assert site.sync(pod()) is False
    assert site.store.get("pods", "default", "app-n1")["metadata"]["annotations"][
        "kubernetes.io/config.mirror"
    ]
    assert sorted(path.name for path in folder(site).iterdir()) == [
        "containers",
        "etc-hosts",
        "plugins",
        "volumes",
    ]
    seen = site.runtime.status("u-1")
    assert seen.sandboxes[0].ready
    assert seen.newest("c").running


def test_the_end_of_a_pod_is_reported(site):
    site.sync(site.mirrored(pod()))
    site.do(site.syncer.terminate(pod(), site.runtime.status("u-1"), 2.0))
    seen = site.runtime.status("u-1")
    assert not seen.sandboxes[0].ready
    (container,) = site.status()["containerStatuses"]
    assert container["state"]["terminated"]["reason"] == "Completed"
    site.after(1)
    assert ("Killing", "Stopping container c") in site.events()


def test_a_pod_that_has_done_its_work_is_over(site):
    site.lives["c"] = Life(seconds=0.5)
    of = site.mirrored(pod(restartPolicy="Never"))
    assert site.sync(of) is False
    site.after(1)
    assert site.sync(of) is True
    assert site.status()["phase"] == "Succeeded"


def test_without_a_network_only_a_pod_of_the_host_starts(tmp_path):
    site = Site(tmp_path, network_ready=False)
    with pytest.raises(SyncError, match="network is not ready") as caught:
        site.sync(pod("u-2", "other", hostNetwork=False))
    assert 1.0 <= caught.value.wait <= 1.5
    assert site.sync(pod()) is False
    site.after(1)
    assert [reason for reason, _ in site.events()].count("NetworkNotReady") == 1
    assert site.store.list("pods")[0][0]["metadata"]["name"] == "app-n1"
    site.close()


def test_a_volume_that_cannot_be_mounted_holds_the_containers_back(site, tmp_path):
    missing = {"name": "v", "hostPath": {"path": str(tmp_path / "no"), "type": "Directory"}}
    with pytest.raises(SyncError, match="hostPath type check failed"):
        site.sync(pod(volumes=[missing]))
    site.after(1)
    assert site.events()[0][0] == "FailedMount"
    assert site.runtime.status("u-1").sandboxes == []


def test_an_image_that_cannot_be_had_is_tried_again_later(site):
    of = pod(containers=[{"name": "c", "image": "registry.invalid/x:1"}])
    with pytest.raises(SyncError, match="ErrImagePull") as caught:
        site.sync(of)
    assert caught.value.wait is None


def test_an_orphan_is_ended_without_a_report(site):
    site.start(pod("u-9"))
    site.do(site.syncer.terminate_orphan("u-9", 1.0))
    assert site.runtime.running_uids() == set()
    assert site.status("u-9") == {}


def test_the_last_report_says_of_every_container_how_it_ended(site):
    site.sync(site.mirrored(pod()))
    site.do(site.syncer.clean(pod(), site.runtime.status("x")))
    (container,) = site.status()["containerStatuses"]
    assert container["state"]["terminated"]["reason"] == "ContainerStatusUnknown"


@pytest.mark.parametrize(
    ("uid", "name"), [("u-1", "u-1"), ("../x", "..~x"), ("..", "~.."), (".", "~."), ("a/b", "a~b")]
)
def test_a_uid_leads_nowhere_else(uid, name):
    assert folder_name(uid) == name
