"""Runs one command of an SSH session as sshd does without a terminal: three pipes and its exit status."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from podwright_lab.ssh_link import CUT_AFTER_SECONDS, LinkFaults

if TYPE_CHECKING:
    import paramiko

_CHUNK_BYTES = 64 << 10
_TICK_MILLISECONDS = 100
_EXEC_FAILED = 255
_NO_ANSWER_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class NodeShell:
    """Where and how a node's commands run.

    `prelude` is a sh file that is sourced, if it exists, before each command; it may set limits, and
    `wrap` to a program that starts the command's shell. So a broken node's shell is broken the same way
    under both kinds of SSH server.
    """

    home: Path
    environment: Mapping[str, str]
    prelude: Path

    def argv(self, command: bytes) -> list[bytes | str]:
        if not self.prelude.exists():
            return ["/bin/sh", "-c", command]
        return ["/bin/sh", "-c", '. "$1"; exec $wrap /bin/sh -c "$0"', command, str(self.prelude)]


class RunningCommand:
    """A command and the channel it talks to.

    As under sshd, a client that goes away sends no signal: the command's pipes are closed, so it reads the
    end of its input and its next write meets SIGPIPE (session.c, `session_close_by_channel`, sessions
    without a terminal).
    """

    def __init__(
        self,
        channel: paramiko.Channel,
        shell: NodeShell,
        command: bytes,
        faults: LinkFaults,
        cut: Callable[[], None],
    ) -> None:
        self._channel = channel
        self._shell = shell
        self._command = command
        self._faults = faults
        self._cut = cut
        self._process: subprocess.Popen[bytes] | None = None
        self._outputs_closed = threading.Event()
        self.go = threading.Event()

    def run(self) -> None:
        """Run to the end once `go` is set, report its end to the client, close the channel; never raises.

        A client that wants no answer to its request gets none, so `go` is not waited for without end.
        """
        self.go.wait(_NO_ANSWER_SECONDS)
        with contextlib.suppress(OSError, EOFError):
            self._run()
        # closing reports it to the client, which may be gone
        with contextlib.suppress(OSError, EOFError):
            self._channel.close()

    def kill(self) -> None:
        """End the command and everything it started in its process group."""
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)

    def _run(self) -> None:
        process = self._start()
        if process is None:
            return
        feeder = threading.Thread(target=self._feed, args=(process,), name="lab-ssh-stdin", daemon=True)
        feeder.start()
        try:
            self._pump(process)
        finally:
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
            self._outputs_closed.set()
            status = process.wait()
        self._tell_end(status)
        self._channel.close()
        feeder.join()

    def _start(self) -> subprocess.Popen[bytes] | None:
        try:
            self._process = subprocess.Popen(
                self._shell.argv(self._command),
                cwd=self._shell.home,
                env=self._shell.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
        except OSError as error:
            self._channel.sendall_stderr(f"/bin/sh: {error.strerror}\n".encode())
            self._channel.send_exit_status(_EXEC_FAILED)
        return self._process

    def _feed(self, process: subprocess.Popen[bytes]) -> None:
        """Carry the client's input; what the command no longer reads is read and dropped, as sshd does."""
        pipe = process.stdin
        if pipe is None:
            return
        with contextlib.suppress(OSError):
            while content := self._channel.recv(_CHUNK_BYTES):
                with contextlib.suppress(BrokenPipeError, ValueError):
                    _write_all(pipe.fileno(), content)
        if self._channel.closed:
            # a command that sees the end of its input must not find a reader on its output any more
            self._outputs_closed.wait()
        with contextlib.suppress(OSError):
            pipe.close()

    def _pump(self, process: subprocess.Popen[bytes]) -> None:
        """Carry both outputs until both end or the client goes; both share one window, so one thread does."""
        if process.stdout is None or process.stderr is None:
            return
        sinks = {
            process.stdout.fileno(): self._channel.sendall,
            process.stderr.fileno(): self._channel.sendall_stderr,
        }
        poll = select.poll()
        for descriptor in sinks:
            poll.register(descriptor, select.POLLIN)
        started = time.monotonic()
        while sinks and not self._channel.closed:
            ready = poll.poll(_TICK_MILLISECONDS)
            if self._faults.cut and (ready or time.monotonic() - started > CUT_AFTER_SECONDS):
                self._cut()
                return
            for descriptor, _ in ready:
                content = os.read(descriptor, _CHUNK_BYTES)
                if content:
                    sinks[descriptor](content)
                else:
                    poll.unregister(descriptor)
                    del sinks[descriptor]

    def _tell_end(self, status: int) -> None:
        if self._channel.closed:
            return
        if status >= 0:
            self._channel.send_exit_status(status)
        else:
            self._send_exit_signal(-status)

    def _send_exit_signal(self, number: int) -> None:
        """Send RFC 4254 §6.10 `exit-signal`, as sshd does for a shell that a signal ended.

        paramiko has no call for it; this is its `send_exit_status` with the other message.
        """
        from paramiko import Message
        from paramiko.common import cMSG_CHANNEL_REQUEST

        message = Message()
        message.add_byte(cMSG_CHANNEL_REQUEST)
        message.add_int(self._channel.remote_chanid)
        message.add_string("exit-signal")
        message.add_boolean(False)
        message.add_string(signal.Signals(number).name.removeprefix("SIG"))
        message.add_boolean(False)
        message.add_string("")
        message.add_string("")
        transport = self._channel.get_transport()
        transport._send_user_message(message)  # type: ignore[attr-defined]


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
