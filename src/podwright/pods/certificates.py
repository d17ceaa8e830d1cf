"""Where a pod's text says that certificates are: paths of the host that it mounts, and ports at which it serves TLS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

#: authorities that a machine trusts, which others renew
_TRUST = (
    "/etc/ssl",
    "/etc/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/etc/pki",
)
LOOPBACK = "127.0.0.1"


def mounted_paths(document: Mapping[str, object]) -> tuple[str, ...]:
    """Absolute paths of the host, each once, without those of no certificates of its own."""
    spec = _map(document.get("spec"))
    found = (_map(volume.get("hostPath")).get("path") for volume in _list(spec.get("volumes")))
    return tuple(dict.fromkeys(path for path in found if isinstance(path, str) and _may_hold(path)))


def _may_hold(path: str) -> bool:
    in_trust = any(path == one or path.startswith(f"{one}/") for one in _TRUST)
    return path.startswith("/") and path.isprintable() and path.strip("/") != "" and not in_trust


def tls_ports(document: Mapping[str, object]) -> tuple[tuple[str, int], ...]:
    """Addresses at which the node's own network serves TLS, as the kubelet's probes know them: of `hostNetwork` alone."""
    spec = _map(document.get("spec"))
    if spec.get("hostNetwork") is not True:
        return ()
    found = (address for container in _list(spec.get("containers")) for address in _probed(container))
    return tuple(dict.fromkeys(found))


def _probed(container: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    ports = {port.get("name"): port.get("containerPort") for port in _list(container.get("ports"))}
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        get = _map(_map(container.get(kind)).get("httpGet"))
        named = get.get("port")
        port = ports.get(named) if isinstance(named, str) else named
        host = get.get("host") or LOOPBACK
        if get.get("scheme") == "HTTPS" and isinstance(port, int) and isinstance(host, str):
            yield host, port


def _list(value: object) -> Iterator[Mapping[str, object]]:
    return map(_map, value if isinstance(value, list | tuple) else ())


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
