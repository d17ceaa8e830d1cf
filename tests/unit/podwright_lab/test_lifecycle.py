"""A lab's process from outside: started, asked, broken, killed, ended; and what is left of it."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from podwright_lab import lifecycle
from podwright_lab.lab_error import LabError, LabUsageError
from podwright_lab.layout import MARK_VARIABLE
from podwright_lab.lifecycle import break_node, down, layout_of, mend_node, status, up
from podwright_lab.processes import LabLock


@pytest.fixture
def layout(tmp_path):
    one = layout_of(tmp_path / "lab")
    yield one
    down(one)
    assert leftovers(one) == []


def leftovers(layout):
    """The commands of processes that carry the lab's mark."""
    found = []
    for folder in marked(layout):
        with contextlib.suppress(OSError):
            found.append((folder / "cmdline").read_bytes())
    return found


def marked(layout):
    """Where /proc tells of them."""
    mark = f"{MARK_VARIABLE}={layout.directory}".encode()
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark in environment.read_bytes().split(b"\0"):
                found.append(environment.parent)
    return found


def ssh(layout, node, command):
    words = ["ssh", "-F", str(layout.ssh_config), "-o", "BatchMode=yes", node, command]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_a_lab_goes_up_serves_and_goes_down_without_a_trace(layout):
    started = up(layout, nodes=2)
    assert [node.name for node in started.nodes] == ["cp-1", "cp-2"]
    assert started.pid != os.getpid()
    assert ssh(layout, "cp-2", "echo $HOME").stdout == f"{layout.directory}/nodes/cp-2\n"
    assert status(layout) == started
    assert down(layout)
    assert not layout.directory.exists()
    assert leftovers(layout) == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", started.nodes[0].port))


def test_secrets_are_for_their_owner_only(layout):
    up(layout, nodes=1)
    for path in (layout.kubeconfig, layout.key_file, layout.control_socket):
        assert path.stat().st_mode & 0o077 == 0


def test_down_where_nothing_is_or_was_is_no_error(tmp_path):
    assert not down(layout_of(tmp_path / "nothing"))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").write_text("precious")
    assert not down(layout_of(tmp_path / "mine"))
    assert (tmp_path / "mine/file").exists()


def test_a_second_up_is_refused_and_the_first_runs_on(layout):
    started = up(layout, nodes=1)
    with pytest.raises(LabError, match=rf"a lab already runs in `{layout.directory}` \(pid {started.pid}\)"):
        up(layout, nodes=2)
    assert status(layout) == started


def test_of_two_ups_at_once_one_wins(layout):
    outcomes = []

    def start():
        try:
            outcomes.append(up(layout, nodes=1).pid)
        except LabError as error:
            outcomes.append(error)

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(isinstance(outcome, int) for outcome in outcomes) == [False, True]
    assert status(layout).pid in outcomes


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(LabError, match="is not empty and holds no lab"):
        up(layout_of(tmp_path), nodes=1)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_place_that_cannot_hold_a_folder_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LabError, match="cannot hold a lab: Not a directory"):
        up(layout_of(tmp_path / "file/lab"), nodes=1)


@pytest.mark.parametrize("name", ['a "lab"', "two\nlines"])
def test_a_name_that_ssh_config_cannot_hold_is_refused(tmp_path, name):
    with pytest.raises(LabError, match="is not a name that ssh_config can hold"):
        up(layout_of(tmp_path / name), nodes=1)
    assert list(tmp_path.iterdir()) == []


