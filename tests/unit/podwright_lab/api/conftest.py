"""A store whose clock stands still, a server on it, and the mirror pods that a kubelet would post."""

import http.client
import itertools
import json
import ssl
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from podwright_lab.api.server import serve
from podwright_lab.api.store import Store

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.moment = START

    def __call__(self):
        return self.moment

    def sleep(self, seconds):
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(clock):
    numbers = itertools.count(1)
    with_close = Store(now=clock, new_uid=lambda: str(uuid.UUID(int=next(numbers))), sleep=clock.sleep)
    yield with_close
    with_close.close()


@pytest.fixture
def add_node(store):
    def add(name, **status):
        return store.create(
            "nodes", {"metadata": {"name": name}, "status": status}, user=f"system:node:{name}"
        )

    return add


@pytest.fixture
def mirror(store):
    """Build the body that the kubelet of `node` posts."""

    def build(name, node="n1", **changes):
        owner = store.get("nodes", None, node)["metadata"]["uid"]
        metadata = {
            "name": f"{name}-{node}",
            "namespace": "default",
            "labels": {"app": name},
            "annotations": {"kubernetes.io/config.mirror": "f00d", "kubernetes.io/config.hash": "f00d"},
            "ownerReferences": [
                {"apiVersion": "v1", "kind": "Node", "name": node, "uid": owner, "controller": True}
            ],
        }
        spec = {"nodeName": node, "containers": [{"name": "c", "image": "docker.io/library/busybox:1.36"}]}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}
        body["metadata"] |= changes.pop("metadata", {})
        body["spec"] |= changes
        return body

    return build


@pytest.fixture
def add_mirror(store, mirror):
    def add(name, node="n1", **changes):
        return store.create("pods", mirror(name, node, **changes), user=f"system:node:{node}")

    return add


@pytest.fixture
def server(store, tmp_path):
    with serve(store, directory=tmp_path / "api") as running:
        yield running


class Client:
    """A plain HTTPS client that trusts the lab's authority and nothing else."""

    def __init__(self, server, token=None):
        self.context = ssl.create_default_context(cafile=str(server.authority))
        self.port = server.port
        self.token = server.tokens["admin"] if token is None else token

    def connect(self, timeout=60):
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=timeout)

    def headers(self, **extra):
        return ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | extra

    def request(self, method, path, body=None, *, accept="", content_type="application/json"):
        """Return the status and the decoded body."""
        connection = self.connect()
        try:
            headers = self.headers(**{"Accept": accept, "Content-Type": content_type})
            content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            connection.request(method, path, content, headers)
            response = connection.getresponse()
            text = response.read()
            is_json = response.getheader("Content-Type") == "application/json"
            return response.status, json.loads(text) if is_json else text
        finally:
            connection.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def watch(self, path):
        """Open a watch; iterate over the response's lines, and close the connection."""
        connection = self.connect()
        connection.request("GET", path, headers=self.headers())
        return connection, connection.getresponse()


@pytest.fixture
def client(server):
    return Client(server)


@pytest.fixture
def client_for():
    return Client


@pytest.fixture
def client_of(server):
    return lambda user: Client(server, server.tokens.get(user, user))
