"""A webhook on loopback: delivered once, tried again when it is down, never told to anybody else."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.fakes.authority import Authority

from podwright.errors import UsageError
from podwright.remote import webhook
from podwright.remote.webhook import WAITS, NotDeliveredError, checked_url, deliver

HEADERS = {"Content-Type": "application/json", "X-Token": "tooth-and-nail"}


@dataclass
class Receiver:
    """`answers` are the statuses of the first requests; then 204. `endless`: the body after a status has no end.

    `hung_up` is set once such a body was no longer wanted.
    """

    url: str = ""
    endless: bool = False
    hung_up: threading.Event = field(default_factory=threading.Event)
    answers: list[int] = field(default_factory=list)
    got: list[tuple[str, str, bytes]] = field(default_factory=list)


@pytest.fixture(params=["http", "https"])
def receiver(request, tmp_path: Path, monkeypatch) -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((self.path, self.headers["X-Token"], body))
            self.send_response(found.answers.pop(0) if found.answers else 204)
            self.send_header("Location", "/elsewhere")
            if not found.endless:
                self.send_header("Content-Length", "0")
            self.end_headers()
            # no more than this, so that a test that reads it all ends
            for _ in range(1_000 if found.endless else 0):
                try:
                    self.wfile.write(bytes(1 << 16))
                except OSError:
                    found.hung_up.set()
                    break

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if request.param == "https":
        authority = Authority()
        for name, text in zip(("crt", "key"), authority.issue("hook", "127.0.0.1"), strict=True):
            (tmp_path / name).write_text(text)
        (tmp_path / "ca").write_text(authority.pem)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "crt", tmp_path / "key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    found.url = f"{request.param}://127.0.0.1:{server.server_port}/hook?token=secret"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_is_posted_once_with_its_headers(receiver: Receiver) -> None:
    deliver(receiver.url, b"{}", HEADERS, sleep=pytest.fail)
    assert receiver.got == [("/hook?token=secret", "tooth-and-nail", b"{}")]


@pytest.mark.parametrize("receiver", ["http"], indirect=True)
@pytest.mark.parametrize(
    ("answers", "tries", "reason"),
    [
        ([503, 429], 3, ""),
        ([500] * 9, 4, "it answered 500"),
        ([404], 1, "it answered 404"),
        ([302], 1, "302"),
    ],
)
def test_it_is_tried_again_for_a_while_unless_that_is_no_use(
    receiver: Receiver, answers: list[int], tries: int, reason: str
) -> None:
    receiver.answers = answers
    slept: list[float] = []
    if reason:
        with pytest.raises(NotDeliveredError, match=reason):
            deliver(receiver.url, b"{}", HEADERS, sleep=slept.append)
    else:
        deliver(receiver.url, b"{}", HEADERS, sleep=slept.append)
    assert (len(receiver.got), tuple(slept)) == (tries, WAITS[: tries - 1])


@pytest.mark.parametrize(
    ("status", "reason"), [(200, ""), (302, "it answered 302"), (404, "it answered 404")]
)
def test_an_answer_without_end_is_not_read(receiver: Receiver, status: int, reason: str) -> None:
    receiver.answers, receiver.endless = [status], True
    if reason:
        with pytest.raises(NotDeliveredError, match=reason):
            deliver(receiver.url, b"{}", HEADERS, sleep=pytest.fail)
    else:
        deliver(receiver.url, b"{}", HEADERS, sleep=pytest.fail)
    assert receiver.hung_up.wait(10)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("receiver", ["https"], indirect=True)
def test_a_certificate_that_nobody_vouches_for_is_refused_at_once(
    receiver: Receiver, monkeypatch, tmp_path
) -> None:
    (tmp_path / "other").write_text(Authority("other").pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other"))
    with pytest.raises(NotDeliveredError, match="its certificate is not trusted") as error:
        deliver(receiver.url, b"{}", HEADERS, sleep=pytest.fail)
    assert receiver.got == []
    assert "secret" not in str(error.value)


def test_nobody_there_is_told_without_the_url() -> None:
    slept: list[float] = []
    with pytest.raises(NotDeliveredError) as error:
        deliver("http://127.0.0.1:9/?token=secret", b"{}", {}, sleep=slept.append)
    assert str(error.value) == "cannot notify `127.0.0.1`: connection refused"
    assert tuple(slept) == WAITS


@pytest.mark.parametrize(
    "url",
    ["", "hooks.example.com", "ftp://x/", "http://hooks.example.com/secret", "https://", "https://x:99999/"],
)
def test_what_must_not_be_posted_to_is_refused_without_its_text(url: str) -> None:
    with pytest.raises(UsageError) as error:
        checked_url(url)
    assert "secret" not in str(error.value)


def test_a_proxy_of_the_environment_is_used_but_not_for_this_machine(monkeypatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert webhook._pool("https://hooks.example.com/", "hooks.example.com").proxy.host == "proxy.example"
    assert webhook._pool("https://127.0.0.1/", "127.0.0.1").proxy is None
