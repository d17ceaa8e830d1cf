import json

import pytest
import yaml

from podwright_lab.kubelet.agenda import Agenda
from podwright_lab.kubelet.container_logs import ContainerLogs
from podwright_lab.kubelet.cri import Container, Sandbox
from podwright_lab.kubelet.crictl import Crictl
from podwright_lab.kubelet.images import ImageStore
from podwright_lab.kubelet.launch import Simulation
from podwright_lab.kubelet.runtime import Runtime
from podwright_lab.kubelet.timing import Jitter, Timing

SECOND = 10**9
ENDPOINTS = ["", "unix:///x/c.sock"]


def sandbox(number, name, *, ready=True, namespace="default"):
    labels = {"app": name, "io.kubernetes.pod.name": f"{name}-n1"}
    return Sandbox(
        f"{number}" * 64,
        f"uid-{name}",
        f"{name}-n1",
        namespace,
        0,
        labels,
        {"a": "b"},
        number * SECOND,
        ready,
    )


def container(number, name, within, state="CONTAINER_RUNNING"):
    made = Container(
        f"{number}" * 64,
        within * 64,
        "uid",
        "web-n1",
        "default",
        name,
        0,
        "busybox:1",
        "sha256:" + "e" * 64,
        {},
        number * SECOND,
    )
    made.state = state
    return made


@pytest.fixture
def crictl(tmp_path):
    agenda = Agenda()
    runtime = Runtime(
        agenda,
        Timing(),
        Jitter(),
        launch=Simulation(agenda),
        images=ImageStore(),
        logs=ContainerLogs(tmp_path, lambda: 100 * SECOND),
        clock_ns=lambda: 100 * SECOND,
    )
    for made in (
        sandbox(1, "web"),
        sandbox(2, "old", ready=False),
        sandbox(3, "sys", namespace="kube-system"),
    ):
        runtime.sandboxes[made.id] = made
    for made in (
        container(4, "c", "1"),
        container(5, "side", "1"),
        container(6, "c", "2", "CONTAINER_EXITED"),
    ):
        runtime.containers[made.id] = made
    return Crictl(runtime, agenda, lambda: 100 * SECOND, lambda: ENDPOINTS)


def names(answer):
    document = json.loads(answer.out)
    return [item["metadata"]["name"] for item in document.get("items", document.get("containers"))]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["pods"], ["sys-n1", "old-n1", "web-n1"]),
        (["pods", "--name", "^w"], ["web-n1"]),
        (["pods", "--namespace=kube-system"], ["sys-n1"]),
        (["pods", "--state", "NotReady"], ["old-n1"]),
        (["pods", "-s", "ready"], ["sys-n1", "web-n1"]),
        (["pods", "--label", "app=web"], ["web-n1"]),
        (["pods", "--id", "22"], ["old-n1"]),
        (["pods", "--latest"], ["sys-n1"]),
        (["pods", "--last", "2"], ["sys-n1", "old-n1"]),
        (["ps"], ["side", "c"]),
        (["ps", "-a"], ["c", "side", "c"]),
        (["ps", "--state", "exited"], ["c"]),
        (["ps", "--pod", "22", "-a"], ["c"]),
        (["ps", "--name", "side"], ["side"]),
        (["--runtime-endpoint", "unix:///x/c.sock", "-D", "ps"], ["side", "c"]),
        (["ps", "--label", "io.kubernetes.container.name=side"], ["side"]),
    ],
)
def test_listings(crictl, words, expected):
    assert names(crictl.answer([*words, "-o", "json"])) == expected


def test_a_sandbox_is_listed_in_the_shape_of_crictl(crictl):
    (item,) = json.loads(crictl.answer(["pods", "--name", "web", "-o", "json"]).out)["items"]
    assert item == {
        "id": "1" * 64,
        "metadata": {"name": "web-n1", "uid": "uid-web", "namespace": "default", "attempt": 0},
        "state": "SANDBOX_READY",
        "createdAt": "1000000000",
        "labels": {"app": "web", "io.kubernetes.pod.name": "web-n1"},
        "annotations": {"a": "b"},
        "runtimeHandler": "",
    }


def test_yaml_says_the_same_as_json(crictl):
    told = crictl.answer(["pods", "-o", "yaml"]).out
    assert yaml.safe_load(told) == json.loads(crictl.answer(["pods", "-o", "json"]).out)


def test_quiet_prints_whole_ids(crictl):
    assert crictl.answer(["ps", "-q"]).out.split() == ["5" * 64, "4" * 64]


