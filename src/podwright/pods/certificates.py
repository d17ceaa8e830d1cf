"""Where a pod's text says that certificates are: paths of the host that it mounts, and ports at which it serves TLS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from msgspec import Struct

from podwright.lazy_pattern import lazy_pattern

#: authorities that a machine trusts, which others renew
_TRUST = (
    "/etc/ssl",
    "/etc/ca-certificates",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
    "/etc/pki",
)
LOOPBACK = "127.0.0.1"
#: of one pod; each costs a connection
MOST_PORTS = 8
_HTTPS = lazy_pattern(r"https://(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):([0-9]{1,5})/?")
#: if no `--secure-port` is given
_SECURE_PORTS = {"kube-apiserver": "6443", "kube-controller-manager": "10257", "kube-scheduler": "10259"}


def mounted_paths(document: Mapping[str, object]) -> tuple[str, ...]:
    """Absolute paths of the host, each once, without those of no certificates of its own."""
    spec = _map(document.get("spec"))
    found = (_map(volume.get("hostPath")).get("path") for volume in _list(spec.get("volumes")))
    return tuple(dict.fromkeys(path for path in found if isinstance(path, str) and _may_hold(path)))


def _may_hold(path: str) -> bool:
    in_trust = any(path == one or path.startswith(f"{one}/") for one in _TRUST)
    return path.startswith("/") and path.isprintable() and path.strip("/") != "" and not in_trust


class TlsPort(Struct, frozen=True):
    """An address at which a pod serves TLS on the node's own network; it may, if that is not `sure`.

    `named` is the certificate that its arguments name, as its container sees it, `file` the same on the host. Both are empty
    if nothing names one, `file` alone if it is not a file of the host.
    """

    host: str
    port: int
    sure: bool = True
    named: str = ""
    file: str = ""


def tls_ports(document: Mapping[str, object]) -> tuple[TlsPort, ...]:
    """As a control plane's arguments tell, then HTTPS probes, then ports that may speak anything: of `hostNetwork` alone."""
    spec = _map(document.get("spec"))
    if spec.get("hostNetwork") is not True:
        return ()
    folders = {
        volume.get("name"): _map(volume.get("hostPath")).get("path") for volume in _list(spec.get("volumes"))
    }
    containers = tuple(_list(spec.get("containers")))
    found = chain(
        (port for container in containers for port in _by_arguments(container, folders)),
        (port for container in containers for port in _probed(container)),
        (port for container in containers for port in _declared(container)),
    )
    first: dict[int, TlsPort] = {}
    for port in found:
        if 0 < port.port < 65_536 and len(first) < MOST_PORTS:
            first.setdefault(port.port, port)
    return tuple(first.values())


def _by_arguments(container: Mapping[str, object], folders: Mapping[object, object]) -> Iterator[TlsPort]:
    """Of the API server and its like, and of etcd: both name the certificate, and where they listen."""
    flags = _flags(container)
    for option, urls in (("cert-file", "listen-client-urls"), ("peer-cert-file", "listen-peer-urls")):
        for url in flags.get(urls, "").split(",") if flags.get(option) else ():
            if address := _HTTPS.fullmatch(url.strip()):
                yield _at(address[1].strip("[]"), int(address[2]), flags[option], container, folders)
    port = flags.get("secure-port", _SECURE_PORTS.get(flags[""], ""))
    if flags.get("tls-cert-file") and port.isascii() and port.isdecimal() and len(port) < 6:
        yield _at(flags.get("bind-address", ""), int(port), flags["tls-cert-file"], container, folders)


def _at(
    host: str, port: int, named: str, container: Mapping[str, object], folders: Mapping[object, object]
) -> TlsPort:
    everywhere = host in ("", "0.0.0.0", "::")  # noqa: S104 - it is only read
    return TlsPort(
        LOOPBACK if everywhere else host, port, named=named, file=_on_host(named, container, folders)
    )


def _flags(container: Mapping[str, object]) -> dict[str, str]:
    """`--name=value` and `--name value`; the program's own name under ``."""
    given = (container.get(key) for key in ("command", "args"))
    words = [
        word for part in given if isinstance(part, list | tuple) for word in part if isinstance(word, str)
    ]
    flags = {"": words[0].rpartition("/")[2] if words else ""}
    for word, following in zip(words, [*words[1:], ""], strict=False):
        name, equals, value = word.removeprefix("--").partition("=")
        if word.startswith("--"):
            flags[name] = value if equals else following
    return flags


def _on_host(path: str, container: Mapping[str, object], folders: Mapping[object, object]) -> str:
    """The file of the host that a container sees at `path`; empty if none of the host's is mounted there."""
    best, found = "", ""
    for mount in _list(container.get("volumeMounts")):
        inside, folder = mount.get("mountPath"), folders.get(mount.get("name"))
        if not isinstance(inside, str) or not isinstance(folder, str) or mount.get("subPath"):
            continue
        inside = inside.rstrip("/")
        if (path == inside or path.startswith(f"{inside}/")) and len(inside) >= len(best):
            best, found = inside, folder.rstrip("/") + path[len(inside) :]
    return found if found.isprintable() else ""


def _probed(container: Mapping[str, object]) -> Iterator[TlsPort]:
    ports = {port.get("name"): port.get("containerPort") for port in _list(container.get("ports"))}
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        get = _map(_map(container.get(kind)).get("httpGet"))
        named = get.get("port")
        port = ports.get(named) if isinstance(named, str) else named
        host = get.get("host") or LOOPBACK
        if get.get("scheme") == "HTTPS" and isinstance(port, int) and isinstance(host, str):
            yield TlsPort(host, port)


def _declared(container: Mapping[str, object]) -> Iterator[TlsPort]:
    for entry in _list(container.get("ports")):
        port, host = entry.get("containerPort"), entry.get("hostIP") or LOOPBACK
        if isinstance(port, int) and isinstance(host, str) and entry.get("protocol") in (None, "TCP"):
            yield TlsPort(LOOPBACK if host == "0.0.0.0" else host, port, sure=False)  # noqa: S104 - as above


def _list(value: object) -> Iterator[Mapping[str, object]]:
    return map(_map, value if isinstance(value, list | tuple) else ())


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
