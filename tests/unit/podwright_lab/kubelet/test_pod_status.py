import pytest

from podwright_lab.kubelet.container_status import Failure, Readings
from podwright_lab.kubelet.cri import Container, PodStatus, Sandbox
from podwright_lab.kubelet.pod_status import lost_containers, pod_status, rejected_status

SECOND = 10**9
READY_SANDBOX = Sandbox("s" * 64, "u", "app-n1", "default", 0, {}, {}, SECOND, ready=True)


def life(name, state, attempt=0, code=0):
    made = Container(
        f"{name}{attempt}", "s", "u", "app-n1", "default", name, attempt, "i", "sha256:x", {}, attempt + 1
    )
    made.state, made.exit_code = f"CONTAINER_{state}", code
    made.reason = "" if state == "RUNNING" else "Completed" if code == 0 else "Error"
    made.started_at = made.finished_at = SECOND
    return made


def status(lives, *, init=(), policy="Always", failures=None, before=None, ready=True, known=None):
    def specs(names):
        return [{"name": name, "image": "i"} for name in names]

    spec = {"containers": specs(["c"]), "initContainers": specs(init), "restartPolicy": policy}
    readings = Readings(failures or {}, known or {}, lambda *_: ready, lambda *_: True)
    runtime = PodStatus(0.0, [READY_SANDBOX], sorted(lives, key=lambda entry: -entry.attempt))
    pod = {"metadata": {"uid": "u"}, "spec": spec}
    return pod_status(pod, runtime, readings, before=before or {}, now="now", address="192.0.2.1")


def conditions(told):
    return {entry["type"]: (entry["status"], entry.get("reason")) for entry in told["conditions"]}


CRASH = {"c": Failure("CrashLoopBackOff", "back-off 10s")}


@pytest.mark.parametrize(
    ("lives", "options", "phase"),
    [
        ([], {}, "Pending"),
        ([life("c", "RUNNING")], {}, "Running"),
        ([life("c", "EXITED", code=3)], {}, "Running"),
        ([life("c", "EXITED", code=3)], {"failures": CRASH}, "Running"),
        ([life("c", "EXITED")], {"policy": "Never"}, "Succeeded"),
        ([life("c", "EXITED", code=3)], {"policy": "Never"}, "Failed"),
        ([life("c", "EXITED")], {"policy": "OnFailure"}, "Succeeded"),
        ([life("c", "EXITED", code=1)], {"policy": "OnFailure"}, "Running"),
        ([life("i", "EXITED", code=7)], {"init": ["i"]}, "Pending"),
        ([life("i", "EXITED", code=7)], {"init": ["i"], "policy": "Never"}, "Failed"),
        ([life("i", "EXITED"), life("c", "RUNNING")], {"init": ["i"]}, "Running"),
    ],
)
def test_the_phase(lives, options, phase):
    assert status(lives, **options)["phase"] == phase


def test_a_pod_that_runs_is_ready_when_its_probes_say_so():
    assert conditions(status([life("c", "RUNNING")]))["Ready"] == ("True", None)
    assert conditions(status([life("c", "RUNNING")], ready=False))["Ready"] == ("False", "ContainersNotReady")


def test_what_is_not_initialized_says_which():
    told = status([], init=["i"])
    assert conditions(told)["Initialized"] == ("False", "ContainersNotInitialized")
    assert told["initContainerStatuses"][0]["state"] == {"waiting": {"reason": "PodInitializing"}}


def test_a_completed_pod_says_so_in_its_conditions():
    told = conditions(status([life("c", "EXITED")], policy="Never"))
    assert told["Ready"] == told["ContainersReady"] == ("False", "PodCompleted")
    assert told["Initialized"] == ("True", "PodCompleted")


def test_a_failed_start_is_waiting_and_the_last_end_is_kept():
    entry = status([life("c", "EXITED", code=3)], failures=CRASH)["containerStatuses"][0]
    assert entry["state"] == {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    assert entry["lastState"]["terminated"]["exitCode"] == 3


def test_the_life_before_is_the_last_state():
    entry = status([life("c", "RUNNING", attempt=2), life("c", "EXITED", attempt=1, code=9)])[
        "containerStatuses"
    ][0]
    assert (entry["restartCount"], entry["lastState"]["terminated"]["exitCode"]) == (2, 9)


def test_lives_that_the_runtime_forgot_still_count():
    known = {
        "c": status([life("c", "EXITED", code=137)])["containerStatuses"][0]
        | {"containerID": "containerd://old"}
    }
    entry = status([life("c", "RUNNING")], known=known)["containerStatuses"][0]
    assert (entry["restartCount"], entry["lastState"]["terminated"]["exitCode"]) == (1, 137)


def test_a_condition_that_did_not_change_keeps_its_time():
    before = status([life("c", "RUNNING")]) | {"startTime": "then"}
    for entry in before["conditions"]:
        entry["lastTransitionTime"] = "then"
    after = status([life("c", "EXITED", code=1)], before=before)
    times = {entry["type"]: entry["lastTransitionTime"] for entry in after["conditions"]}
    assert (times["PodScheduled"], times["Ready"], after["startTime"]) == ("then", "now", "then")


def test_a_rejected_pod_has_failed():
    told = rejected_status({"spec": {"containers": []}}, "NodeAffinity", "no", "now")
    assert (told["phase"], told["reason"], told["message"]) == (
        "Failed",
        "NodeAffinity",
        "Pod was rejected: no",
    )


def test_containers_without_an_end_get_one_when_the_pod_is_over():
    entry = lost_containers(status([], failures={"c": Failure("ErrImagePull", "")}))["containerStatuses"][0]
    assert entry["state"]["terminated"]["reason"] == "ContainerStatusUnknown"
    told = status([life("i", "EXITED", code=7)], init=["i"], failures={"i": Failure("CrashLoopBackOff", "")})
    lost = lost_containers(told)
    assert lost["initContainerStatuses"][0]["state"]["terminated"]["exitCode"] == 137
    assert lost["containerStatuses"][0]["state"] == {"waiting": {"reason": "PodInitializing"}}
