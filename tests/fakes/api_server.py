"""A small HTTPS API server on loopback that lists and watches pods, and misbehaves on command."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.fakes.authority import Authority


@dataclass
class Request:
    """What the server was asked."""

    target: str
    headers: dict[str, list[str]]
    client: str  # the common name of the client's certificate
    connection: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.target).query).items()}

    def header(self, name: str) -> str:
        return ", ".join(self.headers.get(name.lower(), []))


@dataclass
class Reply:
    """A scripted answer: sent whole, or `drop`ped after `body`, or after which the server says no more (`hang`)."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    hang: bool = False
    length: int | None = None
    drip_seconds: float = 0.0
    raw: bytes | None = None


def status(code: int, reason: str, message: str) -> bytes:
    """A v1 Status."""
    return json.dumps(
        {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": code,
        }
    ).encode()


class ApiServer:
    """Pods, nodes and events in memory behind TLS; a context manager."""

    def __init__(
        self,
        authority: Authority | None = None,
        certificate: tuple[str, str] | None = None,
        client_authority: Authority | None = None,
    ) -> None:
        self.authority = authority
        self.requests: list[Request] = []
        self.tokens: set[str] | None = None
        self.objects: dict[str, dict[tuple[str, str], dict]] = {"pods": {}, "nodes": {}, "events": {}}
        self.version = 100
        self.compacted = 0
        self.bookmarks = False
        self.gzip = False
        self._history: list[tuple[int, str, dict]] = []
        self._script: list[tuple[Callable[[Request], bool], Reply]] = []
        self._changed = threading.Condition()
        self._watchers: set[socket.socket] = set()
        self.connections: set[socket.socket] = set()
        self.accepted = 0
        self._stopping = False
        self._context = _context(certificate, client_authority) if certificate else None
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.api = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> ApiServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._server.shutdown()
        self._thread.join()
        self.drop_connections()
        self._server.server_close()

    def script(self, *replies: Reply, when: Callable[[Request], bool] = lambda request: True) -> None:
        """Give these answers, in this order, to the next requests that match."""
        with self._changed:
            self._script += [(when, reply) for reply in replies]

    def put(self, kind: str, thing: dict) -> None:
        """Create or replace an object; watchers are told."""
        metadata = thing["metadata"]
        key = (metadata.get("namespace", ""), metadata["name"])
        with self._changed:
            change = "MODIFIED" if key in self.objects[kind] else "ADDED"
            self._record(kind, change, key, thing)

    def delete(self, kind: str, namespace: str, name: str) -> None:
        with self._changed:
            thing = self.objects[kind][namespace, name]
            self._record(kind, "DELETED", (namespace, name), thing)

    def replay(self, event: dict) -> None:
        """Let a recorded watch event happen, under its recorded version."""
        thing = event["object"]
        key = (thing["metadata"]["namespace"], thing["metadata"]["name"])
        with self._changed:
            self.version = int(thing["metadata"]["resourceVersion"]) - 1
            self._record("pods", event["type"], key, thing)

    def emit(self, line: dict) -> None:
        """Send this watch event to every watcher, whatever it is."""
        with self._changed:
            self.version += 1
            self._history.append((self.version, "raw", line))
            self._changed.notify_all()

    def compact(self) -> None:
        """Forget all history: watches and continues from before now answer 410."""
        with self._changed:
            self.version += 1
            self.compacted = self.version
            self._changed.notify_all()

    def wait_for_watchers(self, count: int = 1, timeout: float = 10.0) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._watchers) >= count, timeout), "nobody watches"

    def wait_for_requests(
        self, matching: Callable[[Request], bool], count: int, timeout: float = 10.0
    ) -> None:
        with self._changed:
            enough = lambda: sum(map(matching, self.requests)) >= count  # noqa: E731
            assert self._changed.wait_for(enough, timeout), [request.target for request in self.requests]

    def drop_connections(self) -> None:
        """Reset every connection, as a dying load balancer does."""
        with self._changed:
            connections = tuple(self.connections)
        for connection in connections:
            _reset(connection)

    def _record(self, kind: str, change: str, key: tuple[str, str], thing: dict) -> None:
        self.version += 1
        thing = json.loads(json.dumps(thing))
        thing["metadata"]["resourceVersion"] = str(self.version)
        if change == "DELETED":
            self.objects[kind].pop(key, None)
        else:
            self.objects[kind][key] = thing
        if kind == "pods":
            self._history.append((self.version, "event", {"type": change, "object": thing}))
        self._changed.notify_all()

    def _scripted(self, request: Request) -> Reply | None:
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            for index, (when, reply) in enumerate(self._script):
                if when(request):
                    del self._script[index]
                    return reply
        return None

    def _answer(self, handler, request: Request) -> None:
        reply = self._scripted(request)
        if reply is not None:
            handler.scripted(reply)
        elif (
            self.tokens is not None
            and request.header("authorization").removeprefix("Bearer ") not in self.tokens
        ):
            handler.send(401, status(401, "Unauthorized", "Unauthorized"))
        elif "watch" in request.query:
            self._watch(handler, request)
        else:
            handler.send(*self._read(request))

    def _read(self, request: Request) -> tuple[int, bytes]:
        parts = request.path.split("/api/v1/")[-1].split("/")
        namespace = ""
        if parts[0] == "namespaces":
            namespace, parts = parts[1], parts[2:]
        kind, name = parts[0], parts[1] if len(parts) > 1 else ""
        with self._changed:
            if kind not in self.objects:
                return 404, b"404 page not found"
            if name:
                found = self.objects[kind].get((namespace, name))
                if found is None:
                    return 404, status(404, "NotFound", f'{kind} "{name}" not found')
                return 200, json.dumps(found).encode()
            return self._page(kind, namespace, request.query)

    def _page(self, kind: str, namespace: str, query: dict[str, str]) -> tuple[int, bytes]:
        items = [
            thing
            for (space, _), thing in sorted(self.objects[kind].items())
            if namespace in {"", space} and _selected(thing, query.get("labelSelector", ""))
        ]
        limit, start, version = int(query.get("limit", "0")) or len(items), 0, self.version
        if "continue" in query:
            version, start = map(int, query["continue"].split("-"))
            if version < self.compacted:
                return 410, status(410, "Expired", "the provided continue parameter is too old")
        metadata = {"resourceVersion": str(version)}
        if start + limit < len(items):
            metadata["continue"] = f"{version}-{start + limit}"
        page = {
            "kind": "List",
            "apiVersion": "v1",
            "metadata": metadata,
            "items": items[start : start + limit],
        }
        return 200, json.dumps(page).encode()

    def _watch(self, handler, request: Request) -> None:
        sent, selector = int(request.query["resourceVersion"]), request.query.get("labelSelector", "")
        if sent < self.compacted:
            handler.send(410, status(410, "Expired", f"too old resource version: {sent} ({self.compacted})"))
            return
        ends = time.monotonic() + float(request.query["timeoutSeconds"])
        handler.begin_stream()
        with self._changed:
            self._watchers.add(handler.connection)
            self._changed.notify_all()
        try:
            while True:
                with self._changed:
                    wait = min(0.2, max(0.0, ends - time.monotonic()))
                    self._changed.wait_for(lambda seen=sent: self._stopping or self.version > seen, wait)
                    if sent < self.compacted:
                        break
                    news = [entry for entry in self._history if entry[0] > sent]
                    sent = max(self.version, sent)
                for _, what, line in news:
                    if what == "raw" or _selected(line["object"], selector):
                        handler.chunk(json.dumps(line).encode() + b"\n")
                if self.bookmarks and "allowWatchBookmarks" in request.query:
                    mark = {"kind": "Pod", "metadata": {"resourceVersion": str(sent)}}
                    handler.chunk(json.dumps({"type": "BOOKMARK", "object": mark}).encode() + b"\n")
                if self._stopping or time.monotonic() >= ends:
                    break
            if sent < self.compacted:
                gone = {
                    "type": "ERROR",
                    "object": json.loads(status(410, "Expired", "too old resource version")),
                }
                handler.chunk(json.dumps(gone).encode() + b"\n")
            handler.chunk(b"")
        finally:
            with self._changed:
                self._watchers.discard(handler.connection)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    api: ApiServer

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.api.accepted += 1
        if self.api._context is not None:
            connection = self.api._context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def process_request(self, request, client_address):
        with self.api._changed:
            self.api.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self.api._changed:
            self.api.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        pass  # clients of these tests hang up in every way there is


