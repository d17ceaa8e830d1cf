"""When a status reaches the mirror: with the versions and rounds of the real status manager."""

from datetime import UTC, datetime

import pytest

from podwright_lab.api.store import Store
from podwright_lab.kubelet.agenda import Agenda, Scope
from podwright_lab.kubelet.folder_watch import FolderWatches
from podwright_lab.kubelet.mirror_feed import MirrorFeed
from podwright_lab.kubelet.pod_manager import PodManager
from podwright_lab.kubelet.run import NodeSettings, Run, World
from podwright_lab.kubelet.status_manager import StatusManager
from podwright_lab.kubelet.timing import Jitter, Timing

MIRROR = "kubernetes.io/config.mirror"


def static(uid="static"):
    return {"metadata": {"uid": uid, "name": "app-n1", "namespace": "default", "annotations": {}}}


class Site:
    def __init__(self, root):
        self.agenda, self.store, self.pods, self.lines = Agenda(), Store(), PodManager(), []
        watches, feed = FolderWatches(), MirrorFeed(self.store, lambda: None)
        watches.close()
        world = World(self.store, self.agenda, watches, feed, Timing(), Jitter(), lambda: datetime.now(UTC))
        run = Run(NodeSettings("n1", root, root), world, Scope(), self.lines.append)
        self.store.create("nodes", {"metadata": {"name": "n1"}})
        self.manager = StatusManager(run, self.pods)
        self.manager.start()

    def make_mirror(self, uid="static"):
        node = self.store.get("nodes", None, "n1")["metadata"]["uid"]
        owner = {"apiVersion": "v1", "kind": "Node", "name": "n1", "uid": node, "controller": True}
        metadata = {
            "name": "app-n1",
            "namespace": "default",
            "annotations": {MIRROR: uid},
            "ownerReferences": [owner],
        }
        spec = {"nodeName": "n1", "hostNetwork": True, "containers": [{"name": "c", "image": "busybox:1"}]}
        mirror = self.store.create("pods", {"metadata": metadata, "spec": spec}, user="system:node:n1")
        self.pods.add(mirror)
        return mirror

    def set(self, phase, uid="static"):
        self.manager.set(static(uid), {"phase": phase})
        self.after(0.01)

    def after(self, seconds):
        self.agenda.run_until(self.agenda.now + seconds)

    @property
    def phase(self):
        return self.store.get("pods", "default", "app-n1")["status"]["phase"]


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def test_a_status_is_sent_at_once(site):
    site.pods.add(static())
    site.make_mirror()
    site.set("Running")
    assert site.phase == "Running"


def test_a_status_without_a_mirror_waits_for_the_tick_after_it_comes(site):
    site.pods.add(static())
    site.set("Running")
    site.make_mirror()
    site.after(5)
    assert site.phase == "Pending"
    site.after(6)
    assert site.phase == "Running"


def test_the_news_of_one_pod_takes_the_others_along(site):
    site.pods.add(static())
    site.set("Running")
    site.make_mirror()
    other = static("other")
    other["metadata"]["name"] = "other-n1"
    site.pods.add(other)
    site.manager.set(other, {"phase": "Pending"})
    site.after(0.01)
    assert site.phase == "Running"


def test_an_edited_status_is_put_right_at_the_tick(site):
    site.pods.add(static())
    site.make_mirror()
    site.set("Running")
    edited = site.store.update_status("pods", "default", "app-n1", {"phase": "Failed"})
    site.pods.add(edited)
    site.after(11)
    assert site.phase == "Running"


def test_the_last_words_of_an_old_pod_are_not_heard_under_its_successor(site):
    site.pods.add(static("old"))
    site.make_mirror("old")
    site.set("Running", "old")
    site.pods.remove(static("old"))
    site.pods.add(static("new"))
    site.set("Failed", "old")
    assert site.phase == "Running"
    assert site.manager.status("old") == {}


def test_a_forgotten_status_starts_anew_and_is_older_than_what_was_sent(site):
    site.pods.add(static())
    site.make_mirror()
    site.set("Pending")
    site.set("Running")
    site.manager.forget_others(set())
    site.set("Succeeded")
    assert site.phase == "Running"


def test_without_the_api_nothing_is_lost(site):
    site.pods.add(static())
    site.make_mirror()
    site.store.available = False
    site.set("Running")
    assert any("Failed to get status" in line for line in site.lines)
    site.store.available = True
    site.after(11)
    assert site.phase == "Running"
