"""HTTP and TCP probes of this machine's ports."""

import contextlib
import socket
import threading
import time

import pytest

from podwright_lab.kubelet.port_probes import Probed, ask, port_question


@contextlib.contextmanager
def listening(*answers):
    """A port that gives each connection one of the answers; the requests are in `heard`."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            for answer in answers:
                connection, _ = server.accept()
                with connection:
                    heard.append(connection.recv(4096).decode())
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        thread.join(60)


def http_answer(status):
    return f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode()


def asked(probe, container=None, seconds=60.0):
    question = port_question(probe, container or {})
    assert question is not None
    return question(seconds)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.mark.parametrize("status", [200, 204, 302, 399])
def test_an_http_probe_succeeds_below_400(status):
    with listening(http_answer(status)) as (port, _):
        assert asked({"httpGet": {"port": port}}) == Probed(success=True)


@pytest.mark.parametrize("status", [400, 404, 503])
def test_an_http_probe_fails_with_the_status_it_got(status):
    with listening(http_answer(status)) as (port, _):
        answer = asked({"httpGet": {"port": port}})
    assert answer == Probed(success=False, output=f"HTTP probe failed with statuscode: {status}")


def test_path_and_headers_are_the_manifests():
    with listening(http_answer(200)) as (port, heard):
        headers = [{"name": "X-Who", "value": "me"}]
        asked({"httpGet": {"port": port, "path": "/healthz?a=b", "httpHeaders": headers}})
    assert heard[0].startswith("GET /healthz?a=b HTTP/1.1\r\n")
    assert "X-Who: me\r\n" in heard[0]
    assert "User-Agent: kube-probe/" in heard[0]


def test_whoever_listens_answers_for_the_port():
    """On a node's own network the old pod answers the new one's probe until it is gone."""
    with listening(http_answer(200)) as (port, _):
        assert asked({"httpGet": {"port": port}}).success
    assert not asked({"httpGet": {"port": port}}).success


@pytest.mark.parametrize(
    ("kind", "output"),
    [
        ("httpGet", 'Get "http://127.0.0.1:{port}/": dial tcp 127.0.0.1:{port}: connect: connection refused'),
        ("tcpSocket", "dial tcp 127.0.0.1:{port}: connect: connection refused"),
    ],
)
def test_a_port_that_nobody_listens_on_is_told_in_gos_words(kind, output):
    port = free_port()
    assert asked({kind: {"port": port}}) == Probed(success=False, output=output.format(port=port))


def test_a_port_that_does_not_answer_times_out():
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = asked({"httpGet": {"port": server.getsockname()[1]}}, seconds=0.05)
    assert not answer.success
    assert "context deadline exceeded" in answer.output


def test_a_tcp_probe_wants_a_connection_only():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert asked({"tcpSocket": {"port": server.getsockname()[1]}}) == Probed(success=True)


@pytest.mark.parametrize("wanted", ["web", "{port}"])
def test_a_port_may_be_named_or_written_as_text(wanted):
    with listening(http_answer(200)) as (port, _):
        container = {"ports": [{"name": "other", "containerPort": 1}, {"name": "web", "containerPort": port}]}
        assert asked({"httpGet": {"port": wanted.format(port=port)}}, container).success


@pytest.mark.parametrize(
    "probe",
    [
        {"exec": {"command": ["true"]}},
        {"grpc": {"port": 1}},
        {"httpGet": {"port": "nobody"}},
        {"httpGet": {"port": 1, "host": "192.0.2.1"}},
        {"tcpSocket": {"port": 1, "host": "example.com"}},
    ],
)
def test_nothing_else_is_asked(probe):
    assert port_question(probe, {}) is None


def test_what_is_not_http_is_a_failure():
    with listening(b"SSH-2.0-x\r\n") as (port, _):
        answer = asked({"httpGet": {"port": port}})
    assert not answer.success
    assert answer.output.startswith(f'Get "http://127.0.0.1:{port}/": ')


def test_asking_holds_nobody_up():
    go = threading.Event()

    def question(seconds):
        go.wait(seconds)
        return Probed(success=True)

    def asking():
        answers.append((yield from ask(question, 60.0)))

    answers, process = [], asking()
    assert next(process) > 0
    go.set()
    for _ in process:
        time.sleep(0.001)
    assert answers == [Probed(success=True)]
