"""Runs one program in a node's shell over its SSH channel: sends the text, gathers both streams, keeps to its bounds.

Own code since `run` of fabric sends standard input at 95 bytes a second, joins all output on each 1,000 bytes, and
decodes each of these alone (dependencies of the project, measured).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct

from podwright.remote.host import MAX_OUTPUT_BYTES
from podwright.remote.ssh.output_stream import Stream, TooMuchOutputError

if TYPE_CHECKING:
    from paramiko import Channel

_READ_BYTES = 256 << 10
_WRITE_BYTES = 32 << 10
#: While the window to the node is full there is nothing to wait on but time.
_FULL_WINDOW_SECONDS = 0.01
#: What goes out is on its way for a while: no link that works is slower, in bytes a second.
_SLOW_LINK = 64 << 10
_NOTHING = memoryview(b"")


class DeadlineError(Exception):
    """The deadline passed."""


class SilenceError(Exception):
    """The program began, and reported nothing for too long."""


class WrongPasswordError(Exception):
    """sudo asked a second time."""


class Wakeup(threading.Event):
    """Set whenever there is something to read or the channel ends; only `reset` unsets it.

    paramiko would unset it when one stream is drained, just as the other one's bytes come. The pipe behind
    `Channel.fileno` loses wake-ups like that, even the one for the end of the channel.
    """

    def clear(self) -> None:
        pass

    def reset(self) -> None:
        super().clear()


class Password(Struct, frozen=True):
    """What sudo may ask for: sent first, and the program only once the line `greeting` shows that sudo is done."""

    line: bytes
    prompt: bytes
    greeting: bytes


@dataclass(slots=True)
class Exchange:
    """A program's run, whose bound on output grows by `steady` bytes a second.

    Once begun it must report something every `silence` seconds. `first` says that its output begins with
    the marker, `sent` that all of its text went out.
    """

    channel: Channel
    wakeup: Wakeup
    marker: str
    text: bytes
    deadline: float
    first: bool
    password: Password | None = None
    stdin: Iterator[bytes] | None = None
    steady: int = 0
    silence: float = math.inf
    clock: Callable[[], float] = time.monotonic
    sent: bool = field(default=False, init=False)
    stdout: Stream = field(init=False)
    stderr: Stream = field(init=False)
    errors: bytearray = field(default_factory=bytearray, init=False)
    had_input: bool = field(init=False)
    _begun: float = field(init=False)
    _heard: float = field(init=False)
    _to_send: memoryview = field(init=False)

    def __post_init__(self) -> None:
        self.stdout = Stream(self.marker, first=self.first)
        self.stderr = Stream(self.marker, first=self.first)
        self.had_input = self.stdin is not None
        self._begun = self._heard = self.clock()
        self._to_send = memoryview(self.password.line if self.password else self.text)
        self.sent = not self._to_send

    @property
    def began(self) -> bool:
        return self.stdout.started

    @property
    def ended(self) -> bool:
        """The program ended and the shell waits for the next one."""
        return self.stdout.status is not None and self.stderr.status is not None

    def output(self) -> Iterator[bytes]:
        """Send the text and yield standard output as it comes, until both streams end; `errors` holds the other one.

        Raises DeadlineError, SilenceError, TooMuchOutputError, WrongPasswordError.
        """
        while not self._over():
            self.wakeup.reset()
            busy = self._send()
            # both streams each time: a full window of one of them would hang the program
            busy = self._receive_errors() or busy
            if self.channel.recv_ready():
                busy = True
                chunk = self.stdout.feed(self.channel.recv(_READ_BYTES))
                self._check_bounds()
                if chunk:
                    yield chunk
            if self.password and self.password.greeting in self.stdout.noise:
                self.password, self._to_send = None, memoryview(self.text)
            if busy:
                self._heard = self.clock()
            elif not self._over():
                seconds = self._left()
                self.wakeup.wait(min(seconds, _FULL_WINDOW_SECONDS) if self._to_send else seconds)
        self.errors += self.stderr.rest()
        if rest := self.stdout.rest():
            yield rest

    def status(self) -> int:
        """The exit status: -1 when a signal ended the program, or the link broke. Raises DeadlineError."""
        if self.stdout.status is not None:
            return self.stdout.status
        if not self.channel.status_event.wait(self._left()):
            raise DeadlineError
        return self.channel.exit_status

    def _over(self) -> bool:
        channel = self.channel
        closed = channel.closed or channel.eof_received
        return self.ended or bool(closed and not channel.recv_ready() and not channel.recv_stderr_ready())

    def _left(self) -> float:
        seconds = self.deadline - self.clock()
        if seconds <= 0:
            raise DeadlineError
        if not self.began:
            return seconds
        on_its_way = 0.0 if self.stdout.size else len(self.text) / _SLOW_LINK
        quiet = self._heard + self.silence + on_its_way - self.clock()
        if quiet <= 0:
            raise SilenceError
        return min(seconds, quiet)

    def _send(self) -> bool:
        self._left()
        if not self._to_send and self.sent and self.stdin is not None and self.began:
            self._take_input(self.stdin)
        if not self._to_send or self.channel.closed or not self.channel.send_ready():
            return False
        try:
            went = self.channel.send(bytes(self._to_send[:_WRITE_BYTES]))
        except OSError:  # the shell ended without reading it all: its status shows why
            self._to_send, self.stdin = _NOTHING, None
            return True
        self._to_send = self._to_send[went:]
        self.sent = self.sent or (not self._to_send and self.password is None)
        return True

    def _take_input(self, pieces: Iterator[bytes]) -> None:
        """The next piece is to be sent, or the end. The shell ends no sooner, so no CLOSE crosses our EOF."""
        piece = next(pieces, None)
        if piece is not None:
            self._to_send = memoryview(piece)
            return
        self.stdin = None
        if not self.channel.closed:
            self.channel.shutdown_write()

    def _receive_errors(self) -> bool:
        if not self.channel.recv_stderr_ready():
            return False
        self.errors += self.stderr.feed(self.channel.recv_stderr(_READ_BYTES))
        self._check_bounds()
        return True

    def _check_bounds(self) -> None:
        self._left()
        # a watch goes on for minutes, and what it shows is not kept here; errors are
        steady = int(self.steady * (self.clock() - self._begun))
        if (
            self.stdout.size + self.stderr.size > MAX_OUTPUT_BYTES + steady
            or self.stderr.size > MAX_OUTPUT_BYTES
        ):
            raise TooMuchOutputError
        if self.password and self.stderr.noise.count(self.password.prompt) > 1:
            raise WrongPasswordError
