"""Asks the API over HTTPS: kept-alive connections, deadlines, retries, and nothing that has no bound."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from podwright.errors import ClusterAnswerError, ClusterError, ClusterUnreachableError, KubeconfigError
from podwright.remote.kube.access import Access, ClientCertificate
from podwright.remote.kube.answers import ATTEMPTS, parse_object, pause_before_retry, read_body, retry_after
from podwright.remote.kube.auth import Credentials, CredentialSource, impersonation_headers
from podwright.remote.kube.decode import JsonObject
from podwright.remote.kube.errors import Answer, Question, connection_error, status_error
from podwright.remote.kube.proxy import Proxy, server_address
from podwright.remote.kube.tls import client_context, expiry_note
from podwright.remote.kube.wire import Wire, open_wire

MAX_BODY_BYTES = 64 << 20
MAX_LINE_BYTES = 16 << 20
_MAX_ERROR_BYTES = 64 << 10
_CHUNK = 256 << 10
#: API servers and load balancers drop idle connections; an old one is not worth the failed try
_MAX_IDLE_SECONDS = 25.0
_MAX_IDLE = 32


@dataclass(frozen=True, slots=True)
class _Connection:
    http: http.client.HTTPConnection
    wire: Wire
    certificate: ClientCertificate | None
    idle_since: float = 0.0


class KubeHttp:
    """GETs for any number of threads, each on a connection of its own while it asks.

    Raises ClusterError and its kinds, nothing else.
    """

    def __init__(
        self, access: Access, credentials: CredentialSource, proxy: Proxy | None, timeout: float
    ) -> None:
        self._access = access
        self._credentials = credentials
        self._proxy = proxy
        self._timeout = timeout
        self._prefix = urlsplit(access.endpoint.server).path.rstrip("/")
        self._impersonation = impersonation_headers(access.user.impersonation)
        self._lock = threading.Lock()
        self._idle: list[_Connection] = []
        self._wires: set[Wire] = set()
        self._closed = threading.Event()

    def get(self, question: Question) -> JsonObject | None:
        """The object that answers; None on 404. Asks again where the server says that it is busy."""
        credentials = self._credentials.current()
        give_up = time.monotonic() + self._timeout
        for attempt in range(ATTEMPTS):
            answer = self._ask_as(credentials, question, give_up)
            if answer.status == 401 and attempt == 0:
                renewed = self._credentials.after_refusal(credentials)
                if renewed is not None:
                    credentials, give_up = renewed, time.monotonic() + self._timeout
                    answer = self._ask_as(credentials, question, give_up)
            if answer.status == 200:
                return parse_object(answer.body, question)
            if answer.status == 404:
                self._check_absent(answer, question)
                return None
            pause = pause_before_retry(answer, attempt)
            if pause is None or time.monotonic() + pause >= give_up or self._closed.wait(pause):
                break
        raise self._refused(answer, question, credentials)

    @contextmanager
    def stream(self, question: Question, seconds: float) -> Iterator[Iterator[bytes]]:
        """Lines of an answer that goes on for at most `seconds`; entered once the server has said 200.

        The iterator ends with the answer, and raises ClusterError where that breaks off.
        """
        credentials = self._credentials.current()
        connection, response = self._open(credentials, question, seconds)
        if response.status == 401 and (renewed := self._credentials.after_refusal(credentials)) is not None:
            self._drop(connection)
            credentials = renewed
            connection, response = self._open(credentials, question, seconds)
        try:
            if response.status != 200:
                raise self._refused(self._read_answer(response), question, credentials)
            yield self._lines(response, question)
        finally:
            response.close()
            self._drop(connection)

    def close(self) -> None:
        """From any thread: end every connection; requests under way fail, later ones too."""
        self._closed.set()
        with self._lock:
            wires, idle, self._idle = tuple(self._wires), self._idle, []
        for wire in wires:
            wire.abort()
        for connection in idle:
            self._drop(connection)

    def _check_absent(self, answer: Answer, question: Question) -> None:
        """A Status NotFound says that the object is absent; a bare 404 may come from any web server."""
        try:
            body = json.loads(answer.body)
        except (ValueError, RecursionError):
            body = None
        if question.verb != "get" or not isinstance(body, dict) or body.get("reason") != "NotFound":
            raise status_error(answer, question, self._access)

    def _refused(self, answer: Answer, question: Question, credentials: Credentials) -> ClusterError:
        note = expiry_note(credentials.certificate) if answer.status == 401 else ""
        return status_error(answer, question, self._access, note)

    def _ask_as(self, credentials: Credentials, question: Question, give_up: float) -> Answer:
        """One exchange; once more on a new connection where the server had given up the kept one."""
        connection = self._kept(credentials)
        if connection is not None:
            try:
                return self._exchange(connection, credentials, question, give_up)
            except ClusterUnreachableError:
                pass
        return self._exchange(self._connect(credentials, give_up), credentials, question, give_up)

    def _exchange(
        self, connection: _Connection, credentials: Credentials, question: Question, give_up: float
    ) -> Answer:
        connection.wire.deadline = give_up
        try:
            answer = self._read_answer(self._send(connection, credentials, question, gzip=True))
        except BaseException:
            self._drop(connection)
            raise
        if answer.whole:
            self._keep(connection)
        else:
            self._drop(connection)
        return answer

    def _open(
        self, credentials: Credentials, question: Question, seconds: float
    ) -> tuple[_Connection, http.client.HTTPResponse]:
        connection = self._connect(credentials, time.monotonic() + self._timeout)
        try:
            response = self._send(connection, credentials, question, gzip=False)
        except BaseException:
            self._drop(connection)
            raise
        connection.wire.deadline = time.monotonic() + seconds
        return connection, response

    def _send(
        self, connection: _Connection, credentials: Credentials, question: Question, *, gzip: bool
    ) -> http.client.HTTPResponse:
        try:
            connection.http.putrequest(
                "GET", self._target(question), skip_host=True, skip_accept_encoding=True
            )
            for name, value in self._headers(credentials, gzip=gzip):
                connection.http.putheader(name, value)
            # whoever hangs up on us may have said why before: read it
            with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
                connection.http.endheaders()
            return connection.http.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise connection_error(error, self._access) from error

    def _target(self, question: Question) -> str:
        query = "&".join(f"{quote(key)}={quote(value, safe='')}" for key, value in question.query)
        target = f"{self._prefix}{question.path}?{query}" if query else f"{self._prefix}{question.path}"
        parts = urlsplit(self._access.endpoint.server)
        through_proxy = self._proxy is not None and parts.scheme == "http"
        return f"http://{parts.netloc}{target}" if through_proxy else target

    def _headers(self, credentials: Credentials, *, gzip: bool) -> Iterator[tuple[str, str]]:
        yield "Host", urlsplit(self._access.endpoint.server).netloc
        yield "Accept", "application/json"
        yield "Accept-Encoding", "gzip" if gzip else "identity"
        yield "User-Agent", "podwright"
        if credentials.authorization is not None:
            yield "Authorization", credentials.authorization.reveal()
        if (
            self._proxy is not None
            and self._proxy.authorization
            and self._access.endpoint.server[:5] == "http:"
        ):
            yield "Proxy-Authorization", self._proxy.authorization.reveal()
        yield from self._impersonation

    def _read_answer(self, response: http.client.HTTPResponse) -> Answer:
        limit = MAX_BODY_BYTES if response.status == 200 else _MAX_ERROR_BYTES
        try:
            body, whole = read_body(response, limit)
        except (OSError, http.client.HTTPException, zlib.error) as error:
            failure = error if not isinstance(error, zlib.error) else http.client.HTTPException()
            raise connection_error(failure, self._access) from error
        return Answer(response.status, body, retry_after(response), whole)

    def _lines(self, response: http.client.HTTPResponse, question: Question) -> Iterator[bytes]:
        rest = bytearray()
        try:
            while chunk := response.read1(_CHUNK):
                rest += chunk
                *lines, rest = rest.split(b"\n")
                yield from (bytes(line) for line in lines if line)
                if len(rest) > MAX_LINE_BYTES:
                    raise ClusterAnswerError(f"the API sent an endless line ({question})")
        except (OSError, http.client.HTTPException) as error:
            raise connection_error(error, self._access) from error

    def _kept(self, credentials: Credentials) -> _Connection | None:
        oldest = time.monotonic() - _MAX_IDLE_SECONDS
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if connection.certificate == credentials.certificate and connection.idle_since > oldest:
                return connection
            self._drop(connection)

    def _keep(self, connection: _Connection) -> None:
        kept = _Connection(connection.http, connection.wire, connection.certificate, time.monotonic())
        with self._lock:
            usable = connection.http.sock is not None and not self._closed.is_set()
            if usable and len(self._idle) < _MAX_IDLE:
                self._idle.append(kept)
                return
        self._drop(connection)

    def _drop(self, connection: _Connection) -> None:
        connection.http.close()
        connection.wire.drop()
        with self._lock:
            self._wires.discard(connection.wire)

    def _connect(self, credentials: Credentials, deadline: float) -> _Connection:
        endpoint = self._access.endpoint
        host, port, tls = server_address(endpoint.server)
        context = client_context(endpoint, credentials.certificate) if tls else None
        try:
            wire = open_wire(endpoint, self._proxy, context, deadline)
        except OSError as error:
            raise connection_error(error, self._access) from error
        except ValueError:  # idna's, for a name that no host can have
            raise KubeconfigError(f"`{endpoint.server}` or its `tls-server-name` is no legal name") from None
        with self._lock:
            self._wires.add(wire)
        connection = http.client.HTTPConnection(host, port)
        connection.auto_open = 0  # a connection of its own making would have neither TLS nor deadline
        connection.sock = wire
        made = _Connection(connection, wire, credentials.certificate)
        if self._closed.is_set():
            self._drop(made)
            raise ClusterUnreachableError("the connection to the API is closed")
        return made
