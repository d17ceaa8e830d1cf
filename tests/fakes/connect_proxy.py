"""An HTTP proxy on loopback that makes CONNECT tunnels and forwards plain requests, over TLS where asked."""

from __future__ import annotations

import socket
import ssl
import threading
from urllib.parse import urlsplit


class ConnectProxy:
    """`heads` are the request heads it got. `answer`, where given, is sent in place of a tunnel."""

    def __init__(self, context: ssl.SSLContext | None = None, answer: bytes | None = None) -> None:
        self.heads: list[str] = []
        self._context = context
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> ConnectProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        socket.socket.shutdown(self._listener, socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        upstream = None
        try:
            if self._context is not None:
                client = self._context.wrap_socket(client, server_side=True)
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            self.heads.append(head.decode())
            if self._answer is not None:
                client.sendall(self._answer)
                return
            upstream = self._dial(head, client)
            back = threading.Thread(target=_pump, args=(upstream, client), daemon=True)
            back.start()
            _pump(client, upstream)
            back.join()
        except OSError:
            pass
        finally:
            client.close()
            if upstream is not None:
                upstream.close()

    def _dial(self, head: bytes, client: socket.socket) -> socket.socket:
        method, target, _ = head.decode().split(" ", 2)
        if method == "CONNECT":
            host, port = target.rsplit(":", 1)
            upstream = socket.create_connection((host.strip("[]"), int(port)))
            client.sendall(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
            return upstream
        parts = urlsplit(target)
        upstream = socket.create_connection((parts.hostname, parts.port))
        upstream.sendall(head)
        return upstream


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        socket.socket.shutdown(sink, socket.SHUT_WR)
    except OSError:
        pass
