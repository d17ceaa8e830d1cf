"""Starts local programs; the only module that does.

A program gets words, never a shell's line, unless the caller asks for `shell(line)`. What must stay secret goes to its
standard input or its environment, never into its words, which every user of the machine can read. Time and output are
bounded. A program that needs no terminal runs in a session of its own, and whatever it started ends with it.
"""

from __future__ import annotations

import os
import selectors
import signal
import stat
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL
MAX_STDOUT_BYTES = 1 << 20
MAX_STDERR_BYTES = 64 << 10
_PIECE_BYTES = 64 << 10
#: how often to check whether it has ended, while something that it started keeps its output open
_POLL_SECONDS = 0.05


class ProcessError(Exception):
    """A program could not be started, took too long or printed too much; the text completes `NAME: …`."""


@dataclass(frozen=True, slots=True)
class Completed:
    """How a program ended; a negative status is the number of the signal that ended it."""

    exit_status: int
    stdout: bytes = b""
    stderr: bytes = b""


def others_may_write(program: Path) -> bool:
    """Whether every user of this machine could put words of their own into it. Raises OSError."""
    return bool(program.stat().st_mode & stat.S_IWOTH)


def shell(line: str) -> tuple[str, ...]:
    """The words that run `line` with the shell."""
    return ("/bin/sh", "-c", line)


def run(
    words: Sequence[str],
    *,
    seconds: float,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    capture: bool = True,
    interactive: bool = False,
    max_stdout: int = MAX_STDOUT_BYTES,
) -> Completed:
    """Run a program to its end, within `seconds`. Raises ProcessError.

    Without `capture` its output is thrown away. An `interactive` one talks to the person: it keeps the terminal's
    standard input and error, and only its standard output is captured.
    """
    out = subprocess.PIPE if capture else subprocess.DEVNULL
    process = start(
        words,
        stdin=None if interactive else subprocess.PIPE,
        stdout=out,
        stderr=None if interactive else out,
        env=env,
        own_session=not interactive,
    )
    try:
        return _Talk(process, stdin, time.monotonic() + seconds, seconds, max_stdout).to_its_end()
    finally:
        end(process, own_session=not interactive)
        for pipe in filter(None, (process.stdin, process.stdout, process.stderr)):
            # what it did not read of its input is lost with it
            with suppress(BrokenPipeError):
                pipe.close()


def start(
    words: Sequence[str],
    *,
    stdin: int | None,
    stdout: int | None,
    stderr: int | None,
    env: Mapping[str, str] | None = None,
    own_session: bool = True,
) -> subprocess.Popen[bytes]:
    """Start a program that the caller talks to and ends. Raises ProcessError."""
    try:
        return subprocess.Popen(
            list(words),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=None if env is None else dict(env),
            start_new_session=own_session,
            bufsize=0,
        )
    except FileNotFoundError as error:
        raise ProcessError("there is no such program") from error
    except (OSError, ValueError) as error:
        raise ProcessError(f"it cannot be started: {getattr(error, 'strerror', error)}") from error


def end(process: subprocess.Popen[bytes], *, own_session: bool = True, grace: float = 0.0) -> None:
    """End a program that still runs, and all that it started: by TERM and, after `grace` seconds, by KILL."""
    for number, patience in ((signal.SIGTERM, grace), (signal.SIGKILL, None)):
        if process.poll() is not None or patience == 0:
            continue
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number) if own_session else process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)


@dataclass(slots=True)
class _Talk:
    """Sends a program its input and gathers its output until it has ended."""

    process: subprocess.Popen[bytes]
    to_send: bytes
    deadline: float
    seconds: float
    max_stdout: int
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)

    def to_its_end(self) -> Completed:
        with selectors.DefaultSelector() as selector:
            self._register(selector)
            while selector.get_map():
                ended = self.process.poll() is not None
                ready = selector.select(0 if ended else _POLL_SECONDS)
                if ended and not any(events & selectors.EVENT_READ for _key, events in ready):
                    break
                for key, events in ready:
                    on = self._send if events & selectors.EVENT_WRITE else self._receive
                    on(selector, key)
                self._left()
        try:
            status = self.process.wait(self._left())
        except subprocess.TimeoutExpired:
            raise self._too_late() from None
        return Completed(status, bytes(self.stdout), bytes(self.stderr))

    def _register(self, selector: selectors.BaseSelector) -> None:
        if self.process.stdin:
            os.set_blocking(self.process.stdin.fileno(), False)
            selector.register(self.process.stdin, selectors.EVENT_WRITE)
        for stream in filter(None, (self.process.stdout, self.process.stderr)):
            selector.register(stream, selectors.EVENT_READ)

    def _send(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        with suppress(BlockingIOError):
            try:
                went = os.write(key.fd, self.to_send[:_PIECE_BYTES]) if self.to_send else 0
                self.to_send = self.to_send[went:]
            except BrokenPipeError:
                self.to_send = b""
        if not self.to_send and self.process.stdin:
            selector.unregister(key.fileobj)
            self.process.stdin.close()

    def _receive(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        errors = key.fileobj is self.process.stderr
        gathered, limit = (self.stderr, MAX_STDERR_BYTES) if errors else (self.stdout, self.max_stdout)
        chunk = os.read(key.fd, _PIECE_BYTES)
        if not chunk:
            selector.unregister(key.fileobj)
        gathered += chunk
        if len(gathered) > limit:
            raise ProcessError(f"it printed more than {limit >> 10} KiB")

    def _left(self) -> float:
        seconds = self.deadline - time.monotonic()
        if seconds <= 0:
            raise self._too_late()
        return seconds

    def _too_late(self) -> ProcessError:
        return ProcessError(f"it did not end within {self.seconds:g} s")
