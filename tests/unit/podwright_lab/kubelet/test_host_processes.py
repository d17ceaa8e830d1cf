import os
import time
from pathlib import Path

import pytest

from podwright_lab.kubelet.host_processes import HostProcesses
from podwright_lab.kubelet.launch import StartError
from podwright_lab.kubelet.undertaker import Undertaker

POD = {
    "metadata": {"name": "app-n1", "namespace": "default", "uid": "u", "labels": {"a": "b"}},
    "spec": {"nodeName": "n1"},
}


class Processes(HostProcesses):
    """Keeps what its containers print."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.printed = []


@pytest.fixture
def processes():
    undertaker = Undertaker()
    made = Processes(undertaker, {"LAB_MARK": "yes"})
    yield made
    made.close()
    undertaker.close()


def run(processes, folder, *command, **fields):
    ended = []
    running = processes.start(
        POD, {"command": list(command)} | fields, folder, ended.append, processes.printed.append
    )

    def result(seconds=60.0):
        deadline = time.monotonic() + seconds
        while not ended:
            assert time.monotonic() < deadline, "it did not end"
            processes._next_round = 0.0
            processes.poll()
            time.sleep(0.005)
        return ended[0]

    return running, result


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$$$", 137)])
def test_the_exit_code_comes_back(processes, tmp_path, script, code):
    _, result = run(processes, tmp_path, "/bin/sh", "-c", script)
    assert result() == code
    assert len(processes) == 0


def test_environment_arguments_and_folder_are_the_manifests(processes, tmp_path):
    env = [
        {"name": "WHO", "value": "me"},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
    ]
    script = 'printf "%s %s %s %s" "$WHO" "$NODE" "$LAB_MARK" "$1" > out'
    _, result = run(
        processes, tmp_path, "/bin/sh", "-c", script, "sh", args=["$(WHO)-$$(WHO)-$(NOBODY)"], env=env
    )
    assert result() == 0
    assert (tmp_path / "out").read_text() == "me n1 yes me-$(WHO)-$(NOBODY)"


def test_both_streams_are_kept_in_their_order(processes, tmp_path):
    _, result = run(processes, tmp_path, "/bin/sh", "-c", "echo one; echo two >&2; printf three")
    result()
    assert b"".join(processes.printed) == b"one\ntwo\nthree"


def test_who_prints_more_than_a_pipe_holds_goes_on_after_each_look(processes, tmp_path):
    _, result = run(processes, tmp_path, "/bin/sh", "-c", "head -c 300000 /dev/zero")
    result()
    assert sum(map(len, processes.printed)) == 300_000


def test_term_reaches_only_who_has_a_handler(processes, tmp_path):
    waiting, result = run(
        processes, tmp_path, "/bin/sh", "-c", "trap 'exit 7' TERM; : > up; while :; do sleep 0.02; done"
    )
    while not (tmp_path / "up").exists():
        time.sleep(0.01)
    waiting.term()
    assert result() == 7
    deaf, result = run(processes, tmp_path, "sleep", "60")
    deaf.term()
    time.sleep(0.1)
    processes.poll()
    assert len(processes) == 1
    deaf.kill()
    assert result() == 137


def test_what_a_container_leaves_behind_dies_with_it(processes, tmp_path):
    _, result = run(processes, tmp_path, "/bin/sh", "-c", "sleep 60 & echo $! > child; exit 0")
    assert result() == 0
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 60
    while Path(f"/proc/{child}").exists() and ") Z" not in Path(f"/proc/{child}/stat").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_program_that_cannot_be_started_says_why(processes, tmp_path):
    (tmp_path / "plain").write_text("no program")
    with pytest.raises(StartError, match='plain": permission denied'):
        processes.start(POD, {"command": [str(tmp_path / "plain")]}, tmp_path, lambda _: None, lambda _: None)


@pytest.mark.parametrize(
    ("container", "here"),
    [
        ({"command": ["sh"]}, True),
        ({"command": ["/bin/sh"]}, True),
        ({"command": ["no-such-program"]}, False),
        ({}, False),
    ],
)
def test_what_runs_here(processes, container, here):
    assert processes.runs_here(container) is here


def test_a_probe_is_run_and_cut_off_when_its_time_is_over(processes, tmp_path):
    running, _ = run(processes, tmp_path, "sleep", "60")
    for command, seconds, expected in (
        (("true",), 60, True),
        (("false",), 60, False),
        (("no-such",), 60, False),
        (("sleep", "900"), 0.2, False),
    ):
        probe = running.ask({}, {"exec": {"command": list(command)}, "timeoutSeconds": seconds})
        outcome = None
        while outcome is None:
            try:
                time.sleep(next(probe))
            except StopIteration as over:
                outcome = over.value
        assert outcome.success is expected


def test_closing_kills_what_is_left(tmp_path):
    undertaker = Undertaker()
    processes = Processes(undertaker)
    running, _ = run(processes, tmp_path, "sleep", "60")
    processes.close()
    undertaker.close()
    with pytest.raises(ProcessLookupError):
        os.killpg(running.group, 0)
