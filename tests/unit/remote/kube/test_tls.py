"""What is trusted, and what is shown, on real sockets."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.api_client import ask, trusted
from tests.fakes.api_server import ApiServer
from tests.fakes.authority import Authority

from podwright.errors import (
    ClusterCertificateError,
    ClusterError,
    ClusterForbiddenError,
    KubeconfigError,
)
from podwright.remote.kube.cluster_access import ClientCertificate, Endpoint, User
from podwright.secret import Secret


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture(scope="module")
def server(authority):
    certificate = authority.issue("api", "127.0.0.1", "kubernetes.default")
    with ApiServer(authority, certificate, authority) as server:
        yield server


def test_the_kubeconfig_s_authority_is_trusted_as_text_and_as_file(server, tmp_path):
    assert ask(trusted(server))["kind"] == "List"
    (tmp_path / "ca.pem").write_text(server.authority.pem)
    assert ask(Endpoint(server.url, ca_file=tmp_path / "ca.pem"))["kind"] == "List"
    (tmp_path / "bundle.pem").write_text(f"# Société\n{Authority().pem}# é\n{server.authority.pem}")
    assert ask(Endpoint(server.url, ca_file=tmp_path / "bundle.pem"))["kind"] == "List"


def test_another_authority_is_not_trusted_nor_is_the_system_s(server):
    for endpoint in (Endpoint(server.url, ca_pem=Authority().pem), Endpoint(server.url)):
        with pytest.raises(
            ClusterCertificateError, match="not signed by an authority that we trust"
        ) as caught:
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


def showing(certificate: str, key: str) -> User:
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
    ask(trusted(server), showing(*authority.issue("alice")))
    monkeypatch.delattr("os.memfd_create", raising=False)
    ask(trusted(server), showing(*authority.issue("bob")))
    assert server.requests[-1].client == "bob"
    assert list(tmp_path.iterdir()) == []


def test_client_certificates_that_cannot_be_used_say_why(server, authority):
    certificate, key = authority.issue("alice")
    with pytest.raises(KubeconfigError, match="do not belong together"):
        ask(trusted(server), showing(certificate, authority.issue("bob")[1]))
    with pytest.raises(KubeconfigError, match="are not PEM"):
        ask(trusted(server), showing(certificate, "nonsense"))
    with pytest.raises(KubeconfigError, match="is encrypted"):
        ask(trusted(server), showing(*authority.issue("alice", passphrase=b"x")))
    with pytest.raises(KubeconfigError, match="the client key `/no/key` cannot be read") as caught:
        ask(trusted(server), User(certificate=ClientCertificate(certificate, key_file=Path("/no/key"))))
    assert key not in str(caught.value)


def test_a_client_certificate_that_the_server_refuses_in_tls(server, authority):
    with pytest.raises(ClusterError) as caught:
        ask(trusted(server), showing(*Authority("stranger").issue("alice")))
    assert isinstance(caught.value, ClusterCertificateError)
    assert "does not know who issued our client certificate" in caught.value.message
    old = authority.issue("alice", valid_from=timedelta(-2), valid_to=timedelta(-1))
    with pytest.raises(ClusterCertificateError, match="our client certificate has expired"):
        ask(trusted(server), showing(*old))


def test_a_401_tells_that_our_certificate_has_expired(authority):
    old = authority.issue("alice", valid_from=timedelta(-2), valid_to=timedelta(-1))
    with ApiServer(authority, authority.issue("api", "127.0.0.1")) as server:
        server.tokens = {"nobody's"}
        with pytest.raises(
            ClusterForbiddenError, match=r"401 on list pods\); our client certificate expired on 20"
        ):
            ask(trusted(server), showing(*old))
