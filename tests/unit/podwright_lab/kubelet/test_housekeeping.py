"""What is cleared away, when, and what must stay."""

import pytest
from tests.fakes.kubelet_bench import Bench, pod

from podwright_lab.kubelet.housekeeping import Housekeeping
from podwright_lab.kubelet.mirror import MirrorClient
from podwright_lab.kubelet.pleg import Pleg
from podwright_lab.kubelet.pod_manager import PodManager
from podwright_lab.kubelet.pod_workers import PodWorkers
from podwright_lab.kubelet.status_manager import StatusManager


class Idle:
    """A syncer whose terminations take a second."""

    def __init__(self, runtime):
        self.runtime = runtime

    def sync(self, *_):
        yield 0.0
        return False

    def terminate(self, of, *_):
        yield from self.runtime.stop_pod(of["metadata"]["uid"], 1.0)

    def terminate_orphan(self, uid, grace):
        yield from self.runtime.stop_pod(uid, grace)

    def clean(self, *_):
        yield 0.0


class Site(Bench):
    def __init__(self, root):
        super().__init__(root)
        self.pods, self.started, self.ready = PodManager(), [], True
        self.mirrors, self.pleg = MirrorClient(self.run), Pleg(self.run, self.runtime, lambda _: None)
        self.workers = PodWorkers(self.run, Idle(self.runtime), self.pleg)
        self.housekeeping = Housekeeping(
            self.pods,
            self.workers,
            StatusManager(self.run, self.pods),
            mirrors=self.mirrors,
            runtime=self.runtime,
            pleg=self.pleg,
            kubelet_root=self.node.kubelet_root,
            ready=lambda: self.ready,
            start=self.started.append,
        )
        self.pleg.start()
        self.object = self.add_node()

    def add(self, of):
        """A wanted pod that runs, with its folder and its mirror."""
        self.pods.add(of)
        self.workers.update(of, None, create=True)
        self.start(of)
        self.folder(of["metadata"]["uid"]).mkdir(parents=True)
        self.mirrors.reconcile(of, None, self.object)
        self.pods.add(self.store.get("pods", "default", of["metadata"]["name"]))
        self.after(1.5)

    def folder(self, uid):
        return self.node.kubelet_root / "pods" / uid

    def mirror_names(self):
        return [found["metadata"]["name"] for found in self.store.list("pods")[0]]


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.close()


def test_what_is_wanted_stays(site):
    site.add(pod())
    site.housekeeping.sweep()
    site.housekeeping.collect_garbage()
    assert site.folder("u-1").is_dir()
    assert site.mirror_names() == ["app-n1"]
    assert site.runtime.running_uids() == {"u-1"}


def test_folder_and_mirror_of_a_removed_pod_go_after_its_containers(site):
    site.add(pod())
    site.pods.remove(pod())
    site.workers.end(pod())
    site.housekeeping.sweep()
    assert site.folder("u-1").is_dir()
    assert site.mirror_names() == ["app-n1"]
    site.after(5)
    site.housekeeping.sweep()
    assert not site.folder("u-1").exists()
    assert site.mirror_names() == []


def test_nothing_is_cleared_before_both_sources_are_known(site):
    site.add(pod())
    site.ready = False
    site.pods.remove(pod())
    site.housekeeping.sweep()
    site.after(5)
    assert site.folder("u-1").is_dir()
    assert site.mirror_names() == ["app-n1"]
    assert site.runtime.running_uids() == {"u-1"}


def test_what_runs_and_nobody_knows_is_ended(site):
    site.start(pod("u-9"))
    site.after(1.5)
    site.housekeeping.sweep()
    site.after(5)
    assert site.runtime.running_uids() == set()


def test_a_pod_whose_content_came_back_while_it_ended_is_started_again(site):
    site.add(pod())
    site.workers.end(pod())
    site.workers.update(pod(), None, create=True)
    site.after(5)
    site.housekeeping.sweep()
    assert [of["metadata"]["uid"] for of in site.started] == ["u-1"]


def test_a_pod_that_is_gone_leaves_no_dead_container_and_no_sandbox(site):
    site.add(pod())
    site.pods.remove(pod())
    site.workers.end(pod())
    site.after(5)
    site.housekeeping.sweep()
    site.housekeeping.collect_garbage()
    assert site.runtime.pod_uids() == set()


def test_the_newest_dead_life_of_a_pod_that_is_wanted_stays(site):
    site.add(pod())
    spec = pod()["spec"]["containers"][0]
    (sandbox,) = site.runtime.sandboxes.values()
    for attempt in (1, 2):
        site.after(1)
        dead = site.do(site.runtime.create_container(pod(), sandbox.id, spec, attempt))
        site.do(site.runtime.start_container(pod(), spec, dead))
        site.do(site.runtime.stop_container(dead.id, 0))
    site.housekeeping.collect_garbage()
    lives = site.runtime.status("u-1").of("c")
    assert [(life.attempt, life.running) for life in lives] == [(2, False), (0, True)]


def test_a_missing_folder_is_not_an_error(site):
    site.housekeeping.sweep()
    site.housekeeping.collect_garbage()
