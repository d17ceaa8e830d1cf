"""Names, proxies, limits and ends, on real sockets."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
from tests.fakes.api_client import IDLE_WATCH, LIST, WATCH, ask, client, trusted
from tests.fakes.api_messages import Reply
from tests.fakes.api_server import ApiServer
from tests.fakes.authority import Authority
from tests.fakes.connect_proxy import ConnectProxy

from podwright.errors import (
    ClusterAnswerError,
    ClusterCertificateError,
    ClusterError,
    ClusterTimeoutError,
    ClusterUnreachableError,
    KubeconfigError,
)
from podwright.remote.kube.cluster_access import ClientCertificate, Endpoint, User
from podwright.remote.kube.http import KubeHttp
from podwright.remote.kube.request import Request
from podwright.secret import Secret


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def certificate(authority):
    return authority.issue("api", "127.0.0.1", "kubernetes.default")


@pytest.fixture
def server(authority, certificate):
    # of one test: an answer that a limit came before would be given to the next
    with ApiServer(authority, certificate, authority) as server:
        yield server


def test_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ClusterUnreachableError, match="connection refused"):
        ask(Endpoint(f"https://127.0.0.1:{port}", insecure=True))


def test_a_name_that_does_not_resolve_or_cannot_be_one():
    with pytest.raises(ClusterUnreachableError, match="does not resolve"):
        ask(Endpoint("https://no-such-host.invalid:6443", insecure=True))
    with pytest.raises(KubeconfigError, match="not a legal name"):
        ask(Endpoint(f"https://{'a' * 70}.example:6443", insecure=True))


def test_a_server_that_never_shakes_hands_costs_the_timeout():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = Endpoint(f"https://127.0.0.1:{listener.getsockname()[1]}", insecure=True)
        with pytest.raises(ClusterTimeoutError, match="did not answer in time"):
            ask(endpoint, timeout=0.2)


def test_a_port_that_speaks_no_tls():
    with ApiServer() as plain, pytest.raises(ClusterCertificateError, match="no TLS with the API server"):
        ask(Endpoint(plain.url.replace("http:", "https:"), insecure=True))


def test_plain_http_works_for_kubectl_proxy():
    with ApiServer() as plain:
        assert ask(Endpoint(plain.url))["kind"] == "List"


def test_through_a_proxy_with_a_password(server):
    with ConnectProxy() as proxy:
        url = Secret(f"http://us:pw@127.0.0.1:{proxy.port}")
        assert ask(trusted(server, proxy_url=url), User(token=Secret("TOKEN")))["kind"] == "List"
    head = proxy.heads[0]
    assert head.startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.")
    assert "Proxy-Authorization: Basic dXM6cHc=" in head
    assert "TOKEN" not in head


def test_plain_http_through_a_proxy_asks_for_the_whole_url():
    with ApiServer() as plain, ConnectProxy() as proxy:
        url = Secret(f"http://us:pw@127.0.0.1:{proxy.port}")
        assert ask(Endpoint(plain.url, proxy_url=url))["kind"] == "List"
    assert proxy.heads[0].startswith(f"GET {plain.url}/api/v1/pods HTTP/1.1")
    assert "Proxy-Authorization: Basic dXM6cHc=" in proxy.heads[0]


@pytest.fixture
def tls_proxy(authority, tmp_path, monkeypatch):
    path = tmp_path / "proxy.pem"
    path.write_text("\n".join(authority.issue("proxy", "127.0.0.1")))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with ConnectProxy(context) as proxy:
        yield proxy


def test_through_a_proxy_that_is_itself_reached_over_tls(server, authority, tls_proxy, tmp_path, monkeypatch):
    endpoint = trusted(server, proxy_url=Secret(f"https://127.0.0.1:{tls_proxy.port}"))
    with pytest.raises(ClusterCertificateError, match="no TLS with the proxy"):
        ask(endpoint)
    (tmp_path / "ca.pem").write_text(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    for number in range(300):
        server.put(
            "pods",
            {"metadata": {"namespace": "default", "name": f"p{number}", "annotations": {"a": "x" * 999}}},
        )
    certificate, key = authority.issue("alice")
    assert (
        len(ask(endpoint, User(certificate=ClientCertificate(certificate, key_pem=Secret(key))))["items"])
        == 300
    )
    assert server.requests[-1].client == "alice"
    with pytest.raises(ClusterCertificateError, match=r"the API server .* not signed by"):
        ask(trusted(server, ca_pem=Authority().pem, proxy_url=endpoint.proxy_url))


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            KubeconfigError,
            "requires a user and a password",
        ),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", ClusterAnswerError, "refuses to connect"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", ClusterAnswerError, "does not answer as a proxy"),
        (b"x" * 20_000, ClusterAnswerError, "does not answer as a proxy"),
        (b"HTTP/1.1 200", ClusterUnreachableError, "the connection broke|closed the connection"),
    ],
)
def test_a_proxy_that_refuses_or_is_none(server, answer, kind, message):
    with ConnectProxy(answer=answer) as proxy:
        url = Secret(f"http://us:PASSWORD@127.0.0.1:{proxy.port}")
        with pytest.raises(kind, match=message) as caught:
            ask(trusted(server, proxy_url=url))
    assert "PASSWORD" not in caught.value.message


def test_a_dead_address_leaves_time_for_the_next(server, monkeypatch):
    real = socket.getaddrinfo
    with contextlib.ExitStack() as closing, socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        dead = full.getsockname()
        plugs = [_half_open(dead) for _ in range(4)]
        for plug in plugs:
            closing.callback(plug.close)
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, port, **more: (
                [(*entry[:4], dead) for entry in real("127.0.0.1", port, **more)]
                + real("127.0.0.1", port, **more)
            ),
        )
        # the rest of a short time may be too little for a busy machine
        with contextlib.suppress(ClusterTimeoutError):
            assert ask(trusted(server), timeout=2.0)["kind"] == "List"
            return
        assert ask(trusted(server), timeout=30.0)["kind"] == "List"


def _half_open(address) -> socket.socket:
    """Fills the backlog, so that the next connect waits for ever."""
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(address)
    return sock


@pytest.fixture
def way(request, server, authority, tmp_path, monkeypatch):
    """The server reached directly, by a tunnel, or by TLS in TLS."""
    if request.param == "direct":
        yield trusted(server)
    elif request.param == "proxy":
        with ConnectProxy() as proxy:
            yield trusted(server, proxy_url=Secret(f"http://127.0.0.1:{proxy.port}"))
    else:
        (tmp_path / "ca.pem").write_text(authority.pem)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        proxy = request.getfixturevalue("tls_proxy")
        yield trusted(server, proxy_url=Secret(f"https://127.0.0.1:{proxy.port}"))


WAYS = pytest.mark.parametrize("way", ["direct", "proxy", "tls-proxy"], indirect=True)
HEAD = Reply(raw=b"HTTP/1.1 200 OK\r\n", hang=True)
BODY = Reply(200, b"{", length=50, hang=True)


def following(http: KubeHttp) -> None:
    with http.stream(IDLE_WATCH, 300.0) as lines:
        list(lines)


def failure_of(work) -> tuple[threading.Thread, list[ClusterError]]:
    """Start the work in a thread; what it fails with is added to the list."""
    failures: list[ClusterError] = []

    def run() -> None:
        try:
            work()
        except ClusterError as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, failures


@WAYS
@pytest.mark.parametrize("reply", [HEAD, BODY, None], ids=["head", "body", "stream"])
def test_closing_ends_whatever_waits_in_another_thread_at_once(server, way, reply):
    http = client(way, timeout=300.0)
    asked = len(server.requests)
    if reply is not None:
        server.script(reply)
    thread, failures = failure_of(lambda: http.get(LIST) if reply else following(http))
    server.wait_for_requests(lambda request: True, asked + 1)
    if reply is None:
        server.wait_for_watchers()
    http.close()
    thread.join(60)
    assert not thread.is_alive()
    assert isinstance(failures[0], ClusterUnreachableError)
    with pytest.raises(ClusterUnreachableError, match="is closed"):
        http.get(LIST)


def test_closing_ends_a_handshake_and_a_connect_that_wait(server):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        plugs: list[socket.socket] = []
        for _ in range(2):
            http = client(Endpoint(f"https://127.0.0.1:{address[1]}", insecure=True), timeout=300.0)
            thread, failures = failure_of(lambda http=http: http.get(LIST))
            time.sleep(0.2)
            http.close()
            thread.join(60)
            assert not thread.is_alive()
            assert "is closed" in failures[0].message
            # now the backlog is full, and the next connect waits
            plugs += [_half_open(address) for _ in range(4)]
        for plug in plugs:
            plug.close()


@WAYS
def test_a_limit_ends_what_drips_or_hangs_however_it_is_reached(server, way):
    head = b"HTTP/1.1 200 OK\r\nX: " + b"y" * 500
    for reply in (HEAD, BODY, Reply(200, b"{}", length=1 << 40), Reply(raw=head, drip_seconds=0.5)):
        server.script(reply)
        with pytest.raises(ClusterTimeoutError):
            ask(way, timeout=0.4)


def test_an_answer_without_a_length_that_its_limit_cut_is_not_taken_for_whole(server):
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    server.script(Reply(raw=head + b'{"kind": "List"}', hang=True))
    with pytest.raises(ClusterTimeoutError):
        ask(trusted(server), timeout=0.3)
    server.script(Reply(raw=head + b'{"type": "BOOKMARK"}\n', hang=True))
    http = client(trusted(server))
    with pytest.raises(ClusterTimeoutError), http.stream(WATCH, 0.3) as lines:
        list(lines)
    http.close()


@WAYS
@pytest.mark.parametrize("dripping", [False, True])
def test_a_stream_may_be_idle_for_longer_than_a_request_may_take(server, way, dripping):
    # a busy machine may take longer to connect
    for seconds in (0.5, 5, 25):
        idle = (*IDLE_WATCH.query[:2], ("timeoutSeconds", f"{2 * seconds}"))
        if dripping:
            server.script(Reply(200, b"a\n", {"Connection": "close"}, drip_seconds=1.4 * seconds))
        http = client(way, timeout=seconds)
        with contextlib.ExitStack() as opened:
            opened.callback(http.close)
            try:
                stream = http.stream(Request("watch", "pods", IDLE_WATCH.path, idle), 10.0 * seconds)
                lines = opened.enter_context(stream)
            except ClusterTimeoutError:
                continue
            assert list(lines) == ([b"a"] if dripping else [])
            return
    pytest.fail("no connection was made in time")


def test_a_proxy_that_drips_costs_the_timeout_and_no_more(server):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b"HTTP/1.1 200 OK\r\n"[:1])
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        url = Secret(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(ClusterTimeoutError):
            ask(trusted(server, proxy_url=url), timeout=0.4)
        stop.set()
        thread.join()


def test_plain_http_through_a_tls_proxy(authority, tls_proxy, tmp_path, monkeypatch):
    (tmp_path / "ca.pem").write_text(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with ApiServer() as plain:
        url = Secret(f"https://us:pw@127.0.0.1:{tls_proxy.port}")
        assert ask(Endpoint(plain.url, proxy_url=url))["kind"] == "List"
    assert tls_proxy.heads[0].startswith(f"GET {plain.url}/api/v1/pods HTTP/1.1")
    assert "Proxy-Authorization: Basic dXM6cHc=" in tls_proxy.heads[0]


def test_what_a_refused_connection_leaves_behind(server):
    before, threads = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    for endpoint in (Endpoint("https://127.0.0.1:1"), Endpoint(server.url), trusted(server)):
        with contextlib.suppress(ClusterError):
            ask(endpoint, timeout=0.5)
    deadline = time.monotonic() + 60
    while len(list(Path("/proc/self/fd").iterdir())) > before or threading.active_count() > threads:
        assert time.monotonic() < deadline
        time.sleep(0.02)
