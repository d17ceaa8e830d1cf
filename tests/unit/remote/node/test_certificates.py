"""Certificates of a node: read from its files without their keys, and from its ports by a handshake."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.authority import Authority
from tests.fakes.copies import replace
from tests.fakes.shell_host import SHELLS, ShellHost, fill_bin

from podwright.errors import HostileOutputError, PortClosedError
from podwright.remote.node.certificates import mounted_certificates, served_certificate

NOBODY = 65534


@pytest.fixture(params=list(SHELLS))
def host(request, tmp_path: Path) -> ShellHost:
    return ShellHost(SHELLS[request.param], fill_bin(tmp_path / "bin", request.param))


@pytest.fixture
def dash(tmp_path: Path) -> ShellHost:
    return ShellHost(SHELLS["dash"], fill_bin(tmp_path / "bin", "dash"))


def test_files_and_folders_are_read_and_no_key_leaves_the_node(host: ShellHost, tmp_path: Path) -> None:
    authority, pki = Authority("ca"), tmp_path / "p ki"
    (pki / "etcd").mkdir(parents=True)
    certificate, key = authority.issue("web", "127.0.0.1", valid_to=timedelta(days=3))
    (pki / "ca.crt").write_text(authority.pem)
    (pki / "web.crt").write_text(f"{key}{certificate}{authority.pem}")
    (pki / "web.key").write_text(key)
    (pki / "etcd" / "server.crt").write_text(certificate)
    (pki / "broken.crt").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    found, unknown = mounted_certificates(
        "n1", host, (str(pki), str(tmp_path / "missing"), str(pki / "web.crt"))
    )
    assert unknown == ()
    names = [(Path(one.path).name, one.subject, one.authority) for one in found]
    web = [("web.crt", "CN=web", False), ("web.crt", "CN=ca", True)]
    assert sorted(names) == sorted([("ca.crt", "CN=ca", True), *web, ("server.crt", "CN=web", False), *web])
    assert {one.issuer for one in found} == {"CN=ca"}
    assert all("PRIVATE" not in one for one in map(str, found))


def test_what_may_not_be_read_is_told(dash: ShellHost, tmp_path: Path) -> None:
    (tmp_path / "web.crt").write_text("")
    (tmp_path / "web.crt").chmod(0)
    if os.getuid() == 0:
        # root may read everything
        for folder in (tmp_path, *tmp_path.parents[:-2]):
            folder.chmod(folder.stat().st_mode | 0o055)
        dash = replace(dash, user=NOBODY)
    assert mounted_certificates("n1", dash, (str(tmp_path / "web.crt"),))[1] != ()


@contextmanager
def server(tmp_path: Path, *, wants_certificate: bool = False) -> Iterator[int]:
    authority = Authority()
    for name, text in zip(("crt", "key"), authority.issue("web", "127.0.0.1"), strict=True):
        (tmp_path / name).write_text(text)
    (tmp_path / "ca").write_text(authority.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    if wants_certificate:
        context.load_verify_locations(tmp_path / "ca")
        context.verify_mode = ssl.CERT_REQUIRED
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_answer, args=(listener, context))
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def _no_tls(listener: socket.socket) -> None:
    with listener.accept()[0] as connection:
        connection.sendall(b"SSH-2.0-x\r\n" * 9)


def _answer(listener: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True):
            pass


@pytest.mark.parametrize("wants_certificate", [False, True])
def test_a_port_shows_its_certificate_also_to_who_has_none(
    dash: ShellHost, tmp_path: Path, wants_certificate: bool
) -> None:
    with server(tmp_path, wants_certificate=wants_certificate) as port:
        served = served_certificate(dash, ("127.0.0.1", port))
    [there], _ = mounted_certificates("n1", dash, (str(tmp_path / "crt"),))
    assert served.sha256 == there.sha256


def test_what_is_no_tls_and_what_is_closed(dash: ShellHost) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        thread = threading.Thread(target=_no_tls, args=(listener,))
        thread.start()
        with pytest.raises(HostileOutputError):
            served_certificate(dash, ("127.0.0.1", port))
        thread.join()
    with pytest.raises(PortClosedError):
        served_certificate(dash, ("127.0.0.1", port))
