"""The HTTP half of the API server on loopback: sockets, TLS, and answers that break off on command."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes.api_messages import Reply, Request
from tests.fakes.authority import Authority

if TYPE_CHECKING:
    from tests.fakes.api_server import ApiServer


class Server(ThreadingHTTPServer):
    daemon_threads = True
    api: ApiServer

    def get_request(self):
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.api.accepted += 1
        if self.api.context is not None:
            connection = self.api.context.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        return connection, address

    def process_request(self, request, client_address):
        with self.api.changed:
            self.api.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self.api.changed:
            self.api.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        pass  # clients of these tests hang up in every way there is


def handler_of(api: ApiServer):
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
            api.answer(self, self.asked())

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
                with api.changed:
                    api.changed.wait_for(lambda: api.stopping, 30)
            if reply.drop or reply.hang:
                self.close_connection = True
                reset(self.connection)

        def drip(self, reply: Reply) -> None:
            if not reply.drip_seconds:
                self.wfile.write(reply.body)
            for byte in reply.body if reply.drip_seconds else b"":
                self.wfile.write(bytes([byte]))
                time.sleep(reply.drip_seconds)

    return Handler


def reset(connection: socket.socket) -> None:
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass


def selected(thing: dict, selector: str) -> bool:
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


def tls_context(certificate: tuple[str, str], client_authority: Authority | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "server.pem")
        path.write_text("\n".join(certificate))
        context.load_cert_chain(path)
    if client_authority is not None:
        context.load_verify_locations(cadata=client_authority.pem)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context
