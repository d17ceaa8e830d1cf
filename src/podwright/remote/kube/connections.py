"""The open connections to the API server: makes them, keeps idle ones for the next request, ends them all."""

from __future__ import annotations

import http.client
import math
import threading
import time
from typing import TYPE_CHECKING

from podwright.errors import ClusterError, ClusterUnreachableError, KubeconfigError
from podwright.remote.kube.auth import Credentials
from podwright.remote.kube.cluster_access import Access
from podwright.remote.kube.connection import Connection, new_connection, proxy_error
from podwright.remote.kube.errors import connection_error
from podwright.remote.kube.proxy import Proxy
from podwright.remote.kube.tls import client_context

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

#: API servers and load balancers drop idle connections; an old one is not worth the failed try
_MAX_IDLE_SECONDS = 25.0
_MAX_IDLE = 32
_CHECK_SECONDS = 0.2


class Connections:
    """For any number of threads, each on a connection of its own while it asks; raises ClusterError."""

    def __init__(self, access: Access, proxy: Proxy | None) -> None:
        self._access = access
        self._proxy = proxy
        self._lock = threading.Lock()
        self._open: set[Connection] = set()
        self._idle: list[Connection] = []
        self._limits: threading.Thread | None = None
        self.closed = threading.Event()

    def idle(self, credentials: Credentials) -> Connection | None:
        """Take a kept connection that shows these credentials."""
        oldest = time.monotonic() - _MAX_IDLE_SECONDS
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.certificate == credentials.certificate and connection.idle_since > oldest:
                return connection
            self.drop(connection)

    def connect(self, credentials: Credentials, seconds: float) -> Connection:
        """Make a new one within so many seconds; the limit stays."""
        endpoint = self._access.endpoint
        context = None
        if endpoint.server.startswith("https:"):
            context = client_context(endpoint, credentials.certificate)
        connection = new_connection(endpoint, self._proxy, context)
        connection.certificate = credentials.certificate
        self._register(connection)
        try:
            if self.closed.is_set():
                raise self.failed(connection, ConnectionAbortedError())
            self._make(connection, seconds)
        except BaseException:
            self.drop(connection)
            raise
        return connection

    def keep(self, connection: Connection, response: BaseHTTPResponse) -> None:
        """Keep a connection for the next request, if the answer was read to its end."""
        connection.deadline, connection.idle_since = math.inf, time.monotonic()
        with self._lock:
            usable = connection.sock is not None and response.closed and not connection.ended
            if usable and not self.closed.is_set() and len(self._idle) < _MAX_IDLE:
                self._idle.append(connection)
                return
        self.drop(connection, response)

    def drop(self, connection: Connection, response: BaseHTTPResponse | None = None) -> None:
        if response is not None:
            response.close()
        connection.drop()
        with self._lock:
            self._open.discard(connection)

    def close(self) -> None:
        """From any thread: end every connection; requests under way fail, later ones too."""
        self.closed.set()
        with self._lock:
            connections, idle, self._idle = tuple(self._open), self._idle, []
        for connection in connections:
            connection.end()
        for connection in idle:
            self.drop(connection)

    def failed(self, connection: Connection, error: Exception) -> ClusterError:
        """The ClusterError for what went wrong on a connection."""
        if self.closed.is_set():
            return ClusterUnreachableError("the connection to the API is closed")
        return connection_error(TimeoutError() if connection.ended else error, self._access)

    def _register(self, connection: Connection) -> None:
        with self._lock:
            self._open.add(connection)
            if self._limits is None:
                self._limits = threading.Thread(target=self._keep_limits, name="api-limits", daemon=True)
                self._limits.start()

    def _keep_limits(self) -> None:
        # one thread for all: a timer for each request would cost more than the request
        while not self.closed.wait(_CHECK_SECONDS):
            now = time.monotonic()
            with self._lock:
                late = [connection for connection in self._open if connection.deadline < now]
            for connection in late:
                connection.end()

    def _make(self, connection: Connection, seconds: float) -> None:
        try:
            connection.limit(seconds)
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            refused = None
            if self._proxy is not None and not connection.ended:
                refused = proxy_error(error, connection, self._proxy)
            raise refused or self.failed(connection, error) from error
        except ValueError:  # idna's, for a name that no host can have
            raise KubeconfigError(
                f"`{self._access.endpoint.server}` or its `tls-server-name` is not a legal name"
            ) from None
