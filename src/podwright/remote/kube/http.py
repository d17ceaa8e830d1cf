"""GETs to the API over HTTPS: kept connections, deadlines, retries, and a bound on everything."""

from __future__ import annotations

import http.client
import json
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from urllib3 import HTTPHeaderDict
from urllib3.exceptions import HTTPError

from podwright.errors import ClusterAnswerError, ClusterError, ClusterUnreachableError
from podwright.remote.kube.auth import Credentials, CredentialSource, impersonation_headers
from podwright.remote.kube.cluster_access import Access
from podwright.remote.kube.connection import Connection
from podwright.remote.kube.connections import Connections
from podwright.remote.kube.errors import status_error
from podwright.remote.kube.json_parts import JsonObject
from podwright.remote.kube.proxy import Proxy
from podwright.remote.kube.request import Request
from podwright.remote.kube.responses import (
    Response,
    parse_object,
    read_response,
)
from podwright.remote.kube.retries import ATTEMPTS, pause_before_retry
from podwright.remote.kube.tls import expiry_note
from podwright.secret import Secret

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

#: one watch event is one pod, and etcd takes none above 1.5 MiB
MAX_LINE_BYTES = 4 << 20
MAX_STREAM_BYTES = 512 << 20
_CHUNK = 256 << 10
_FAILURES = (OSError, http.client.HTTPException, HTTPError, zlib.error)


class KubeHttp:
    """GETs for any number of threads; raises ClusterError and its kinds, nothing else."""

    def __init__(
        self, access: Access, credentials: CredentialSource, proxy: Proxy | None, timeout: float
    ) -> None:
        self._access = access
        self._credentials = credentials
        self._timeout = timeout
        #: the server's clock at its last answer, as HTTP has it
        self.date = ""
        self._connections = Connections(access, proxy)
        server = urlsplit(access.endpoint.server)
        self._prefix = server.path.rstrip("/")
        self._proxy_authorization: Secret | None = None
        self._headers = [("Host", server.netloc), ("Accept", "application/json"), ("User-Agent", "podwright")]
        self._headers += impersonation_headers(access.user.impersonation)
        if proxy is not None and server.scheme == "http":
            # a plain request is forwarded, not tunnelled: the proxy reads its target and its headers
            self._prefix = f"http://{server.netloc}{self._prefix}"
            self._proxy_authorization = proxy.authorization

    def get(self, request: Request) -> JsonObject | None:
        """The object that answers; None on 404. Retries when the server is busy."""
        credentials = self._credentials.current()
        give_up = time.monotonic() + self._timeout
        for attempt in range(ATTEMPTS):
            response = self._exchange(credentials, request, give_up)
            if response.status == 200:
                return parse_object(response.body, request)
            if response.status == 404:
                self._check_absent(response, request)
                return None
            if response.status == 401 and attempt == 0:
                renewed = self._credentials.after_refusal(credentials)
                if renewed is not None:
                    credentials, give_up = renewed, time.monotonic() + self._timeout
                    continue
            pause = pause_before_retry(response, attempt)
            if pause is None or time.monotonic() + pause >= give_up or self._connections.closed.wait(pause):
                break
        raise self._refused(response, request, credentials)

    @contextmanager
    def stream(self, request: Request, seconds: float) -> Iterator[Iterator[bytes]]:
        """Lines of an answer that goes on for at most `seconds`; entered once the server has answered 200.

        The iterator ends with the answer, and raises ClusterError if that breaks off.
        """
        credentials = self._credentials.current()
        connection, response = self._open(credentials, request, time.monotonic() + self._timeout)
        if response.status == 401 and (renewed := self._credentials.after_refusal(credentials)) is not None:
            self._connections.drop(connection, response)
            credentials = renewed
            connection, response = self._open(credentials, request, time.monotonic() + self._timeout)
        try:
            if response.status != 200:
                raise self._refused(self._read(connection, response), request, credentials)
            connection.limit(seconds)
            yield self._lines(connection, response, request)
        finally:
            self._connections.drop(connection, response)

    def close(self) -> None:
        """From any thread: end every connection; requests under way fail, later ones too."""
        self._connections.close()

    def _check_absent(self, response: Response, request: Request) -> None:
        """A Status NotFound means that the object is absent; a bare 404 may come from any web server."""
        try:
            body = json.loads(response.body)
        except (ValueError, RecursionError):
            body = None
        if request.verb != "get" or not isinstance(body, dict) or body.get("reason") != "NotFound":
            raise status_error(response, request, self._access)

    def _refused(self, response: Response, request: Request, credentials: Credentials) -> ClusterError:
        note = expiry_note(credentials.certificate) if response.status == 401 else ""
        return status_error(response, request, self._access, note)

    def _exchange(self, credentials: Credentials, request: Request, give_up: float) -> Response:
        connection, response = self._open(credentials, request, give_up)
        try:
            read = self._read(connection, response)
        except BaseException:
            self._connections.drop(connection, response)
            raise
        self._connections.keep(connection, response)
        return read

    def _open(
        self, credentials: Credentials, request: Request, give_up: float
    ) -> tuple[Connection, BaseHTTPResponse]:
        """Send a request, again on a new connection if the server had given up the kept one; read no body."""
        kept = self._connections.idle(credentials)
        if kept is not None:
            with suppress(ClusterUnreachableError):
                return kept, self._send(kept, credentials, request, give_up)
        new = self._connections.connect(credentials, give_up - time.monotonic())
        return new, self._send(new, credentials, request, give_up)

    def _send(
        self, connection: Connection, credentials: Credentials, request: Request, give_up: float
    ) -> BaseHTTPResponse:
        headers = HTTPHeaderDict(self._headers)
        headers["Accept-Encoding"] = "identity" if request.verb == "watch" else "gzip"
        if credentials.authorization is not None:
            headers["Authorization"] = credentials.authorization.reveal()
        if self._proxy_authorization is not None:
            headers["Proxy-Authorization"] = self._proxy_authorization.reveal()
        target = f"{self._prefix}{request.target}"
        try:
            connection.limit(give_up - time.monotonic())
            # a server that hangs up may have answered before: read it
            with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
                connection.request(
                    "GET", target, headers=headers, preload_content=False, decode_content=False
                )
            response = connection.getresponse()
        except BaseException as error:
            self._connections.drop(connection)
            if isinstance(error, _FAILURES):
                raise self._connections.failed(connection, error) from error
            raise
        self.date = response.headers.get("Date", "")
        return response

    def _read(self, connection: Connection, response: BaseHTTPResponse) -> Response:
        try:
            read = read_response(response)
            if connection.ended:
                # without a length, an end looks like the answer's own
                raise TimeoutError
        except _FAILURES as error:
            raise self._connections.failed(connection, error) from error
        return read

    def _lines(self, connection: Connection, response: BaseHTTPResponse, request: Request) -> Iterator[bytes]:
        rest, size = bytearray(), 0
        try:
            while chunk := response.read1(_CHUNK):
                size += len(chunk)
                rest += chunk
                if b"\n" in chunk:
                    *lines, rest = rest.split(b"\n")
                    yield from (bytes(line) for line in lines if line)
                if len(rest) > MAX_LINE_BYTES or size > MAX_STREAM_BYTES:
                    what = "an endless line" if len(rest) > MAX_LINE_BYTES else "too much"
                    raise ClusterAnswerError(f"the API sent {what} ({request})")
            if connection.ended:
                raise TimeoutError
        except _FAILURES as error:
            raise self._connections.failed(connection, error) from error
