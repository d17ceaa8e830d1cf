"""Accepts TLS connections, a thread for each, and can stop and come back on the same port."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

HANDSHAKE_SECONDS = 10.0
MAX_CONNECTIONS = 1024
_BACKLOG = 512

Serve = Callable[[ssl.SSLSocket, tuple[str, int]], None]


class Listener:
    """Calls `serve` in a thread of its own for every connection; the handshake is done there too."""

    def __init__(self, context: ssl.SSLContext, serve: Serve, host: str, port: int) -> None:
        self._context = context
        self._serve = serve
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._accepting: threading.Thread | None = None
        self._socket: socket.socket | None = None
        self.host, self.port = host, port
        self.start()

    def start(self) -> None:
        """Listen; the port stays the same over stop and start. Raises OSError."""
        if self._socket is not None:
            return
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listening = socket.create_server((self.host, self.port), family=family, backlog=_BACKLOG)
        self.port = listening.getsockname()[1]
        self._socket = listening
        self._accepting = threading.Thread(
            target=self._accept, args=(listening,), name="lab-api-accept", daemon=True
        )
        self._accepting.start()

    def stop(self) -> None:
        """Refuse new connections, break those there are, and wait until every thread has ended."""
        listening, self._socket = self._socket, None
        if listening is not None:
            self._wake(listening)
            if self._accepting is not None:
                self._accepting.join()
            listening.close()
        with self._lock:
            connections, threads = tuple(self._connections), tuple(self._threads)
        for connection in connections:
            with contextlib.suppress(OSError):
                # not SSLSocket's own: that one would have the other thread go on in plain text
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in threads:
            thread.join()

    def _wake(self, listening: socket.socket) -> None:
        """A connection of our own ends the wait in accept(), which closing the socket does not do everywhere."""
        with contextlib.suppress(OSError), socket.create_connection(listening.getsockname()[:2], timeout=5):
            pass

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, address = listening.accept()
            except OSError:
                if self._socket is not listening:
                    return
                continue
            if self._socket is not listening:
                connection.close()
                return
            self._begin(connection, address)

    def _begin(self, connection: socket.socket, address: tuple[str, int]) -> None:
        thread = threading.Thread(target=self._run, args=(connection, address), name="lab-api", daemon=True)
        with self._lock:
            if len(self._connections) >= MAX_CONNECTIONS:
                connection.close()
                return
            self._connections.add(connection)
            self._threads.add(thread)
        thread.start()

    def _run(self, connection: socket.socket, address: tuple[str, int]) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(HANDSHAKE_SECONDS)
            with self._context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            ) as secured:
                self._swap(connection, secured)
                connection = secured
                secured.do_handshake()
                self._serve(secured, address)
        except OSError:
            pass  # a client that does not use TLS, went away, or was cut off: its own affair
        finally:
            connection.close()
            with self._lock:
                self._connections.discard(connection)
                self._threads.discard(threading.current_thread())

    def _swap(self, plain: socket.socket, secured: ssl.SSLSocket) -> None:
        """`wrap_socket` has taken over the descriptor; from here on only the new object can be shut down."""
        with self._lock:
            self._connections.discard(plain)
            self._connections.add(secured)
            if self._socket is None:
                raise ConnectionAbortedError("the listener has stopped")
