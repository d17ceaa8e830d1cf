"""A real HTTPS API server on loopback, and clients of it; a test file with needs of its own has its own."""

from __future__ import annotations

import pytest
from tests.fakes.api_client import client, trusted
from tests.fakes.api_server import ApiServer
from tests.fakes.authority import Authority

from podwright.remote.kube.cluster_access import User
from podwright.remote.kube.http import KubeHttp
from podwright.secret import Secret


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def server(authority):
    with ApiServer(authority, authority.issue("api", "127.0.0.1")) as server:
        yield server


@pytest.fixture
def client_of(server):
    """Makes clients of the server, closed afterwards."""
    made = []

    def make(user: User | None = None, timeout: float = 60.0, path: str = "", source=None) -> KubeHttp:
        endpoint = trusted(server, server=f"{server.url}{path}")
        made.append(client(endpoint, user or User(token=Secret("TOKEN")), timeout, source))
        return made[-1]

    yield make
    for http in made:
        http.close()
