"""Chooses the proxy: `proxy-url`, otherwise HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go reads them.

The rules are those of Go's `golang.org/x/net/http/httpproxy`, which client-go uses.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from podwright.errors import KubeconfigError
from podwright.no_proxy import bypasses
from podwright.remote.kube.cluster_access import Endpoint
from podwright.secret import Secret

_PORTS = {"http": 80, "https": 443}


class Proxy(Struct, frozen=True):
    """An HTTP proxy, itself reached over TLS if `tls`; `authorization` is the header's value."""

    host: str
    port: int
    tls: bool
    authorization: Secret | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def server_address(server: str) -> tuple[str, int, bool]:
    """Host, port and whether TLS, of a server's URL."""
    parts = urlsplit(server)
    return parts.hostname or "", parts.port or _PORTS[parts.scheme], parts.scheme == "https"


def choose_proxy(endpoint: Endpoint, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy to go through, if any; raises KubeconfigError for an unsupported kind."""
    if endpoint.proxy_url is not None:
        return read_proxy(endpoint.proxy_url.reveal(), "`proxy-url` of the kubeconfig")
    host, port, tls = server_address(endpoint.server)
    name, value = _from_environment(environ, "HTTPS_PROXY" if tls else "HTTP_PROXY")
    if not value or bypasses(host, port, _from_environment(environ, "NO_PROXY")[1]):
        return None
    return read_proxy(value, f"`{name}` of the environment")


def read_proxy(url: str, source: str) -> Proxy:
    """Read a proxy's URL; its text never gets into an error, as it may hold a password."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise KubeconfigError(f"{source} is not a URL", "write it as http://proxy.example:3128") from None
    if parts.scheme in {"socks5", "socks5h", "socks4"}:
        raise KubeconfigError(
            f"{source} names a SOCKS proxy, which is not supported",
            "use an http or https proxy, or `ssh -L` to the API server",
        )
    if parts.scheme not in _PORTS or not host:
        raise KubeconfigError(
            f"{source} is not an http or https URL", "write it as http://proxy.example:3128"
        )
    return Proxy(
        host, port or _PORTS[parts.scheme], parts.scheme == "https", _basic(parts.username, parts.password)
    )


def _from_environment(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    for candidate in (name, name.lower()):
        if environ.get(candidate):
            # Go's net/http: a CGI script's HTTP_PROXY may come from a request's header `Proxy`
            if candidate == "HTTP_PROXY" and environ.get("REQUEST_METHOD"):
                continue
            return candidate, environ[candidate]
    return name, ""


def _basic(username: str | None, password: str | None) -> Secret | None:
    if username is None:
        return None
    pair = f"{unquote(username)}:{unquote(password or '')}"
    return Secret(f"Basic {base64.b64encode(pair.encode()).decode()}")
