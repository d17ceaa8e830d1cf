"""Which hosts NO_PROXY exempts from a proxy: the rules of Go's `golang.org/x/net/http/httpproxy`."""

from __future__ import annotations

import ipaddress


def bypasses(host: str, port: int, no_proxy: str) -> bool:
    """Whether NO_PROXY, or the host being this machine, means to go there directly."""
    if is_loopback(host):
        return True
    address = _address(host)
    return any(_matches(entry.strip().lower(), host.lower(), port, address) for entry in no_proxy.split(","))


def is_loopback(host: str) -> bool:
    """Whether the host, by name or address, is this machine."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _matches(entry: str, host: str, port: int, address: _Address | None) -> bool:
    if not entry:
        return False
    if entry == "*":
        return True
    if "/" in entry:
        return address is not None and _in_network(address, entry)
    name, wanted_port = _split_port(entry)
    if wanted_port and wanted_port != str(port):
        return False
    listed = _address(name)
    if listed is not None:
        return listed == address
    if name.startswith("*."):
        name = name[1:]
    if name.startswith("."):
        return host.endswith(name)
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _split_port(entry: str) -> tuple[str, str]:
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name, rest.removeprefix(":")
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
        return name, port
    return entry, ""


def _address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _in_network(address: _Address, entry: str) -> bool:
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
