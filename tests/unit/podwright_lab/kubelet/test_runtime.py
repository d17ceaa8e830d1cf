from pathlib import Path

import pytest

from podwright_lab.kubelet.agenda import Agenda, Scope
from podwright_lab.kubelet.container_logs import ContainerLogs
from podwright_lab.kubelet.images import ImageStore
from podwright_lab.kubelet.launch import Life, Simulation, StartError
from podwright_lab.kubelet.runtime import Runtime, image_hash
from podwright_lab.kubelet.timing import Jitter, Timing

CONTAINER = {"name": "c", "image": "busybox:1", "command": ["x"]}
POD = {
    "metadata": {
        "name": "app-n1",
        "namespace": "default",
        "uid": "u",
        "labels": {"app": "app", "io.kubernetes.pod.uid": "a lie"},
        "annotations": {"note": "1"},
    },
    "spec": {"containers": [CONTAINER], "terminationGracePeriodSeconds": 7},
}


class Node:
    def __init__(self, life):
        self.agenda = Agenda()
        simulation = Simulation(self.agenda, lambda *_: life)
        self.runtime = Runtime(
            self.agenda,
            Timing(),
            Jitter(),
            launch=simulation,
            images=ImageStore(),
            logs=ContainerLogs(Path("/nowhere"), lambda: self.nanoseconds),
            clock_ns=lambda: self.nanoseconds,
        )
        self.results, self.errors = [], []

    @property
    def nanoseconds(self):
        return int((1000 + self.agenda.now) * 10**9)

    def do(self, process, seconds=60.0):
        """Run a process of the runtime to its end; returns what it returned."""

        def wrapped():
            try:
                self.results.append((yield from process))
            except StartError as error:
                self.errors.append(str(error))

        self.agenda.spawn(wrapped(), Scope())
        self.agenda.run_until(self.agenda.now + seconds)
        return self.results[-1] if self.results else None

    def started(self):
        sandbox = self.do(self.runtime.run_sandbox(POD, 0), 1.0)
        container = self.do(self.runtime.create_container(POD, sandbox.id, CONTAINER, 0), 1.0)
        self.do(self.runtime.start_container(POD, CONTAINER, container), 1.0)
        return sandbox, container


def test_a_sandbox_has_the_pods_labels_and_the_kubelets_win():
    node = Node(Life())
    sandbox, _ = node.started()
    assert sandbox.labels == {
        "app": "app",
        "io.kubernetes.pod.name": "app-n1",
        "io.kubernetes.pod.namespace": "default",
        "io.kubernetes.pod.uid": "u",
    }
    assert sandbox.annotations == {"note": "1"}
    assert len(sandbox.id) == 64


def test_a_container_has_only_the_kubelets_labels_and_annotations():
    _, container = Node(Life()).started()
    assert set(container.labels()) == {
        "io.kubernetes.container.name",
        "io.kubernetes.pod.name",
        "io.kubernetes.pod.namespace",
        "io.kubernetes.pod.uid",
    }
    assert container.annotations["io.kubernetes.pod.terminationGracePeriod"] == "7"
    assert container.annotations["io.kubernetes.container.restartCount"] == "0"
    assert container.running


@pytest.mark.parametrize(
    ("life", "seconds", "code"),
    [(Life(), 0.0, 0), (Life(ends_on_term=False), 7.0, 137), (Life(term_exit_code=143), 0.0, 143)],
)
def test_who_ignores_term_lives_out_its_grace(life, seconds, code):
    node = Node(life)
    _, container = node.started()
    before = node.agenda.now
    node.do(node.runtime.stop_container(container.id, 7.0))
    assert container.exited
    assert container.exit_code == code
    assert container.ended - before == pytest.approx(seconds, abs=0.1)
    assert container.reason == ("Completed" if code == 0 else "Error")


def test_a_container_may_end_by_itself():
    node = Node(Life(seconds=3.0, exit_code=5))
    _, container = node.started()
    node.agenda.run_until(node.agenda.now + 10)
    assert (container.state, container.exit_code) == ("CONTAINER_EXITED", 5)


def test_what_cannot_be_started_leaves_a_dead_container():
    node = Node(Life(start_error="exec: no such file"))
    _, container = node.started()
    assert node.errors == ["exec: no such file"]
    assert (container.reason, container.exit_code, container.started_at) == ("StartError", 128, 0)


def test_the_end_of_a_pod_ends_its_containers_together_and_then_the_sandbox():
    node = Node(Life(ends_on_term=False))
    sandbox, first = node.started()
    second = node.do(node.runtime.create_container(POD, sandbox.id, CONTAINER | {"name": "d"}, 0), 1.0)
    node.do(node.runtime.start_container(POD, CONTAINER | {"name": "d"}, second), 1.0)
    node.do(node.runtime.stop_pod("u", 5.0))
    assert first.ended == second.ended
    assert not sandbox.ready
    assert node.runtime.running_uids() == set()
    assert node.runtime.pod_uids() == {"u"}


def test_what_runs_cannot_be_removed():
    node = Node(Life())
    sandbox, container = node.started()
    node.runtime.remove_container(container.id)
    node.runtime.remove_sandbox(sandbox.id)
    assert node.runtime.pod_uids() == {"u"}
    node.do(node.runtime.stop_pod("u", 1.0))
    node.runtime.remove_container(container.id)
    node.runtime.remove_sandbox(sandbox.id)
    assert node.runtime.pod_uids() == set()


def test_a_picture_does_not_change_afterwards():
    node = Node(Life())
    _, container = node.started()
    picture = node.runtime.status("u")
    node.do(node.runtime.stop_container(container.id, 1.0))
    assert picture.newest("c").running
    assert not node.runtime.status("u").newest("c").running


def test_every_change_is_counted():
    node = Node(Life())
    seen = [node.runtime.changes]
    _, container = node.started()
    seen.append(node.runtime.changes)
    node.do(node.runtime.stop_container(container.id, 1.0))
    seen.append(node.runtime.changes)
    assert seen == sorted(set(seen))


def test_name_and_image_alone_make_a_running_container_outdated():
    assert image_hash(CONTAINER) == image_hash(CONTAINER | {"command": ["other"]})
    assert image_hash(CONTAINER) != image_hash(CONTAINER | {"image": "busybox:2"})
