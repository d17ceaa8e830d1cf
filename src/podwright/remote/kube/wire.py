"""A connection to the API server, through a proxy or not, on which nothing outlives its deadline."""

from __future__ import annotations

import io
import socket
import ssl
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from podwright.errors import ClusterAnswerError, ClusterCertificateError, KubeconfigError
from podwright.remote.kube.access import Endpoint
from podwright.remote.kube.proxy import Proxy, server_address
from podwright.remote.kube.tls_in_tls import TlsInTls

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_MAX_PROXY_ANSWER = 16 << 10


class ByteStream(Protocol):
    """What a connected socket, a TLS socket and TLS in TLS have in common."""

    def settimeout(self, value: float | None, /) -> None: ...

    def sendall(self, data: bytes, /) -> None: ...

    def recv_into(self, buffer: memoryview, /) -> int: ...

    def close(self) -> None: ...


class Wire:
    """Looks like a socket to http.client; every send and receive ends by `deadline`, of the monotonic clock.

    Like a socket it stays open until its last reader is closed.
    """

    def __init__(self, stream: ByteStream, raw: socket.socket, deadline: float) -> None:
        self.deadline = deadline
        self._stream = stream
        self._raw = raw
        self._readers = 0
        self._closing = False

    def sendall(self, data: bytes) -> None:
        self._stream.settimeout(left_of(self.deadline))
        self._stream.sendall(data)

    def recv_into(self, buffer: memoryview) -> int:
        self._stream.settimeout(left_of(self.deadline))
        return self._stream.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        self._readers += 1
        return io.BufferedReader(_Reader(self), 64 << 10)

    def reader_closed(self) -> None:
        self._readers -= 1
        self._close_if_done()

    def close(self) -> None:
        self._closing = True
        self._close_if_done()

    def drop(self) -> None:
        """Close at once, whoever still reads."""
        self._stream.close()

    def abort(self) -> None:
        """From any thread: end the connection under a read or write that is waiting."""
        # not the TLS socket's own shutdown, which takes its state away from under the reading thread
        with suppress(OSError):
            socket.socket.shutdown(self._raw, socket.SHUT_RDWR)

    def _close_if_done(self) -> None:
        if self._closing and self._readers <= 0:
            self._stream.close()


class _Reader(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._wire.recv_into(memoryview(buffer))

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._wire.reader_closed()


def left_of(deadline: float) -> float:
    """Seconds until `deadline`; raises TimeoutError once it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left


def open_wire(
    endpoint: Endpoint, proxy: Proxy | None, context: ssl.SSLContext | None, deadline: float
) -> Wire:
    """Connect to the API server; `context` is None for plain HTTP.

    Raises OSError and its kinds (TimeoutError, ssl.SSLError), and ClusterError for what a proxy answers.
    """
    host, port, _ = server_address(endpoint.server)
    raw = _dial(proxy.host if proxy else host, proxy.port if proxy else port, deadline)
    try:
        stream: ByteStream = raw
        if proxy is not None and proxy.tls:
            raw.settimeout(left_of(deadline))
            stream = raw = _wrap_for_proxy(raw, proxy)
        if context is None:
            return Wire(stream, raw, deadline)
        if proxy is not None:
            _ask_for_tunnel(stream, proxy, host, port, deadline)
        stream, raw = _wrap(raw, context, endpoint.tls_server_name or host, deadline)
    except BaseException:
        raw.close()
        raise
    return Wire(stream, raw, deadline)


def _wrap_for_proxy(raw: socket.socket, proxy: Proxy) -> ssl.SSLSocket:
    try:
        return ssl.create_default_context().wrap_socket(raw, server_hostname=proxy.host)
    except ssl.SSLError as error:
        raise ClusterCertificateError(
            f"no TLS with the proxy `{proxy}`: {(error.reason or 'the handshake failed').lower()}",
            "its certificate must be one that this machine trusts (SSL_CERT_FILE)",
        ) from error


def _wrap(
    raw: socket.socket, context: ssl.SSLContext, server_name: str, deadline: float
) -> tuple[ByteStream, socket.socket]:
    raw.settimeout(left_of(deadline))
    if isinstance(raw, ssl.SSLSocket):
        return TlsInTls(raw, context, server_name, deadline), raw
    wrapped = context.wrap_socket(raw, server_hostname=server_name)
    return wrapped, wrapped


def _dial(host: str, port: int, deadline: float) -> socket.socket:
    """Try every address of the host within the deadline, so that one dead address does not eat all of it."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failure: OSError | None = None
    for number, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left_of(deadline) / (len(addresses) - number))
            sock.connect(address)
            _tune(sock)
        except OSError as error:
            sock.close()
            failure = failure or error
        else:
            return sock
    raise failure or OSError(f"`{host}` has no address")


def _tune(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # a watch is silent for long: without these a cut cable goes unnoticed until its deadline
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _ask_for_tunnel(stream: ByteStream, proxy: Proxy, host: str, port: int, deadline: float) -> None:
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.authorization is not None:
        lines.append(f"Proxy-Authorization: {proxy.authorization.reveal()}")
    stream.settimeout(left_of(deadline))
    stream.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
    status = _tunnel_status(stream, proxy, deadline)
    if status == 407:
        raise KubeconfigError(f"the proxy `{proxy}` wants a user and a password", "put them into its URL")
    if not 200 <= status < 300:
        raise ClusterAnswerError(f"the proxy `{proxy}` refuses to connect to `{target}` ({status})")


def _tunnel_status(stream: ByteStream, proxy: Proxy, deadline: float) -> int:
    answer = bytearray()
    one = bytearray(1)
    # byte by byte: what follows the empty line is the API server's
    while not answer.endswith(b"\r\n\r\n"):
        stream.settimeout(left_of(deadline))
        if not stream.recv_into(memoryview(one)):
            raise ConnectionResetError(f"the proxy `{proxy}` closed the connection")
        answer += one
        if len(answer) > _MAX_PROXY_ANSWER:
            raise ClusterAnswerError(f"the proxy `{proxy}` does not answer as a proxy does")
    words = bytes(answer[:200]).split(None, 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise ClusterAnswerError(f"the proxy `{proxy}` does not answer as a proxy does")
    return int(words[1])