@contextlib.contextmanager
def as_somebody_without_rights():
    """Root may do as it likes with other people's labs, so it is nobody for the while."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_somebody_elses_lab_is_told_as_such():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        layout = layout_of(Path(folder) / "lab")
        layout.directory.mkdir()
        layout.directory.chmod(0o777)
        layout.mark.write_text("{}")
        layout.mark.chmod(0o666)
        layout.pid_file.touch(mode=0o400)
        for action in (lambda: down(layout), lambda: up(layout, nodes=1)):
            with (
                as_somebody_without_rights(),
                pytest.raises(LabError, match="is not yours: Permission denied"),
            ):
                action()


def test_a_killed_lab_leaves_processes_that_the_next_up_and_down_end(layout):
    killed = up(layout, nodes=1).pid
    ssh(layout, "cp-1", "sleep 1000 >/dev/null 2>&1 </dev/null &")
    assert leftovers(layout)
    os.kill(killed, signal.SIGKILL)
    assert LabLock(layout.pid_file).wait_free(60)
    with pytest.raises(LabError, match="no lab answers"):
        status(layout)
    assert any(b"sleep" in command for command in leftovers(layout))
    again = up(layout, nodes=1)
    assert not any(b"sleep" in command for command in leftovers(layout))
    assert ssh(layout, "cp-1", "echo up").stdout == "up\n"
    os.kill(again.pid, signal.SIGKILL)
    assert down(layout)


def test_a_stale_pid_file_is_no_lab(layout):
    up(layout, nodes=1)
    down(layout, keep=True)
    layout.pid_file.write_text("1\n")
    assert up(layout, nodes=1).pid != 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_in_good_order(layout, number):
    started = up(layout, nodes=1)
    os.kill(started.pid, number)
    deadline = time.monotonic() + 60
    while leftovers(layout) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert leftovers(layout) == []
    assert not layout.control_socket.exists()
    assert layout.log_file.read_text() == ""


def test_a_lab_that_does_not_stop_is_killed(layout, monkeypatch):
    monkeypatch.setattr(lifecycle, "_STOP_SECONDS", 0.5)
    os.kill(up(layout, nodes=1).pid, signal.SIGSTOP)
    assert down(layout)
    assert leftovers(layout) == []


def test_kept_nodes_come_back_with_their_files_and_host_keys(layout):
    up(layout, nodes=1)
    ssh(layout, "cp-1", "echo kept >file")
    key = (layout.node("cp-1").host_key.with_suffix(".pub")).read_text()
    assert down(layout, keep=True)
    up(layout, nodes=2)
    assert ssh(layout, "cp-1", "cat file").stdout == "kept\n"
    assert (layout.node("cp-1").host_key.with_suffix(".pub")).read_text() == key


def test_a_start_that_fails_tells_the_reason_and_leaves_nothing(layout, monkeypatch):
    monkeypatch.setenv("PATH", str(layout.directory))
    monkeypatch.setattr("podwright_lab.real_sshd._SYSTEM_FOLDERS", ())
    layout.directory.mkdir()
    (layout.directory / "lab.json").write_text("{}")
    (layout.directory / "nodes").write_text("a file where a folder belongs")
    with pytest.raises(LabError) as failure:
        up(layout, nodes=1)
    assert "the lab did not start" in failure.value.message
    assert str(layout.log_file) in failure.value.hint
    assert leftovers(layout) == []
    (layout.directory / "nodes").unlink()


def test_breakages_are_made_in_the_running_lab_and_shown(layout):
    up(layout, nodes=2)
    assert break_node(layout, "cp-2", "disk-full") == ("cp-2",)
    assert break_node(layout, "all", "api-slow") == ("all",)
    seen = status(layout)
    assert [node.broken for node in seen.nodes] == [(), ("disk-full",)]
    assert seen.broken == ("api-slow",)
    assert "File too large" in ssh(layout, "cp-2", "echo x | cat >file").stderr
    assert mend_node(layout, "all", "all") == ("cp-1", "cp-2")
    assert status(layout).broken == ()
    with pytest.raises(LabUsageError, match="the lab has no node `cp-3`"):
        break_node(layout, "cp-3", "disk-full")


def test_a_lab_that_is_broken_goes_down_all_the_same(layout):
    up(layout, nodes=1)
    for what in ("node-hung", "disk-full", "folder-read-only"):
        break_node(layout, "cp-1", what)
    break_node(layout, "all", "api-down")
    assert down(layout)
    assert not layout.directory.exists()


def test_no_descriptor_is_left_in_the_caller(layout):
    before = len(list(Path("/proc/self/fd").iterdir()))
    up(layout, nodes=1)
    status(layout)
    down(layout)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_hundred_nodes_cost_under_ten_seconds_of_cpu_and_600_mb(layout):
    up(layout, nodes=100)
    processes = marked(layout)
    assert len(processes) > 100
    assert sum(map(_cpu_seconds, processes)) < 10
    assert sum(map(_proportional_kilobytes, processes)) < 600 * 1024


def _cpu_seconds(process):
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def _proportional_kilobytes(process):
    """Its own memory, and its share of what it has in common with others."""
    lines = (process / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
