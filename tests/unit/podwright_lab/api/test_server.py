"""The server starts, goes down, comes back and ends, and leaves nothing behind."""

import contextlib
import json
import socket
import ssl
import threading
import time
from http.client import IncompleteRead
from pathlib import Path

import pytest

from podwright_lab.api import http, listener
from podwright_lab.api.server import serve

PODS = "/api/v1/namespaces/default/pods"


_OTHERS: set[threading.Thread] = set()


@pytest.fixture(autouse=True)
def _node(add_node):
    add_node("n1")


@pytest.fixture(autouse=True, scope="module")
def _others():
    """Another module's lab may still run in this process."""
    _OTHERS.update(threading.enumerate())


def lab_threads():
    alive = set(threading.enumerate()) - _OTHERS
    return [thread for thread in alive if thread.name.startswith("lab-api")]


def wait_for(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_many_watches_see_the_same_and_end_with_the_server(store, client, server, add_mirror):
    version = store.resource_version
    watches = [client.watch(f"/api/v1/pods?watch=true&resourceVersion={version}") for _ in range(60)]
    for name in "abc":
        add_mirror(name)
    for _, response in watches:
        names = [json.loads(response.readline())["object"]["metadata"]["name"] for _ in range(3)]
        assert names == ["a-n1", "b-n1", "c-n1"]
    server.close()
    assert lab_threads() == []
    for connection, response in watches:
        response.close()
        connection.close()


def test_nothing_is_left_after_close(store, tmp_path):
    descriptors = Path("/proc/self/fd")
    before = len(list(descriptors.glob("*")))
    for _ in range(3):
        with serve(store, directory=tmp_path / "api"):
            assert lab_threads()
    assert lab_threads() == []
    assert len(list(descriptors.glob("*"))) <= before


def test_a_server_that_is_down_refuses_and_comes_back_on_its_port(store, server, client, add_mirror):
    add_mirror("web")
    version, url = store.resource_version, server.url
    connection, response = client.watch(f"/api/v1/pods?watch=true&resourceVersion={version}")
    server.stop_listening()
    with contextlib.suppress(IncompleteRead, OSError):
        assert response.read() == b""
    response.close()
    connection.close()
    assert lab_threads() == []
    with pytest.raises(ConnectionRefusedError):
        client.get(PODS)
    server.resume()
    assert server.url == url
    assert client.get(PODS)[0] == 200
    connection, response = client.watch(f"/api/v1/pods?watch=true&resourceVersion={version}")
    assert json.loads(response.readline())["object"]["code"] == 410
    connection.close()


def test_stopping_twice_and_resuming_twice_does_no_harm(server, client):
    server.stop_listening()
    server.stop_listening()
    server.resume()
    server.resume()
    assert client.get("/version")[0] == 200


def test_a_store_that_is_down_drops_the_connection(store, client):
    store.available = False
    with pytest.raises((ConnectionError, ssl.SSLEOFError)):
        client.get(PODS)
    store.available = True
    assert client.get(PODS)[0] == 200


def test_a_connection_serves_many_requests(client, add_mirror):
    add_mirror("web")
    connection = client.connect()
    for path in (PODS, f"{PODS}/web-n1", f"{PODS}/nope", PODS):
        connection.request("GET", path, headers=client.headers())
        response = connection.getresponse()
        response.read()
        assert not response.will_close
    connection.request("HEAD", PODS, headers=client.headers())
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")
    connection.close()


def test_a_watch_whose_client_has_left_is_ended(store, client, monkeypatch):
    from podwright_lab.api import routes

    monkeypatch.setattr(routes, "_LOOK_SECONDS", 0.02)
    idle = len(lab_threads())
    connection, response = client.watch("/api/v1/pods?watch=true")
    response.close()
    connection.close()
    wait_for(lambda: len(lab_threads()) <= idle)


def raw(server, *parts):
    context = ssl.create_default_context(cafile=str(server.authority))
    plain = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    with context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
        connection.sendall(b"\r\n".join(part.encode() for part in (*parts, "", "")))
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (("POST /api/v1/pods HTTP/1.1", "Host: x", f"Content-Length: {http.MAX_BODY_BYTES + 1}"), b"413"),
        (("POST /api/v1/pods HTTP/1.1", "Host: x", "Content-Length: -1"), b"413"),
        (("POST /api/v1/pods HTTP/1.1", "Host: x", "Content-Length: many"), b"413"),
        (("POST /api/v1/pods HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"), b"411"),
        (("BREW /coffee HTTP/1.1", "Host: x"), b"501"),
        (("GET /version HTTP/9.9", "Host: x"), b"505"),
        (("nonsense",), b"400"),
        ((f"GET /{'x' * 70000} HTTP/1.1",), b"414"),
        (("GET /version HTTP/1.1", *(f"X-{number}: y" for number in range(200))), b"431"),
        (("GET /version HTTP/1.1", "Host: x", "Connection: close"), b"200"),
        (("GET /version HTTP/1.0", "Host: x"), b"200"),
        ((f"GET /version?{'&'.join('a=b' for _ in range(100))} HTTP/1.0", "Host: x"), b"400"),
    ],
)
def test_what_is_too_much_is_refused_and_the_connection_ends(server, head, status):
    assert raw(server, *head).split(b" ")[1] == status


