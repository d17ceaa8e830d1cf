"""TLS connections, each with a thread, that can be ended and taken up again on the same port."""

import contextlib
import socket
import ssl
import threading

import pytest

from podwright_lab.api import listener as module
from podwright_lab.api.certificates import certificates_in
from podwright_lab.api.listener import Listener


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    return certificates_in(tmp_path_factory.mktemp("api"), "127.0.0.1")


def echo(connection, _address):
    while data := connection.recv(100):
        connection.sendall(data)


@pytest.fixture
def listening(certificates):
    made = Listener(certificates.server_context(), echo, "127.0.0.1", 0)
    yield made
    made.stop()


def connect(listening, certificates):
    plain = socket.create_connection((listening.host, listening.port), timeout=60)
    context = ssl.create_default_context(cafile=str(certificates.authority))
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


def read_to_end(client):
    """All that still comes; the kernel tells the end as a close or as a reset."""
    found = b""
    with contextlib.suppress(OSError):
        while data := client.recv(100):
            found += data
    return found


def test_connections_are_served_side_by_side(listening, certificates):
    with connect(listening, certificates) as one, connect(listening, certificates) as two:
        two.sendall(b"two")
        one.sendall(b"one")
        assert (one.recv(9), two.recv(9)) == (b"one", b"two")


def test_stopping_breaks_connections_and_leaves_no_thread(listening, certificates):
    with connect(listening, certificates) as client:
        client.sendall(b"x")
        assert client.recv(9) == b"x"
        listening.stop()
        assert read_to_end(client) == b""
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lab-api")]


def test_it_refuses_while_stopped_and_comes_back_on_its_port(listening, certificates):
    port = listening.port
    listening.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=60)
    listening.start()
    listening.start()
    assert listening.port == port
    with connect(listening, certificates) as client:
        client.sendall(b"again")
        assert client.recv(9) == b"again"


def test_a_client_that_does_not_use_tls_is_dropped_and_others_are_served(listening, certificates):
    with socket.create_connection(("127.0.0.1", listening.port), timeout=60) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        read_to_end(plain)
    with connect(listening, certificates) as client:
        client.sendall(b"x")
        assert client.recv(9) == b"x"


def test_one_connection_too_many_is_closed_at_once(listening, certificates, monkeypatch):
    monkeypatch.setattr(module, "MAX_CONNECTIONS", 1)
    with connect(listening, certificates) as client:
        with pytest.raises(OSError, match=r"reset|EOF|closed"):
            connect(listening, certificates)
        client.sendall(b"x")
        assert client.recv(9) == b"x"


def test_a_port_that_is_taken_is_an_error(listening, certificates):
    with pytest.raises(OSError, match="in use"):
        Listener(certificates.server_context(), echo, "127.0.0.1", listening.port)
