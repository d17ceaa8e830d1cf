"""TLS, names, certificates and proxies, on real sockets."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.api_server import ApiServer
from tests.fakes.authority import Authority
from tests.fakes.connect_proxy import ConnectProxy

from podwright.errors import (
    ClusterAnswerError,
    ClusterCertificateError,
    ClusterError,
    ClusterForbiddenError,
    ClusterTimeoutError,
    ClusterUnreachableError,
    KubeconfigError,
)
from podwright.remote.kube.access import Access, ClientCertificate, Endpoint, User
from podwright.remote.kube.auth import credential_source
from podwright.remote.kube.errors import Question
from podwright.remote.kube.http import KubeHttp
from podwright.remote.kube.proxy import choose_proxy
from podwright.secret import Secret

QUESTION = Question("list", "pods", "/api/v1/pods")


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def server(authority):
    certificate = authority.issue("api", "127.0.0.1", "kubernetes.default")
    with ApiServer(authority, certificate, authority) as server:
        yield server


def ask(endpoint: Endpoint, user: User | None = None, timeout: float = 10.0) -> dict:
    access = Access(endpoint, user or User(), "context `lab` of `config`")
    http = KubeHttp(access, credential_source(access, {}, person=False), choose_proxy(endpoint, {}), timeout)
    try:
        return http.get(QUESTION)
    finally:
        http.close()


def trusted(server, **more) -> Endpoint:
    return Endpoint(**{"server": server.url, "ca_pem": server.authority.pem, **more})


def test_the_kubeconfig_s_authority_is_trusted_as_text_and_as_file(server, tmp_path):
    assert ask(trusted(server))["kind"] == "List"
    (tmp_path / "ca.pem").write_text(server.authority.pem)
    assert ask(Endpoint(server.url, ca_file=tmp_path / "ca.pem"))["kind"] == "List"
    (tmp_path / "bundle.pem").write_text(f"# Société\n{Authority().pem}# é\n{server.authority.pem}")
    assert ask(Endpoint(server.url, ca_file=tmp_path / "bundle.pem"))["kind"] == "List"


def test_another_authority_is_not_trusted_nor_is_the_system_s(server):
    for endpoint in (Endpoint(server.url, ca_pem=Authority().pem), Endpoint(server.url)):
        with pytest.raises(ClusterCertificateError, match="signed by nobody that we trust") as caught:
            ask(endpoint)
        assert "context `lab` of `config`" in caught.value.hint


def test_a_server_certificate_can_itself_be_what_is_trusted(authority):
    certificate = authority.issue("api", "127.0.0.1")
    with ApiServer(authority, certificate) as server:
        assert ask(Endpoint(server.url, ca_pem=certificate[0]))["kind"] == "List"


def test_no_check_where_the_kubeconfig_says_so(server):
    assert ask(Endpoint(server.url, insecure=True))["kind"] == "List"


def test_the_name_is_checked_and_can_be_set(authority):
    with ApiServer(authority, authority.issue("127.0.0.1", "kubernetes.default")) as server:
        with pytest.raises(ClusterCertificateError, match="is for another name") as caught:
            ask(trusted(server))
        assert "tls-server-name" in caught.value.hint
        assert ask(trusted(server, tls_server_name="kubernetes.default"))["kind"] == "List"


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        ({"valid_from": timedelta(-2), "valid_to": timedelta(-1)}, "has expired"),
        ({"valid_from": timedelta(1), "valid_to": timedelta(2)}, "is not valid yet"),
    ],
)
def test_a_server_certificate_out_of_its_time(authority, dates, message):
    with (
        ApiServer(authority, authority.issue("api", "127.0.0.1", **dates)) as server,
        pytest.raises(ClusterCertificateError, match=message),
    ):
        ask(trusted(server))


@pytest.mark.parametrize(
    "ca", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_an_authority_that_is_no_certificate_never_means_the_system_s(server, ca):
    with pytest.raises(KubeconfigError, match="is not PEM"):
        ask(trusted(server, ca_pem=ca))


def test_an_authority_file_that_is_gone(server):
    with pytest.raises(KubeconfigError, match="`/no/ca` cannot be read"):
        ask(Endpoint(server.url, ca_file=Path("/no/ca")))


def client(certificate: str, key: str) -> User:
    return User("alice", certificate=ClientCertificate(certificate, key_pem=Secret(key)))


def test_a_client_certificate_as_text_or_file_or_both(server, authority, tmp_path):
    certificate, key = authority.issue("alice")
    (tmp_path / "c").write_text(certificate)
    (tmp_path / "k").write_text(key)
    for pair in (
        ClientCertificate(certificate, key_pem=Secret(key)),
        ClientCertificate(certificate_file=tmp_path / "c", key_file=tmp_path / "k"),
        ClientCertificate(certificate, key_file=tmp_path / "k"),
    ):
        ask(trusted(server), User(certificate=pair))
        assert server.requests[-1].client == "alice"


def test_no_key_is_left_in_a_file(server, authority, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    ask(trusted(server), client(*authority.issue("alice")))
    monkeypatch.delattr("os.memfd_create", raising=False)
    ask(trusted(server), client(*authority.issue("bob")))
    assert server.requests[-1].client == "bob"
    assert list(tmp_path.iterdir()) == []


def test_client_certificates_that_cannot_be_used_say_why(server, authority):
    certificate, key = authority.issue("alice")
    with pytest.raises(KubeconfigError, match="do not belong together"):
        ask(trusted(server), client(certificate, authority.issue("bob")[1]))
    with pytest.raises(KubeconfigError, match="are not PEM"):
        ask(trusted(server), client(certificate, "nonsense"))
    with pytest.raises(KubeconfigError, match="is encrypted"):
        ask(trusted(server), client(*authority.issue("alice", passphrase=b"x")))
    with pytest.raises(KubeconfigError, match="the client key `/no/key` cannot be read") as caught:
        ask(trusted(server), User(certificate=ClientCertificate(certificate, key_file=Path("/no/key"))))
    assert key not in str(caught.value)


def test_a_client_certificate_that_the_server_refuses_in_tls(server, authority):
    with pytest.raises(ClusterError) as caught:
        ask(trusted(server), client(*Authority("stranger").issue("alice")))
    assert isinstance(caught.value, ClusterCertificateError)
    assert "does not know who issued our client certificate" in caught.value.message
    old = authority.issue("alice", valid_from=timedelta(-2), valid_to=timedelta(-1))
    with pytest.raises(ClusterCertificateError, match="our client certificate has expired"):
        ask(trusted(server), client(*old))


def test_a_401_tells_that_our_certificate_has_expired(authority):
    old = authority.issue("alice", valid_from=timedelta(-2), valid_to=timedelta(-1))
    with ApiServer(authority, authority.issue("api", "127.0.0.1")) as server:
        server.tokens = {"nobody's"}
        with pytest.raises(
            ClusterForbiddenError, match=r"401 on list pods\); our client certificate expired on 20"
        ):
            ask(trusted(server), client(*old))


def test_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ClusterUnreachableError, match="connection refused"):
        ask(Endpoint(f"https://127.0.0.1:{port}", insecure=True))


def test_a_name_that_does_not_resolve_or_cannot_be_one():
    with pytest.raises(ClusterUnreachableError, match="does not resolve"):
        ask(Endpoint("https://no-such-host.invalid:6443", insecure=True))
    with pytest.raises(KubeconfigError, match="no legal name"):
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
    assert head.startswith(f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\r\n")
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
    assert len(ask(endpoint, client(certificate, key))["items"]) == 300
    assert server.requests[-1].client == "alice"
    with pytest.raises(ClusterCertificateError, match=r"the API server .* signed by nobody"):
        ask(trusted(server, ca_pem=Authority().pem, proxy_url=endpoint.proxy_url))


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            KubeconfigError,
            "wants a user and a password",
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
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        dead = full.getsockname()
        plugs = [_half_open(dead) for _ in range(4)]
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, port, **more: (
                [(*entry[:4], dead) for entry in real("127.0.0.1", port, **more)]
                + real("127.0.0.1", port, **more)
            ),
        )
        assert ask(trusted(server), timeout=2.0)["kind"] == "List"
        for plug in plugs:
            plug.close()


def _half_open(address) -> socket.socket:
    """Fills the backlog, so that the next connect waits for ever."""
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(address)
    return sock


def test_closing_ends_a_read_in_another_thread(server):
    access = Access(trusted(server), User(), "x")
    http = KubeHttp(access, credential_source(access, {}, person=False), None, 30.0)
    watch = Question(
        "watch",
        "pods",
        "/api/v1/pods",
        (("watch", "1"), ("resourceVersion", "999999"), ("timeoutSeconds", "20")),
    )
    failures: list[ClusterError] = []

    def follow() -> None:
        try:
            with http.stream(watch, 30.0) as lines:
                list(lines)
        except ClusterError as error:
            failures.append(error)

    thread = threading.Thread(target=follow)
    thread.start()
    server.wait_for_watchers()
    started = time.monotonic()
    http.close()
    thread.join(10)
    assert not thread.is_alive()
    assert time.monotonic() - started < 10
    assert isinstance(failures[0], ClusterUnreachableError)
    with pytest.raises(ClusterUnreachableError, match="is closed"):
        http.get(QUESTION)
