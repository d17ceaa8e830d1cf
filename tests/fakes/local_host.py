"""A Host that runs the very text a node would run, with this machine's sh, in a folder."""

from __future__ import annotations

import math
import os
import secrets
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from podwright.errors import (
    HostileOutputError,
    HostTimeoutError,
    HostUnreachableError,
    PortClosedError,
    ProgramError,
)
from podwright.remote.host import MAX_OUTPUT_BYTES, Output, PortStream
from podwright.remote.ssh.output_stream import Stream, TooMuchOutputError
from podwright.remote.ssh.program_text import preparation, program_input, program_with_input, watch_over

_READ_BYTES = 256 << 10


@dataclass(frozen=True)
class LocalHost:
    """Programs start in `folder`; `environment` is all they see. `name` stands first in errors, like a node's."""

    folder: Path
    name: str = "local"
    environment: Mapping[str, str] | None = None
    alive = True

    def stream(
        self,
        program: str,
        stdin: Iterable[bytes] | None = None,
        *,
        timeout: float,
        secret: bool = True,
        watchdog: bool = True,
        silence: float = math.inf,
    ) -> Output:
        marker = secrets.token_hex(8)
        deadline = time.monotonic() + timeout
        with subprocess.Popen(
            ["/bin/sh"],
            cwd=self.folder,
            env=dict(os.environ if self.environment is None else self.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            text = (
                preparation()
                + watch_over(timeout if watchdog else None)
                + (
                    program_input(program, marker, first=True)
                    if stdin is None
                    else program_with_input(program, marker)
                )
            )
            pump = _Pump(process, text, None if stdin is None else iter(stdin), marker, deadline, silence)
            try:
                yield from pump.output()
                status = pump.out.status
                if status is None:
                    status = process.wait(max(0.0, deadline - time.monotonic()))
            except _SilentError:
                raise HostTimeoutError(f"{self.name}: nothing for {silence:g} s") from None
            except (TimeoutError, subprocess.TimeoutExpired):
                raise HostTimeoutError(f"{self.name}: no end after {timeout:g} s") from None
            except TooMuchOutputError:
                raise HostileOutputError(f"{self.name}: too much output") from None
            finally:
                _end(process)
        if status:
            raise ProgramError(self.name, max(status, -1), bytes(pump.errors))

    def dial(self, host: str, port: int, *, timeout: float) -> PortStream:
        try:
            return _SocketStream(
                f"{self.name}: {host}:{port}",
                socket.create_connection((host, port), timeout),
                time.monotonic() + timeout,
            )
        except OSError as error:
            refused = isinstance(error, ConnectionRefusedError)
            kind = PortClosedError if refused else HostUnreachableError
            raise kind(f"{self.name}: cannot connect to {host}:{port}: {error}") from error


@dataclass(frozen=True)
class _SocketStream:
    what: str
    socket: socket.socket
    deadline: float

    def send(self, content: bytes) -> None:
        with self._in_time():
            self.socket.sendall(content)

    def receive(self) -> bytes:
        with self._in_time():
            return self.socket.recv(_READ_BYTES)

    def close(self) -> None:
        self.socket.close()

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        try:
            self.socket.settimeout(max(0.001, self.deadline - time.monotonic()))
            yield
        except TimeoutError:
            raise HostTimeoutError(f"{self.what} did not answer in time") from None
        except OSError as error:
            raise HostUnreachableError(f"{self.what} hung up: {error}") from None


class _SilentError(Exception):
    pass


class _Pump:
    """Moves bytes between us and a program until its streams end."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        to_send: bytes,
        pieces: Iterator[bytes] | None,
        marker: str,
        deadline: float,
        silence: float,
    ) -> None:
        self._stdin, self._stdout = process.stdin.fileno(), process.stdout.fileno()
        self._process, self._pieces = process, pieces
        self._to_send, self._deadline = to_send, deadline
        self._silence, self._heard = silence, time.monotonic()
        self.out, self.err, self.errors = Stream(marker), Stream(marker), bytearray()
        self._open = {self._stdout: self.out, process.stderr.fileno(): self.err}
        self._poll = select.poll()

    def output(self) -> Iterator[bytes]:
        os.set_blocking(self._stdin, False)
        self._poll.register(self._stdin, select.POLLOUT)
        for descriptor in self._open:
            self._poll.register(descriptor, select.POLLIN)
        while self._open and not self._ended:
            seconds = self._deadline - time.monotonic()
            if seconds <= 0:
                raise TimeoutError
            quiet = self._heard + self._silence - time.monotonic() if self.out.started else math.inf
            if quiet <= 0:
                raise _SilentError
            self._take_input()
            for descriptor, _event in self._poll.poll(1000 * min(seconds, quiet)):
                self._heard = time.monotonic()
                if descriptor == self._stdin:
                    self._send()
                elif chunk := self._receive(descriptor):
                    yield chunk
        self.errors += self.err.rest()
        yield self.out.rest()

    @property
    def _ended(self) -> bool:
        return self.out.status is not None and self.err.status is not None

    def _take_input(self) -> None:
        if self._to_send or self._pieces is None or not self.out.started:
            return
        piece = next(self._pieces, None)
        if piece is None:
            self._pieces = None
            self._process.stdin.close()
        else:
            self._to_send = piece
            self._poll.register(self._stdin, select.POLLOUT)

    def _send(self) -> None:
        try:
            self._to_send = self._to_send[os.write(self._stdin, self._to_send[:65536]) :]
        except BrokenPipeError:
            self._to_send, self._pieces = b"", None
        if not self._to_send:
            self._poll.unregister(self._stdin)

    def _receive(self, descriptor: int) -> bytes:
        """What it read of standard output."""
        chunk = os.read(descriptor, _READ_BYTES)
        if not chunk:
            self._poll.unregister(descriptor)
            del self._open[descriptor]
            return b""
        output = self._open[descriptor].feed(chunk)
        if self.out.size + self.err.size > MAX_OUTPUT_BYTES:
            raise TooMuchOutputError
        if descriptor == self._stdout:
            return output
        self.errors += output
        return b""


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left: hung up where the program was stopped, or killed with its group past the deadline."""
    for stream in (process.stdin, process.stdout, process.stderr):
        with suppress(BrokenPipeError):
            stream.close()
    if process.poll() is None:
        for member in (*_session_members(process.pid), process.pid):
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)


def _session_members(session: int) -> tuple[int, ...]:
    """Return the processes of a session: timeout(1) makes a group of its own in it."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            found.append(int(stat.parent.name))
    return tuple(found)
