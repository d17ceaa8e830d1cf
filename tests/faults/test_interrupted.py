"""Ctrl-C, for real: once finishes what was begun and begins no more, twice cuts it off and tells what is known."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.conftest import Answer, Faults, until
from tests.faults.test_vanished_controller import generation

#: the installed command
COMMAND = Path(sys.executable).with_name("podwright")
PUSH = ("manifest", "push", "-y", "--hold", "1", "--forks", "1", "-o", "json")


def interrupted(faults: Faults, times: int, *options: str) -> Answer:
    """A push that is interrupted once the first node's file is written twice."""
    before, talk = generation(faults), faults.folder / "talk"
    with talk.open("w") as err:
        controller = subprocess.Popen(
            [COMMAND, *faults.site, *PUSH, *options], stdout=subprocess.PIPE, stderr=err, text=True
        )
    try:
        until(lambda: generation(faults) == before + 2)
        # until the node has told that it has written, there is nothing to finish
        time.sleep(1.5)
        controller.send_signal(signal.SIGINT)
        until(lambda: "interrupted: " in talk.read_text())
        for _ in range(times - 1):
            controller.send_signal(signal.SIGINT)
        out, _ = controller.communicate(timeout=90)
    finally:
        controller.kill()
        controller.wait()
    return Answer(controller.returncode, out, talk.read_text())


def statuses(answer: Answer) -> list[str]:
    return [node["status"] for node in json.loads(answer.out)["nodes"]]


def test_once_finishes_the_node_and_a_resumed_run_does_the_others(
    faults: Faults, tmp_path, monkeypatch
) -> None:
    assert faults.push().code == 0
    faults.word("second")
    answer = interrupted(faults, 1, "--hold", "6")
    assert (answer.code, statuses(answer)) == (130, ["changed", "not-begun"]), answer.err
    assert "interrupted: finishing what was begun: cp-1 waits for " in answer.err
    assert " of at most " in answer.err
    history = json.loads(faults.run("manifest", "history", "probe", "-l", "cp-1", "-o", "json").out)
    newest = history["nodes"][0]["revisions"][0]
    assert newest["outcome"] == "good"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "another controller"))
    resumed = faults.push("--resume", newest["run"])
    assert (resumed.code, statuses(resumed)) == (0, ["unchanged", "changed"]), resumed.err


def test_twice_cuts_it_off_and_tells_what_was_written(faults: Faults) -> None:
    assert faults.push().code == 0
    faults.word("second")
    answer = interrupted(faults, 2, "--hold", "600")
    assert (answer.code, statuses(answer)) == (130, ["failed", "not-begun"]), answer.err
    node = answer.node("cp-1")
    assert node["applied"][0] == {"file": "probe.yaml", "what": "written"}
    assert "interrupted" in node["problems"][0]["message"]
    assert [entry["proven"] for entry in node["pods"]] == [False]
    until(lambda: faults.push().code == 0)
