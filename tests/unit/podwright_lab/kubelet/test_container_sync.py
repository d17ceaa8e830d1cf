"""How containers are started, restarted and ended."""

import pytest
from tests.fakes.kubelet_bench import Bench, pod

from podwright_lab.kubelet.container_sync import ContainerSync, sandbox_problem
from podwright_lab.kubelet.image_puller import ImagePuller
from podwright_lab.kubelet.launch import Life
from podwright_lab.kubelet.pleg import Pleg
from podwright_lab.kubelet.probes import Probes

IMAGE = "busybox:1"


class Site(Bench):
    def __init__(self, root):
        super().__init__(root)
        run, runtime, events = self.run, self.runtime, self.recorder
        self.probes = Probes(run, runtime, events, lambda _: None)
        self.containers = ContainerSync(
            run,
            runtime,
            Pleg(run, runtime, lambda _: None),
            images=ImagePuller(run, runtime.images, events),
            probes=self.probes,
            events=events,
        )

    def sync(self, of):
        uid = of["metadata"]["uid"]
        return self.do(self.containers.sync(of, self.runtime.status(uid), lambda: None))

    def newest(self, name="c"):
        return self.runtime.status("u-1").newest(name)

    def reasons(self):
        return [reason for reason, _ in self.after(0.1).events()]


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.close()


def test_a_container_is_pulled_created_and_started(site):
    assert site.sync(pod()) is None
    assert site.newest().running
    assert site.reasons() == ["Pulling", "Pulled", "Created", "Started"]


def test_a_pod_that_runs_is_left_alone(site):
    site.sync(pod())
    before = site.newest()
    assert site.sync(pod()) is None
    assert site.newest() == before


def test_a_crash_loop_waits_twice_as_long_each_time(site):
    site.lives["c"] = Life(seconds=0.1, exit_code=3)
    waits, restarts = [], 0
    site.sync(pod())
    while restarts < 4:
        site.after(1.0)
        wait = site.sync(pod())
        if wait is None:
            restarts += 1
        else:
            waits.append(
                site.containers.readings(pod(), {}).failures["c"].message.partition(" restarting")[0]
            )
    assert list(dict.fromkeys(waits)) == ["back-off 10s", "back-off 20s", "back-off 40s"]
    assert site.newest().attempt == 4
    assert "BackOff" in site.reasons()


def test_the_reason_of_a_wait_names_pod_and_container(site):
    site.lives["c"] = Life(seconds=0.1, exit_code=3)
    for _ in range(2):
        site.sync(pod())
        site.after(1)
    assert site.sync(pod()).message == "back-off 10s restarting failed container=c pod=app-n1_default(u-1)"
    failure = site.containers.readings(pod(), {}).failures["c"]
    assert failure.reason == "CrashLoopBackOff"
    site.containers.forget("u-1")
    assert site.containers.readings(pod(), {}).failures == {}


def test_a_program_that_is_not_there_is_told_with_the_runtimes_words(site):
    site.lives["c"] = Life(start_error="no such file")
    wait = site.sync(pod())
    assert wait.message == 'failed to "StartContainer" for "c" with RunContainerError: "no such file"'
    assert (site.newest().exit_code, site.newest().reason) == (128, "StartError")


def test_one_container_that_fails_does_not_keep_the_others(site):
    site.lives["bad"] = Life(start_error="no such file")
    of = pod(containers=[{"name": "bad", "image": IMAGE}, {"name": "good", "image": IMAGE}])
    assert site.sync(of).seconds is None
    assert site.newest("good").running


@pytest.mark.parametrize(("policy", "starts"), [("Always", True), ("OnFailure", True), ("Never", False)])
def test_what_failed_is_restarted_as_the_policy_says(site, policy, starts):
    site.lives["c"] = Life(seconds=0.1, exit_code=1)
    of = pod(restartPolicy=policy)
    site.sync(of)
    site.after(1)
    site.sync(of)
    assert (site.newest().attempt == 1) is starts


def test_init_containers_come_one_by_one(site):
    site.lives["one"] = Life(seconds=1.0)
    of = pod(initContainers=[{"name": "one", "image": IMAGE}])
    site.sync(of)
    assert site.newest("one").running
    site.sync(of)
    assert site.newest("c") is None
    site.after(2)
    site.sync(of)
    assert site.newest("c").running


def test_a_sandbox_that_died_is_replaced_with_its_containers(site):
    site.sync(pod())
    first = site.runtime.status("u-1").sandboxes[0]
    site.do(site.runtime.stop_sandbox(first.id))
    site.sync(pod())
    second = site.runtime.status("u-1").sandboxes[0]
    assert (second.attempt, second.ready) == (1, True)
    assert "SandboxChanged" in site.reasons()


def test_another_image_restarts_a_container_under_the_same_uid(site):
    site.sync(pod())
    of = pod(containers=[{"name": "c", "image": "busybox:2"}])
    site.sync(of)
    assert (site.newest().image, site.newest().attempt) == ("busybox:2", 1)
    messages = [message for _, message in site.after(0.1).events()]
    assert "Container c definition changed, will be restarted" in messages


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, ""),
        ({"runtimeClassName": "gvisor"}, 'RuntimeClass "gvisor" not found'),
        ({"name": "x" * 250}, "file name too long"),
    ],
)
def test_why_no_sandbox_can_be_made(site, changes, problem):
    of = pod(**changes)
    assert sandbox_problem(of).endswith(problem)
    assert (site.sync(of) is None) is (problem == "")