def test_a_client_that_leaves_in_the_middle_does_no_harm(server, client):
    for text in (b"", b"GET / HTTP/1.1", b"POST /api/v1/pods HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"):
        context = ssl.create_default_context(cafile=str(server.authority))
        plain = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
            connection.sendall(text or b"\r\n")
    assert client.get("/version")[0] == 200


def test_a_client_that_speaks_no_tls_or_nothing_holds_nobody_up(server, client, monkeypatch):
    monkeypatch.setattr(listener, "HANDSHAKE_SECONDS", 60)
    with (
        socket.create_connection(("127.0.0.1", server.port)),
        socket.create_connection(("127.0.0.1", server.port)) as plain,
    ):
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert client.get("/version")[0] == 200
    monkeypatch.setattr(listener, "HANDSHAKE_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", server.port)) as mute:
        mute.settimeout(60)
        assert mute.recv(1) == b""


def test_connections_are_bounded(server, client, monkeypatch):
    monkeypatch.setattr(listener, "MAX_CONNECTIONS", 2)
    held = [client.connect() for _ in range(2)]
    for connection in held:
        connection.connect()
    wait_for(lambda: len(lab_threads()) == 3)
    with pytest.raises((ConnectionError, ssl.SSLError)):
        client.get("/version")
    for connection in held:
        connection.close()
    wait_for(lambda: len(lab_threads()) == 1)
    assert client.get("/version")[0] == 200


def test_a_stranger_to_the_authority_is_not_trusted(server):
    with (
        socket.create_connection(("127.0.0.1", server.port)) as plain,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")


def test_the_kubeconfig_is_yaml_with_the_users_token(server):
    import base64

    import yaml

    config = yaml.safe_load(server.kubeconfig("reader", namespace="kube-system"))
    assert config["users"][0]["user"]["token"] == server.tokens["reader"]
    assert config["contexts"][0]["context"]["namespace"] == "kube-system"
    cluster = config["clusters"][0]["cluster"]
    assert cluster["server"] == server.url
    assert base64.b64decode(cluster["certificate-authority-data"]) == server.authority.read_bytes()


def test_the_kubelets_configuration_is_served_and_a_log_is_not(store, tmp_path, add_mirror, client_for):
    add_mirror("web")
    config = {"kubeletconfig": {"staticPodPath": "/etc/kubernetes/manifests"}}
    running = serve(
        store,
        directory=tmp_path / "hooked",
        node_config=lambda node: config | {"node": node},
    )
    with running:
        client = client_for(running)
        assert client.get("/api/v1/nodes/n1/proxy/configz") == (200, config | {"node": "n1"})
        assert client.get("/api/v1/nodes/n1/proxy/pods")[0] == 501
        assert client.get(f"{PODS}/web-n1/log")[0] == 501
        assert client.get(f"{PODS}/nobody/log")[0] == 404
