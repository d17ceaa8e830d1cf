import os
import subprocess
import sys

import pytest

from podwright_lab.lab_error import LabError
from podwright_lab.layout import MARK_VARIABLE
from podwright_lab.processes import LabLock, end_leftovers


def test_the_lock_names_its_holder_and_refuses_a_second(tmp_path):
    lock = LabLock(tmp_path / "pid")
    assert not lock.held()
    with LabLock(tmp_path / "pid"):
        assert lock.held()
        assert lock.holder() == os.getpid()
        with (
            pytest.raises(LabError, match=rf"a lab already runs in `{tmp_path}` \(pid {os.getpid()}\)"),
            lock,
        ):
            pass
    assert not lock.held()
    with lock:
        assert lock.holder() == os.getpid()


def test_the_pid_of_a_lab_that_was_killed_counts_for_nothing(tmp_path):
    program = "import sys; from pathlib import Path; from podwright_lab.processes import LabLock\n"
    program += "with LabLock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    words = [sys.executable, "-c", program, str(tmp_path / "pid")]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    lock = LabLock(tmp_path / "pid")
    assert lock.held()
    process.kill()
    process.communicate()
    assert lock.wait_free(5)
    assert (tmp_path / "pid").read_text() == f"{process.pid}\n"
    with lock:
        assert lock.holder() == os.getpid()


def test_a_garbled_pid_file_names_nobody(tmp_path):
    (tmp_path / "pid").write_text("not a pid\n")
    assert LabLock(tmp_path / "pid").holder() is None
    assert not LabLock(tmp_path / "pid").held()


def test_only_this_folders_leftovers_are_ended(tmp_path):
    def start(mark):
        started = subprocess.Popen(
            ["cat"],
            env={MARK_VARIABLE: mark, "PATH": os.defpath},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        # a process has no environment to be seen yet when `exec` has only just let go of the old one
        started.stdin.write(b"?")
        assert started.stdout.read(1) == b"?"
        return started

    ours, others = start(str(tmp_path)), start(f"{tmp_path}2")
    try:
        assert end_leftovers(tmp_path) == 1
        assert ours.wait(60) == -9
        assert others.poll() is None
        assert end_leftovers(tmp_path) == 0
    finally:
        for process in (ours, others):
            process.kill()
            process.communicate()


def test_the_caller_is_never_a_leftover(tmp_path, monkeypatch):
    program = "from pathlib import Path; from podwright_lab.processes import end_leftovers; import sys\n"
    program += "print(end_leftovers(Path(sys.argv[1])))"
    environment = {**os.environ, MARK_VARIABLE: str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], env=environment, capture_output=True, check=True
    )
    assert said.stdout == b"0\n"
