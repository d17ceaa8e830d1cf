"""Logs of a static pod, from a node with a real shell and a stand-in crictl."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import stand_in
from tests.unit.operations.conftest import FakeNode, sandbox

from podwright.operations.pod_logs import Line, LogOptions, follow_logs, read_logs
from podwright.operations.report import Status
from podwright.remote.node.logs import Wanted

WEB = manifest()
CRICTL = """\
case " $* " in
*" logs "*) for id do :; done; echo "$id one"; echo "$id two" >&2 ;;
*) cat {folder}/$1 ;;
esac"""


@pytest.fixture
def running(site: FakeNode) -> FakeNode:
    site.place(WEB)
    shows(site, sandbox(WEB))
    stand_in(site.host.bin, "crictl", CRICTL.format(folder=site.root))
    return site


def shows(site: FakeNode, *pods: dict) -> None:
    for number, pod in enumerate(pods):
        for entry in pod["containers"]:
            entry["id"] = f"c{number}"
    site.show(*pods)


def read(site: FakeNode, **options) -> tuple:
    [result] = read_logs((site.node,), site.world, LogOptions("web.yaml", **options), forks=1).nodes
    return result.value, result.problems


def test_the_lines_of_the_pod_that_runs_are_read(running: FakeNode) -> None:
    [name] = WEB.containers
    lines = (Line("n1", name, "c0 one"), Line("n1", name, "c0 two"))
    assert read(running) == (lines, ())
    assert read(running, container=name) == (lines, ())


def test_of_a_pod_that_ended_the_newest_is_read(running: FakeNode) -> None:
    ended = [
        sandbox(WEB, uid=f"u{age}", ready=False, state="CONTAINER_EXITED", age=age) for age in (50, 10, 90)
    ]
    shows(running, *ended)
    assert [line.text for line in read(running)[0]] == ["c1 one", "c1 two"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"container": "nope"}, "the pod of `web.yaml` has no container `nope`"),
        ({"file_name": "api.yaml"}, "there is no file `api.yaml`"),
    ],
)
def test_what_is_not_there_is_that_nodes_problem(running: FakeNode, options: dict, said: str) -> None:
    asked = replace(LogOptions("web.yaml"), **options)
    [result] = read_logs((running.node,), running.world, asked, forks=1).nodes
    assert (result.status, result.problems[0].message) == (Status.FAILED, said)


def test_a_pod_that_never_ran_and_a_runtime_that_does_not_answer_are_told(running: FakeNode) -> None:
    running.show()
    assert "no pod of `web.yaml` ever ran" in read(running)[1][0].message
    running.show({**sandbox(WEB), "containers": []})
    assert read(running)[1][0].message == "no container of `web.yaml` has been created yet"
    (running.host.bin / "crictl").unlink()
    assert "there is no crictl on the node" in read(running)[1][0].message


def test_of_the_life_before_only_containers_that_were_restarted_have_lines(running: FakeNode) -> None:
    previous = Wanted(previous=True)
    assert "has been restarted" in read(running, wanted=previous)[1][0].message
    two = sandbox(WEB, attempt=2)
    two["containers"] = [dict(two["containers"][0], id="c0"), dict(two["containers"][0], id="c1")]
    two["containers"][1]["metadata"] = {"name": "side", "attempt": 0}
    running.show(two)
    assert [line.text for line in read(running, wanted=previous)[0]] == ["c0 one", "c0 two"]


def test_what_crictl_complains_of_is_the_reason(running: FakeNode) -> None:
    complaint = 'time="now" level=fatal msg="no such log"'
    failing = CRICTL.format(folder=running.root).replace(
        "for id", f"echo one; echo '{complaint}'; exit 1; for id"
    )
    stand_in(running.host.bin, "crictl", failing)
    [problem] = read(running)[1]
    assert problem.message == f"`crictl logs` of container `main` failed: {complaint}"


def test_lines_of_all_containers_are_followed_until_each_has_ended(running: FakeNode) -> None:
    two = sandbox(WEB)
    two["containers"] = [dict(two["containers"][0], id="c0"), dict(two["containers"][0], id="c1")]
    two["containers"][1]["metadata"] = {"name": "side", "attempt": 0}
    running.show(two)
    seen: list[Line] = []
    asked = LogOptions("web.yaml", wanted=Wanted(follow=True))
    report = follow_logs((running.node,), running.world, asked, seen.append)
    assert sorted(line.text for line in seen) == ["c0 one", "c0 two", "c1 one", "c1 two"]
    assert [result.status for result in report.nodes] == [Status.OBSERVED]


def test_a_node_whose_log_cannot_be_followed_is_a_failure(running: FakeNode) -> None:
    seen: list[Line] = []
    asked = LogOptions("api.yaml", wanted=Wanted(follow=True))
    report = follow_logs((running.node,), running.world, asked, seen.append)
    assert (seen, [result.status for result in report.nodes]) == ([], [Status.FAILED])
