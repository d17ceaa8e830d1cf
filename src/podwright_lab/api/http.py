"""HTTP/1.1 on one connection: bounded requests in, answers or streams out, kept alive."""

from __future__ import annotations

import re
import select
import urllib.parse
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from podwright_lab.api.api_error import ApiError, bad_request
from podwright_lab.api.messages import Answer, Request, error_answer

IDLE_SECONDS = 120.0
MAX_BODY_BYTES = 3 << 20  # kube-apiserver's MaxRequestBodyBytes
MAX_QUERY_FIELDS = 64
_LENGTH = re.compile(r"[0-9]{1,10}")

Handle = Callable[[Request, str | None], Answer]


class Connection(BaseHTTPRequestHandler):
    """Serves the requests of one client; `handle_request` gets each with its Authorization header."""

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.1"  # for the answer to what is not a request at all
    server_version = "podwright-lab"
    sys_version = ""
    timeout = IDLE_SECONDS
    wbufsize = -1  # headers and body leave in one write
    rbufsize = 1 << 16
    handle_request: Handle

    def _serve(self) -> None:
        try:
            self._send(self.handle_request(self._request(), self.headers.get("Authorization")))
        except ApiError as error:
            self._send(error_answer(error))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve  # noqa: N815

    def _request(self) -> Request:
        body = self._body()
        raw_path, _, raw_query = self.path.partition("?")
        try:
            fields = urllib.parse.parse_qsl(
                raw_query, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS
            )
        except ValueError as error:
            raise bad_request("too many query parameters") from error
        return Request(
            self.command,
            tuple(urllib.parse.unquote(part) for part in raw_path.strip("/").split("/")),
            dict(fields),
            self.headers.get("Accept", ""),
            self.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            body,
        )

    def _body(self) -> bytes:
        """Read the whole body, so that the connection can go on; raises ApiError 411 and 413, and then it ends."""
        if self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            raise ApiError(411, "BadRequest", "a request must have a Content-Length")
        text = self.headers.get("Content-Length", "0").strip()
        if not _LENGTH.fullmatch(text) or int(text) > MAX_BODY_BYTES:
            self.close_connection = True
            message = f"Request entity too large: limit is {MAX_BODY_BYTES}"
            raise ApiError(413, "RequestEntityTooLarge", message)
        body = self.rfile.read(int(text))
        if len(body) < int(text):
            raise ConnectionAbortedError("the client left in the middle of a request")
        return body

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.code)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Cache-Control", "no-cache, private")
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.stream is not None:
            self._send_stream(answer.stream)
            return
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _send_stream(self, stream: Iterator[bytes]) -> None:
        """Send chunks until the stream or the client ends; the generator is closed either way."""
        chunked = self.request_version == "HTTP/1.1"
        self.close_connection = self.close_connection or not chunked
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()
        try:
            for part in stream:
                if not part:
                    self._check_client()
                    continue
                self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
                self.wfile.flush()
            if chunked:
                self.wfile.write(b"0\r\n\r\n")
                self.wfile.flush()
        finally:
            close = getattr(stream, "close", None)
            if close is not None:
                close()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is not HTTP, as a Status like every other refusal; the base class calls this."""
        self.close_connection = True
        text = message or explain or HTTPStatus(code).phrase
        self._send(error_answer(ApiError(code, "BadRequest", text)))

    def _check_client(self) -> None:
        """Raise once the client has left: during an answer it has nothing to send but its end."""
        # not select(): it knows no descriptor above 1023
        poll = select.poll()
        poll.register(self.connection, select.POLLIN)
        if poll.poll(0):
            raise ConnectionAbortedError("the client has left")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Log nothing: a lab's terminal belongs to its user."""