def test_the_tables_are_those_of_crictl(crictl):
    pods = crictl.answer(["pods", "--name", "web"]).out.splitlines()
    assert pods[0].split() == ["POD", "ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"]
    assert pods[1].startswith("1111111111111       About a minute ago   Ready")
    assert crictl.answer(["ps"]).out.splitlines()[0].startswith("CONTAINER           IMAGE")


def test_details_of_one_or_several(crictl):
    one = json.loads(crictl.answer(["inspectp", "11"]).out)
    assert one["status"]["metadata"]["name"] == "web-n1"
    many = json.loads(crictl.answer(["inspect", "4", "5"]).out)
    assert [entry["status"]["metadata"]["name"] for entry in many] == ["c", "side"]
    assert crictl.answer(["inspect", "4"]).code == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dance"], "No help topic for 'dance'"),
        (["exec", "4", "ls"], "the lab's crictl has no 'exec', only pods, ps,"),
        (["pods", "--colour"], "flag provided but not defined: -colour"),
        (["pods", "--name"], "flag needs an argument: -name"),
        (["pods", "--name", "["], "error parsing regexp"),
        (["pods", "-o", "xml"], "unsupported output format: xml"),
        (["inspectp", "nope"], "not found"),
        (["stopp"], "ID cannot be empty"),
    ],
)
def test_what_it_does_not_know_it_says_so(crictl, words, message):
    answer = crictl.answer(words)
    assert answer.code == 1
    assert message in answer.err
    assert answer.out == ""


@pytest.mark.parametrize(
    "words", [[], ["--help"], ["--version"], ["version"], ["info"], ["images"], ["logs", "4"], ["pods", "-h"]]
)
def test_the_rest_answers_kindly(crictl, words):
    assert crictl.answer(words).code == 0


def test_a_stopped_sandbox_is_not_ready_any_more(crictl):
    assert crictl.answer(["stopp", "1" * 64]).out == f"Stopped sandbox {'1' * 64}\n"
    crictl._agenda.run_until(10.0)
    assert names(crictl.answer(["pods", "--state", "notready", "-o", "json"])) == ["old-n1", "web-n1"]
    crictl.answer(["rmp", "2" * 64])
    assert names(crictl.answer(["pods", "-o", "json"])) == ["sys-n1", "web-n1"]


def test_the_answer_on_the_wire_has_its_code_and_length_first(crictl):
    assert crictl.answer(["dance"]).encoded().startswith(b"1 0\n")
    assert crictl.answer(["pods", "-q"]).encoded().startswith(b"0 195\n")


def logged(crictl, *words):
    """What `crictl logs` says of the container `4...`, that printed three lines in its second life."""
    logs, containers = crictl._runtime.logs, crictl._runtime.containers
    now = containers["4" * 64]
    now.attempt = 1
    before = container(7, "c", "1", "CONTAINER_EXITED")
    containers[before.id] = before
    logs.write(before, b"the life before\n")
    logs.write(now, b"one\ntwo\nthree\n")
    return crictl.answer(["logs", *words, "4" * 64])


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ([], "one\ntwo\nthree\n"),
        (["--tail", "2"], "two\nthree\n"),
        (["--tail=0"], ""),
        (["--tail", "-1"], "one\ntwo\nthree\n"),
        (["-t", "--tail=1"], "1970-01-01T00:01:40.000000000Z three\n"),
        (["--previous"], "the life before\n"),
    ],
)
def test_the_logs_of_a_container(crictl, words, shown):
    assert logged(crictl, *words).out == shown


def test_a_container_without_a_life_before_has_no_previous_log(crictl):
    answer = crictl.answer(["logs", "-p", "5" * 64])
    assert (answer.code, answer.out) == (1, "")
    assert crictl.answer(["logs", "--tail", "x", "5" * 64]).code == 1


@pytest.mark.parametrize(
    ("endpoints", "words", "named"),
    [
        (["", "unix:///x"], ["-r", "unix:///y"], "unix:///y"),
        (["unix:///x"], [], "unix:///run/containerd/containerd.sock"),
    ],
)
def test_a_runtime_answers_at_its_own_address_only(crictl, endpoints, words, named):
    crictl._endpoints = lambda: endpoints
    answer = crictl.answer([*words, "pods"])
    assert (answer.code, answer.out) == (1, "")
    assert f'for endpoint \\"{named}\\"' in answer.err
    assert crictl.answer(["-r", "unix:///x", "pods", "-q"]).code == 0
    assert crictl.answer([*words, "--version"]).code == 0
