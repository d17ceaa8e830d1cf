"""Runs one program over one SSH channel: sends its text, gathers both streams, and keeps to its bounds.

Own code since `run` of fabric sends standard input at 95 bytes a second, joins all output on each 1,000 bytes, and
decodes each of these alone (dependencies of the project, measured).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from podwright.remote.host import MAX_OUTPUT_BYTES, OnOutput

if TYPE_CHECKING:
    from paramiko import Channel

_READ_BYTES = 256 << 10
_WRITE_BYTES = 32 << 10
#: What log-in scripts may say before our marker comes.
MAX_NOISE_BYTES = 256 << 10
#: While the window to the node is full there is nothing to wait on but time.
_FULL_WINDOW_SECONDS = 0.01


class TooMuchOutputError(Exception):
    """The node sent more than the cap."""


class DeadlineError(Exception):
    """The deadline passed."""


class WrongPasswordError(Exception):
    """sudo asked a second time."""


class _Wakeup(threading.Event):
    """Set whenever there is something to read or the channel ends; only `reset` unsets it.

    paramiko would unset it when one stream is drained, just as the other one's bytes come. The pipe behind
    `Channel.fileno` loses wake-ups like that, even the one for the end of the channel.
    """

    def clear(self) -> None:
        pass

    def reset(self) -> None:
        super().clear()


@dataclass(slots=True)
class Stream:
    """One output stream: what came before the line with the marker is noise."""

    marker: bytes
    noise: bytearray = field(default_factory=bytearray)
    output: bytearray = field(default_factory=bytearray)
    started: bool = False

    def feed(self, chunk: bytes) -> bytes:
        """Take a chunk and return the part of it that is output. Raises TooMuchOutputError for endless noise."""
        if self.started:
            self.output += chunk
            return chunk
        self.noise += chunk
        before, found, after = self.noise.partition(self.marker + b"\n")
        if not found:
            if len(self.noise) > MAX_NOISE_BYTES:
                raise TooMuchOutputError
            return b""
        self.started, self.noise, self.output = True, bytearray(before), bytearray(after)
        return bytes(after)


@dataclass(slots=True)
class Exchange:
    """A program's run. `password` is sent first and `rest` only once the receiver is there, or with it where none is.

    `ready` is set when the receiver spoke; `stopped` when `on_output` asked to end.
    """

    channel: Channel
    marker: str
    rest: bytes
    deadline: float
    password: bytes = b""
    prompt: bytes = b""
    on_output: OnOutput | None = None
    clock: Callable[[], float] = time.monotonic
    stopped: bool = False
    stdout: Stream = field(init=False)
    stderr: Stream = field(init=False)
    _to_send: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.stdout, self.stderr = Stream(self.marker.encode()), Stream(self.marker.encode())
        self._to_send = self.password or self.rest

    def send_all_at_once(self) -> None:
        """Send the program right behind a password that is known to be right."""
        self._to_send, self.rest = self.password + self.rest, b""

    @property
    def ready(self) -> bool:
        return self.stdout.started

    def run(self) -> int:
        """Return the exit status: -1 where a signal, or we, ended the program, or the link broke.

        Raises DeadlineError, TooMuchOutputError, WrongPasswordError.
        """
        self.channel.setblocking(False)
        wakeup = _Wakeup()
        self.channel.in_buffer.set_event(wakeup)
        self.channel.in_stderr_buffer.set_event(wakeup)
        while not self._over():
            wakeup.reset()
            busy = self._send()
            busy = self._receive() or busy
            if self.stopped:
                return -1
            if not busy and not self._over():
                seconds = self._left()
                wakeup.wait(min(seconds, _FULL_WINDOW_SECONDS) if self._to_send else seconds)
        if not self.channel.status_event.wait(self._left()):
            raise DeadlineError
        return self.channel.exit_status

    def _over(self) -> bool:
        channel = self.channel
        ended = channel.closed or channel.eof_received
        return bool(ended and not channel.recv_ready() and not channel.recv_stderr_ready())

    def _left(self) -> float:
        seconds = self.deadline - self.clock()
        if seconds <= 0:
            raise DeadlineError
        return seconds

    def _send(self) -> bool:
        self._left()
        if not self._to_send or self.channel.closed or not self.channel.send_ready():
            return False
        try:
            sent = self.channel.send(self._to_send[:_WRITE_BYTES])
        except OSError:  # the program ended without reading it all: its status says why
            sent = len(self._to_send)
        self._to_send = self._to_send[sent:]
        return True

    def _receive(self) -> bool:
        """Read both streams: a full window of one of them would hang the program."""
        got = False
        while self.channel.recv_stderr_ready():
            self.stderr.feed(self.channel.recv_stderr(_READ_BYTES))
            got = True
            self._check_bounds()
        while self.channel.recv_ready() and not self.stopped:
            was_ready = self.ready
            output = self.stdout.feed(self.channel.recv(_READ_BYTES))
            got = True
            self._check_bounds()
            if self.ready and not was_ready and self.password:
                self._to_send = self.rest
            if output and self.on_output and not self.on_output(output):
                self.stopped = True
        return got

    def _check_bounds(self) -> None:
        self._left()
        if len(self.stdout.output) + len(self.stderr.output) > MAX_OUTPUT_BYTES:
            raise TooMuchOutputError
        if self.prompt and self.stderr.noise.count(self.prompt) > 1:
            raise WrongPasswordError