def _handler(api: ApiServer):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self):
            if isinstance(self.request, ssl.SSLSocket):
                self.request.settimeout(10)
                try:
                    self.request.do_handshake()
                except ssl.SSLError:
                    # closing on what the client still sends would reset the connection and lose our alert
                    while socket.socket.recv(self.request, 65536):
                        pass
                    raise
                self.request.settimeout(60)
            super().setup()
            self.number = api.accepted

        def do_GET(self):
            api._answer(self, self.asked())

        def asked(self) -> Request:
            headers: dict[str, list[str]] = {}
            for name, value in self.headers.items():
                headers.setdefault(name.lower(), []).append(value)
            return Request(self.path, headers, _common_name(self.connection), self.number)

        def log_message(self, *_):
            pass

        def send(self, code: int, body: bytes, **headers: str) -> None:
            packed = api.gzip and "gzip" in self.headers.get("Accept-Encoding", "")
            body = gzip.compress(body, 1) if packed else body
            self.send_response(code)
            if packed:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def begin_stream(self) -> None:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()

        def chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

        def scripted(self, reply: Reply) -> None:
            if reply.raw is not None:
                self.wfile.write(reply.raw)
            else:
                self.send_response(reply.status)
                length = len(reply.body) if reply.length is None else reply.length
                for name, value in {"Content-Length": str(length), **reply.headers}.items():
                    if value:
                        self.send_header(name, value)
                self.end_headers()
                self.drip(reply)
            if reply.hang:
                with api._changed:
                    api._changed.wait_for(lambda: api._stopping, 30)
            if reply.drop or reply.hang:
                self.close_connection = True
                _reset(self.connection)

        def drip(self, reply: Reply) -> None:
            if not reply.drip_seconds:
                self.wfile.write(reply.body)
            for byte in reply.body if reply.drip_seconds else b"":
                self.wfile.write(bytes([byte]))
                time.sleep(reply.drip_seconds)

    return Handler


def _reset(connection: socket.socket) -> None:
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass


def _selected(thing: dict, selector: str) -> bool:
    labels = thing["metadata"].get("labels", {})
    return all(
        labels.get(key) == value
        for key, _, value in (part.partition("=") for part in selector.split(",") if part)
    )


def _common_name(connection: socket.socket) -> str:
    if not isinstance(connection, ssl.SSLSocket):
        return ""
    subject = (connection.getpeercert() or {}).get("subject", ())
    return next((value for part in subject for key, value in part if key == "commonName"), "")


def _context(certificate: tuple[str, str], client_authority: Authority | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "server.pem")
        path.write_text("\n".join(certificate))
        context.load_cert_chain(path)
    if client_authority is not None:
        context.load_verify_locations(cadata=client_authority.pem)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context
