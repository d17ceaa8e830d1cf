"""Asks an API server of these tests once, as whoever and by whatever way a test says."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from tests.fakes.api_server import ApiServer

from podwright.remote.kube.auth import credential_source
from podwright.remote.kube.cluster_access import Access, Endpoint, User
from podwright.remote.kube.http import KubeHttp
from podwright.remote.kube.mirror_watch import MirrorWatch
from podwright.remote.kube.proxy import choose_proxy
from podwright.remote.kube.request import Request

LIST = Request("list", "pods", "/api/v1/pods")
GET = Request("get", "pods", "/api/v1/namespaces/default/pods/web-n1")
WATCH = Request("watch", "pods", "/api/v1/pods")
#: a watch that says nothing for 20 s
IDLE_WATCH = Request(
    "watch",
    "pods",
    "/api/v1/pods",
    (("watch", "1"), ("resourceVersion", "999999"), ("timeoutSeconds", "20")),
)


def trusted(api: ApiServer, **more: object) -> Endpoint:
    """The server as a kubeconfig with its authority names it."""
    return Endpoint(**{"server": api.url, "ca_pem": api.authority.pem, **more})


def client(endpoint: Endpoint, user: User | None = None, timeout: float = 60.0, source=None) -> KubeHttp:
    access = Access(endpoint, user or User(), "context `lab` of `config`")
    source = source or credential_source(access, {}, terminal=False)
    return KubeHttp(access, source, choose_proxy(endpoint, {}), timeout)


def ask(endpoint: Endpoint, user: User | None = None, timeout: float = 60.0) -> Mapping[str, object]:
    http = client(endpoint, user, timeout)
    try:
        return http.get(LIST)
    finally:
        http.close()


def until(watch: MirrorWatch, condition: Callable[[], object], timeout: float = 60.0) -> None:
    """Wait for the condition."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"not in time; trouble: {watch.trouble!r}, pods: {watch.pods()}"
        time.sleep(0.005)
