"""A connection to the API server, through a proxy or not: urllib3's, with a limit in time and an end from outside."""

from __future__ import annotations

import http.client
import math
import re
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from urllib3.connection import HTTPConnection, HTTPSConnection, ProxyConfig

from podwright.errors import ClusterAnswerError, ClusterCertificateError, ClusterError, KubeconfigError
from podwright.remote.kube.proxy import Proxy, server_address
from podwright.remote.kube.tls import proxy_context

if TYPE_CHECKING:
    from urllib3 import HTTPResponse

    from podwright.remote.kube.cluster_access import ClientCertificate, Endpoint

#: http.client's and urllib3's message for an answer to CONNECT other than 200
_REFUSED_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})\b")


class Connection(HTTPConnection):
    """Ends at its limit, or when another thread ends it, whatever it waits for.

    It keeps a duplicate of its socket and shuts that down: during a handshake there is no other way to the
    socket, and the inner one of TLS in TLS cannot be shut down at all.
    """

    certificate: ClientCertificate | None = None
    idle_since = 0.0
    ended = False
    #: of the monotonic clock; nothing waits beyond it
    deadline = math.inf
    _duplicate: socket.socket | None = None
    _reading: socket.socket | None = None
    #: one for all connections: held for an instant, so that no socket is shut down whose number is taken again
    _lock = threading.Lock()

    def limit(self, seconds: float) -> None:
        """Let every wait from now on end after so many seconds.

        Each read has this timeout; whoever holds the connection must `end` it past its deadline, as a server
        that sends byte by byte never exceeds one.
        """
        if seconds <= 0:
            raise TimeoutError("the deadline has passed")
        self.timeout, self.deadline = seconds, time.monotonic() + seconds
        if self._reading is not None:
            self._reading.settimeout(seconds)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself
        # http.client lets go of the socket of an answer without a length before it is read
        self._reading = self.sock
        return super().getresponse()

    def end(self) -> None:
        """From any thread: whatever waits on this connection fails now, and whatever comes later."""
        with self._lock:
            self.ended = True
            if self._duplicate is not None:
                with suppress(OSError):
                    self._duplicate.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        """Close it for good. (http.client calls `close` before an answer without a length is read.)"""
        self.close()
        with self._lock:
            if self._duplicate is not None:
                self._duplicate.close()

    def _new_conn(self) -> socket.socket:
        """Try every address of the host within the limit, so that one dead address does not take all of it."""
        addresses = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        failure: OSError | None = None
        for number, (family, kind, protocol, _, address) in enumerate(addresses):
            sock = socket.socket(family, kind, protocol)
            try:
                self._duplicate_of(sock)
                sock.settimeout(self._left() / (len(addresses) - number))
                sock.connect(address)
                _keep_alive(sock)
                sock.settimeout(self._left())
            except OSError as error:
                sock.close()
                failure = failure or error
            else:
                return sock
        raise failure or OSError(f"`{self.host}` has no address")

    def _duplicate_of(self, sock: socket.socket) -> None:
        with self._lock:
            if self._duplicate is not None:
                self._duplicate.close()
            if self.ended:
                raise ConnectionAbortedError("the connection was ended")
            self._duplicate = sock.dup()

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class TlsConnection(Connection, HTTPSConnection):
    """The same over TLS."""


def new_connection(endpoint: Endpoint, proxy: Proxy | None, context: ssl.SSLContext | None) -> Connection:
    """Prepare a connection, not yet made; `context` is None for plain HTTP."""
    host, port, _ = server_address(endpoint.server)
    if context is None:
        if proxy is not None and proxy.tls:
            return TlsConnection(proxy.host, proxy.port, ssl_context=proxy_context())
        return Connection(proxy.host, proxy.port) if proxy else Connection(host, port)
    name = endpoint.tls_server_name or host
    if proxy is None:
        return TlsConnection(host, port, ssl_context=context, server_hostname=name)
    outer = ProxyConfig(proxy_context() if proxy.tls else None, False, None, None)
    connection = TlsConnection(
        proxy.host, proxy.port, ssl_context=context, server_hostname=name, proxy_config=outer
    )
    headers = {"Host": f"[{host}]:{port}" if ":" in host else f"{host}:{port}"}
    if proxy.authorization is not None:
        headers["Proxy-Authorization"] = proxy.authorization.reveal()
    connection.set_tunnel(host, port, headers, scheme="https" if proxy.tls else "http")
    return connection


def proxy_error(
    error: OSError | http.client.HTTPException, connection: Connection, proxy: Proxy
) -> ClusterError | None:
    """For a connection that `proxy` refused; None if the failure is not the proxy's."""
    if isinstance(error, ssl.SSLError) and proxy.tls and connection.proxy_is_verified is None:
        return ClusterCertificateError(
            f"no TLS with the proxy `{proxy}`: {(error.reason or 'the handshake failed').lower()}",
            "add its authority to those that this machine trusts, or set `SSL_CERT_FILE`",
        )
    refused = _REFUSED_TUNNEL.match(str(error))
    if refused and refused[1] == "407":
        return KubeconfigError(f"the proxy `{proxy}` requires a user and a password", "put them into its URL")
    if refused:
        return ClusterAnswerError(f"the proxy `{proxy}` refuses to connect to the API server ({refused[1]})")
    if isinstance(error, http.client.HTTPException) and not isinstance(error, ConnectionError):
        return ClusterAnswerError(f"the proxy `{proxy}` does not answer as a proxy does")
    return None


def _keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # a watch may be idle for long: without these a cut cable is noticed only at its limit
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
