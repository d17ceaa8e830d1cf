"""How commands talk to a running lab: one line of JSON each way over a Unix socket in its folder."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from podwright.errors import PodwrightError
from podwright_lab.lab_error import LabError, LabUsageError

Answer = Mapping[str, Any]
Handler = Callable[[Mapping[str, object]], Answer]

_MAX_LINE_BYTES = 1 << 20
_CLIENT_SECONDS = 5.0


class ControlServer:
    """Hands each request to `handle`, one after another, in a thread of its own.

    What `handle` raises as a PodwrightError travels to the client as a message and a hint.
    """

    def __init__(self, path: Path, handle: Handler) -> None:
        self._path = path
        self._handle = handle
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with _short(path) as address:
            self._socket.bind(address)
        path.chmod(0o600)
        self._socket.listen(16)
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="lab-control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            # only this wakes the thread from its accept
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while not self._closing:
            try:
                link, _ = self._socket.accept()
            except OSError:
                continue
            with link, contextlib.suppress(OSError, ValueError, TypeError):
                link.settimeout(_CLIENT_SECONDS)
                _send(link, self._answer(_receive(link)))

    def _answer(self, request: Mapping[str, object]) -> Answer:
        try:
            return {"ok": True, **self._handle(request)}
        except PodwrightError as error:
            return {
                "ok": False,
                "message": error.message,
                "hint": error.hint,
                "exit_code": int(error.exit_code),
            }


def ask(path: Path, request: Mapping[str, object], *, timeout: float = 30.0) -> Answer:
    """Send one request to the lab whose control socket is `path`; returns its answer.

    Raises LabError if no lab answers, and with the lab's own words if it refuses. `timeout`: seconds.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link, _short(path) as address:
            link.settimeout(timeout)
            link.connect(address)
            _send(link, request)
            answer = _receive(link)
    except (OSError, ValueError, TypeError) as error:
        raise LabError(f"no lab answers in `{path.parent}`", "start one: podwright lab up") from error
    if not answer.get("ok"):
        raise _refusal(answer)
    return answer


def _refusal(answer: Answer) -> PodwrightError:
    kind = LabUsageError if answer.get("exit_code") == int(LabUsageError.exit_code) else LabError
    return kind(str(answer.get("message", "the lab refuses")), str(answer.get("hint", "")))


def _send(link: socket.socket, content: Mapping[str, object]) -> None:
    link.sendall(json.dumps(content).encode() + b"\n")


def _receive(link: socket.socket) -> Mapping[str, object]:
    """Raises ValueError or TypeError for anything that is not one line with a JSON object."""
    with link.makefile("rb") as stream:
        line = stream.readline(_MAX_LINE_BYTES)
    content = json.loads(line)
    if not isinstance(content, dict):
        raise TypeError("not an object")
    return content


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name for the socket within the 108 bytes that the kernel allows, however deep the folder lies."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
