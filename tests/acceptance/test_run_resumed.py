"""A run that stopped is gone on with, aborted or taken back from another controller: the nodes hold what is known of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.acceptance.conftest import NAME, TEMPLATE, Answer, Site

FILE = f"{NAME}.yaml"
PUSH = ("manifest", "push", "--only", NAME, "-y", "--hold", "1", "-o", "json")


@pytest.fixture
def others(tmp_path: Path) -> dict[str, str]:
    """The environment of another controller: it has no journal of the runs here."""
    return {"XDG_STATE_HOME": str(tmp_path / "elsewhere")}


@pytest.fixture
def running(site: Site) -> Iterator[Site]:
    """The test pod runs on all nodes, and its next content is another."""
    assert site.podwright(*PUSH).code == 0
    site.greet("again")
    yield site
    (site.folder / "templates" / "manifests" / f"{NAME}.yaml.j2").write_text(TEMPLATE)


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def revisions(site: Site, node: str) -> list[dict]:
    answer = site.podwright("manifest", "history", NAME, "-l", node, "-o", "json")
    return answer.document["nodes"][0]["revisions"]


def statuses(answer: Answer) -> list[str]:
    return [node["status"] for node in answer.document["nodes"]]


def progress(site: Site, run: str, **environment: str) -> list[str]:
    answer = site.podwright("rollout", "status", run, "-o", "json", **environment)
    assert answer.code == 0, answer.err
    return [node["progress"] for node in answer.document["nodes"]]


def stopped(site: Site, number: int, *options: str) -> str:
    """A run that `number` ends once it has written to the second of the nodes; its id."""
    first, second = site.nodes[:2]
    hold_up_after(site, second.name, (go_on := site.folder / "go-on"))
    file = f"{site.folder_of(second)}/{FILE}"
    before = site.shell(second, f"cat {file}")
    controller = subprocess.Popen(
        [sys.executable, "-m", "podwright", *PUSH, "--batch", "1", "--all-at-once", *options],
        env={
            **os.environ,
            "PODWRIGHT_INVENTORY": str(site.folder / "inventory"),
            "PODWRIGHT_TEMPLATES": str(site.folder / "templates" / "manifests"),
            "KUBECONFIG": str(site.kubeconfig),
            **({"PODWRIGHT_KNOWN_HOSTS": str(site.known_hosts)} if site.known_hosts else {}),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: site.shell(second, f"cat {file}") != before)
        controller.send_signal(number)
        go_on.touch()
        controller.wait(60)
    finally:
        controller.kill()
        controller.wait()
    return revisions(site, first.name)[0]["run"]


def hold_up_after(site: Site, node: str, go_on: Path) -> None:
    """However late the signal comes, the run has not gone on to another node."""
    go_on.unlink(missing_ok=True)
    script = (
        "import json, sys, time, pathlib\n"
        f"if json.load(sys.stdin)['node'] == {node!r}:\n"
        f"    while not pathlib.Path({str(go_on)!r}).exists(): time.sleep(0.1)\n"
    )
    words = [sys.executable, "-c", script]
    path = site.folder / "inventory" / "zz-acceptance.yaml"
    variables = json.loads(path.read_text())
    variables["all"]["vars"]["podwright_rollout"] = {"hooks": {"node": {"after": words}}}
    path.write_text(json.dumps(variables))


def uids(site: Site) -> list[str]:
    found = site.statuses()
    return [found[node.name]["uid"] for node in site.nodes]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_run_goes_on_from_another_controller_and_what_is_done_is_not_done_again(
    running: Site, others: dict[str, str], number: int
) -> None:
    run = stopped(running, number)
    assert progress(running, run, **others)[0::2] == ["done", "not-reached"]
    done = uids(running)[0]
    resumed = running.podwright(*PUSH, "--resume", run, **others)
    assert resumed.code == 0, resumed.err
    assert statuses(resumed)[0::2] == ["unchanged", "changed"]
    assert f"the run {run} before this; " in resumed.err
    assert "done: cp-1" in resumed.err
    assert uids(running)[0] == done
    assert progress(running, run) == ["done"] * 3
    assert {revisions(running, node.name)[0]["run"] for node in running.nodes} == {run}


def test_a_run_that_was_aborted_is_not_gone_on_with_and_can_be_taken_back(
    running: Site, others: dict[str, str]
) -> None:
    before = [revisions(running, node.name)[0]["digest"] for node in running.nodes]
    run = stopped(running, signal.SIGKILL)
    aborted = running.podwright("rollout", "abort", run, **others)
    assert aborted.code == 0
    assert "the run is aborted" in aborted.err
    resumed = running.podwright("rollout", "resume", run, "-y", "--only", NAME, **others)
    assert resumed.code == 2
    assert f"the run {run} was aborted" in resumed.err
    back = running.podwright("rollout", "revert", run, "-y", "--hold", "1", "-o", "json", **others)
    assert back.code == 0, back.err
    assert statuses(back) == ["changed", "changed", "unchanged"]
    assert [revisions(running, node.name)[0]["digest"] for node in running.nodes] == before
    assert progress(running, run, **others) == ["withdrawn", "withdrawn", "not-reached"]


def test_a_run_that_nobody_knows_is_not_begun(running: Site, others: dict[str, str]) -> None:
    before = uids(running)
    answer = running.podwright(*PUSH, "--resume", "20200101-000000-abcdef", **others)
    assert answer.code == 2
    assert "no chosen node has anything of a run 20200101-000000-abcdef" in answer.err
    assert uids(running) == before
    back = running.podwright("rollout", "revert", "20200101-000000-abcdef", "-y", **others)
    assert "there was nothing to take back" in back.err


def test_a_run_that_asks_where_there_is_no_terminal_is_paused_and_goes_on_by_its_id(running: Site) -> None:
    paused = running.podwright(*PUSH, "--canary", "cp-3", "--all-at-once", "--pause")
    assert (paused.code, statuses(paused)) == (4, ["not-begun", "not-begun", "changed"]), paused.err
    found = re.search(r"the run (\S+) is paused", paused.err)
    assert found, paused.err
    assert f"`podwright manifest push --resume {found[1]}`" in paused.err
    resumed = running.podwright(*PUSH, "--resume", found[1])
    assert (resumed.code, statuses(resumed)) == (0, ["changed", "changed", "unchanged"]), resumed.err


def test_a_canary_that_never_gets_ready_stops_all(running: Site) -> None:
    before = uids(running)
    template = running.folder / "templates" / "manifests" / f"{NAME}.yaml.j2"
    probe = "      readinessProbe: {tcpSocket: {port: 1}, periodSeconds: 1, failureThreshold: 3}\n"
    template.write_text(TEMPLATE.replace("      env:\n", f"{probe}      env:\n"))
    answer = running.podwright(*PUSH, "--canary", "cp-2", "--timeout", "40", "--all-at-once")
    assert answer.code == 1
    assert statuses(answer) == ["not-begun", "failed", "not-begun"]
    assert uids(running)[0::2] == before[0::2]


def test_on_a_failure_all_that_the_run_changed_goes_back(running: Site) -> None:
    template = running.folder / "templates" / "manifests" / f"{NAME}.yaml.j2"
    crash = "{% if inventory_hostname == 'cp-2' %}exit 3; {% endif %}while"
    template.write_text(TEMPLATE.replace("while", crash))
    variables = json.loads((running.folder / "inventory" / "zz-acceptance.yaml").read_text())
    variables["all"]["vars"]["podwright_rollout"] = {"batch": 1, "on_failure": "revert-run"}
    (running.folder / "inventory" / "zz-acceptance.yaml").write_text(json.dumps(variables))
    answer = running.podwright(*PUSH)
    assert answer.code == 1
    assert statuses(answer) == ["failed", "failed", "not-begun"]
    assert "was taken back: the run failed elsewhere" in answer.err
    outcomes = [[one["outcome"] for one in revisions(running, node.name)[:3]] for node in running.nodes]
    assert outcomes[:2] == [["good", "withdrawn", "good"], ["good", "reverted", "good"]]
    digests = [[one["digest"] for one in revisions(running, node.name)] for node in running.nodes]
    assert all(one[0] == one[2] for one in digests[:2])
