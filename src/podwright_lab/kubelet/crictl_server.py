"""Listens for the stand-in `crictl` of every node, on the fleet's one selector."""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
from collections.abc import Callable
from pathlib import Path

_LIMIT_BYTES = 1 << 16
Answerer = Callable[[list[str]], bytes]


class CrictlServer:
    """Connections are read and written as far as they let us: one that stalls costs nothing but itself."""

    def __init__(self, selector: selectors.BaseSelector) -> None:
        self._selector = selector
        self._open: set[socket.socket] = set()

    def listen(self, path: Path, answer: Answerer) -> None:
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        _bind(listener, path)
        listener.listen(64)
        listener.setblocking(False)
        self._add(listener, selectors.EVENT_READ, lambda: self._accept(listener, answer))

    def _add(self, end: socket.socket, events: int, action: Callable[[], None]) -> None:
        self._open.add(end)
        self._selector.register(end, events, action)

    def _accept(self, listener: socket.socket, answer: Answerer) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            connection.setblocking(False)
            asked = bytearray()
            self._add(connection, selectors.EVENT_READ, lambda: self._read(connection, asked, answer))

    def _read(self, connection: socket.socket, asked: bytearray, answer: Answerer) -> None:
        try:
            part = connection.recv(_LIMIT_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._close(connection)
            return
        asked += part
        if len(asked) > _LIMIT_BYTES:
            self._close(connection)
        elif not part:
            words = asked.decode("utf-8", "surrogateescape").split("\0") if asked else []
            left = bytearray(answer(words))
            self._selector.modify(connection, selectors.EVENT_WRITE, lambda: self._write(connection, left))

    def _write(self, connection: socket.socket, left: bytearray) -> None:
        try:
            del left[: connection.send(left)]
        except BlockingIOError:
            return
        except OSError:
            left.clear()
        if not left:
            self._close(connection)

    def _close(self, end: socket.socket) -> None:
        self._selector.unregister(end)
        self._open.discard(end)
        end.close()

    def close(self) -> None:
        for end in tuple(self._open):
            self._close(end)


def _bind(listener: socket.socket, path: Path) -> None:
    """A socket's path may have about 100 bytes only; if the folder's is longer it goes by the folder's number."""
    if len(os.fsencode(path)) < 100:
        listener.bind(str(path))
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        listener.bind(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)
