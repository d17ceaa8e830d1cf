"""Serves what `drift watch` knows, over HTTP: metrics, the report as a page and as JSON. It only reads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

from podwright.cli.app import App
from podwright.cli.html_report import drift_page_text
from podwright.cli.redacted_output import hidden, hidden_document
from podwright.errors import UsageError
from podwright.operations.drift import NodeDrift
from podwright.operations.report import Report
from podwright.plan.drift_history import DriftHistory
from podwright.reports.documents import as_text
from podwright.reports.drift_documents import drift_document

#: seconds for one request: they are served one after the other
_REQUEST_SECONDS = 5.0

#: what is at a path: its type and its text, made when it is asked for
Pages = Mapping[str, tuple[str, Callable[[], str]]]


def address(text: str) -> tuple[str, int]:
    """`127.0.0.1:9099`, `[::1]:9099`. Raises UsageError."""
    host, _, port = text.rpartition(":")
    try:
        found, number = str(ip_address(host.strip("[]"))), int(port)
    except ValueError:
        found, number = "", -1
    if not found or not 0 <= number < 65536:
        raise UsageError(f"`{text}` is not an address to listen on", "write it as `127.0.0.1:9099`")
    return found, number


def pages_of(
    app: App, known: Callable[[], tuple[Report[NodeDrift], DriftHistory]], metrics: Callable[[], str]
) -> Pages:
    """All that is served: the report as a page and as JSON, and metrics."""

    def page() -> str:
        report, history = known()
        return drift_page_text(report, app, history)

    return {
        "/": ("text/html", page),
        "/report.json": (
            "application/json",
            lambda: as_text(hidden_document(drift_document(*known())), "jsonl"),
        ),
        "/metrics": ("text/plain; version=0.0.4", lambda: hidden(metrics())),
    }


@contextmanager
def served(host: str, port: int, pages: Pages) -> Iterator[int]:
    """Meanwhile; gives the port. Raises UsageError if it is taken."""
    server_class = _V6 if ":" in host else HTTPServer
    local = ip_address(host).is_loopback
    try:
        server = server_class((host, port), _handler(pages, local=local))
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port}: {(error.strerror or str(error)).lower()}", "choose another port"
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="listen", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _V6(HTTPServer):
    import socket

    address_family = socket.AF_INET6


def _handler(pages: Pages, *, local: bool) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = _REQUEST_SECONDS
        server_version, sys_version = "podwright", ""

        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def _answer(self, *, body: bool) -> None:
            page = pages.get(self.path.partition("?")[0])
            if local and not _names_this_machine(self.headers.get("Host", "")):
                # a page of another site, whose name leads here, could read the report in somebody's browser
                status, kind, text = 421, "text/plain", "ask for this machine by its address\n"
            elif page is None:
                status, kind, text = 404, "text/plain", f"there are {', '.join(pages)}\n"
            else:
                status, kind, text = 200, page[0], page[1]()
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """A scrape is no news."""

    return Handler


def _names_this_machine(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    try:
        return ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"
