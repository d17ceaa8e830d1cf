"""One command of a session, on a channel that is written down instead of sent."""

import shutil
import threading

import pytest

from podwright_lab import ssh_command
from podwright_lab.ssh_command import NodeShell, RunningCommand
from podwright_lab.ssh_link import LinkFaults


class Channel:
    """What of paramiko's channel a command uses; `incoming` is what the client sends."""

    remote_chanid = 0

    def __init__(self, incoming=b""):
        self.out, self.err, self.status, self.signals, self.closed = b"", b"", None, [], False
        self._incoming = [incoming] if incoming else []

    def recv(self, _size):
        return self._incoming.pop() if self._incoming else b""

    def sendall(self, content):
        self.out += content

    def sendall_stderr(self, content):
        self.err += content

    def send_exit_status(self, status):
        self.status = status

    def get_transport(self):
        return self

    def _send_user_message(self, message):
        self.signals.append(message.asbytes())

    def close(self):
        self.closed = True


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "home").mkdir()
    return NodeShell(tmp_path / "home", {"PATH": "/usr/bin:/bin", "NODE": "cp-1"}, tmp_path / "prelude")


@pytest.fixture
def run(shell):
    def one(command, incoming=b"", faults=None, cut=lambda: None):
        channel = Channel(incoming)
        running = RunningCommand(channel, shell, command, faults or LinkFaults(), cut)
        running.go.set()
        running.run()
        return channel

    return one


def test_a_command_runs_in_the_nodes_folder_and_environment(run, shell):
    channel = run(b'pwd; echo "$NODE" >&2; env | grep -c .')
    assert channel.out.splitlines()[0] == str(shell.home).encode()
    assert channel.err == b"cp-1\n"
    assert (channel.status, channel.closed) == (0, True)


@pytest.mark.parametrize("status", [0, 3, 255])
def test_its_exit_status_is_told(run, status):
    assert run(f"exit {status}".encode()).status == status


def test_what_the_client_sends_is_its_input(run):
    assert run(b"cat", b"one\ntwo\n").out == b"one\ntwo\n"


def test_input_that_it_does_not_read_is_dropped(run):
    assert run(b"exec <&-; echo done", b"x" * 300_000).out == b"done\n"


def test_a_signal_that_ends_it_is_told_by_name(run):
    channel = run(b"kill -TERM $$")
    assert channel.status is None
    (message,) = channel.signals
    assert b"exit-signal" in message
    assert b"TERM" in message


def test_a_shell_that_cannot_be_started_is_an_error_of_the_command(run, shell):
    shutil.rmtree(shell.home)
    channel = run(b"true")
    assert channel.status == 255
    assert b"No such file or directory" in channel.err


@pytest.mark.parametrize("command", [b"echo x; sleep 60", b"sleep 60"])
def test_a_link_that_is_cut_breaks_at_the_first_output_or_after_a_while(shell, monkeypatch, command):
    monkeypatch.setattr(ssh_command, "CUT_AFTER_SECONDS", 0.05)
    channel, cuts = Channel(), []

    def cut():
        cuts.append(True)
        running.kill()

    running = RunningCommand(channel, shell, command, LinkFaults(cut=True), cut)
    running.go.set()
    running.run()
    assert (cuts, channel.out) == ([True], b"")


def test_killing_it_ends_what_it_started(shell):
    channel = Channel()
    running = RunningCommand(channel, shell, b"sleep 60 & echo started; wait", LinkFaults(), lambda: None)
    running.go.set()
    thread = threading.Thread(target=running.run)
    thread.start()
    while not channel.out:
        thread.join(0.01)
    running.kill()
    thread.join(60)
    assert not thread.is_alive()
    assert b"KILL" in channel.signals[0]


def test_the_prelude_comes_first_and_may_wrap_the_shell(run, shell):
    shell.prelude.write_text("export BROKEN=yes\nwrap='env WRAPPED=yes'\n")
    assert run(b'echo "$BROKEN $WRAPPED"').out == b"yes yes\n"
    shell.prelude.unlink()
    assert run(b'echo "$BROKEN$WRAPPED"').out == b"\n"
