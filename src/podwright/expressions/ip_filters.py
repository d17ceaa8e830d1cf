"""The filters of `ansible.utils` on addresses and networks, by the standard library; False for what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface, ip_network

from podwright.expressions.errors import ExpressionError
from podwright.expressions.plain_values import plain

Interface = IPv4Interface | IPv6Interface
#: of the interface, and whether it was written with its prefix
Query = Callable[[Interface, bool], object]


def ipaddr(value: object, query: object = "", version: int | None = None) -> object:
    """Return what `query` asks of an address or a network; of a list, of those items that have it."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [found for found in (ipaddr(item, query, version) for item in value) if found]
    interface = _interface(value, version)
    if interface is None or (version and interface.version != version):
        return False
    with_prefix = "/" in str(value)
    query = str(plain(query))
    if query in _QUERIES:
        found = _QUERIES[query](interface, with_prefix)
        return value if found is _AS_IT_IS else found
    if query.lstrip("-").isdigit():
        return _nth_with_prefix(interface, int(query), with_prefix)
    try:
        return value if interface.network.subnet_of(ip_network(query, strict=False)) else None  # type: ignore[arg-type]
    except TypeError:
        return None  # of the other version
    except ValueError as error:
        raise ExpressionError(
            f"`ipaddr` knows no `{query[:60]}`", f"there are {', '.join(_QUERIES)}"
        ) from error


def ipv4(value: object, query: object = "") -> object:
    return ipaddr(value, query, 4)


def ipv6(value: object, query: object = "") -> object:
    return ipaddr(value, query, 6)


def ipwrap(value: object, query: object = "") -> object:
    """IPv6 addresses in brackets, and everything else as it is."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [ipwrap(item, query) for item in value]
    found = ipaddr(value, query)
    return ipaddr(found, "wrap") if found else value


def nthhost(value: object, query: object = "") -> object:
    interface = _interface(value)
    if interface is None or query == "":
        return False
    network, nth = interface.network, int(str(query))
    return str(network[nth]) if nth < network.num_addresses else False


def ipmath(value: str, amount: int) -> str:
    interface = _interface(value)
    if interface is None:
        raise ExpressionError("`ipmath` was given no address")
    return str(interface.ip + amount)


def ipsubnet(value: object, query: object = "", index: object = None) -> object:
    """The network of a value; how many networks of a prefix are in it; one of those, by its index."""
    interface = _interface(value)
    if interface is None:
        return False
    network = interface.network
    if query == "":
        return str(network)
    if not str(query).isdigit():
        return _rank(interface, str(query))
    prefix = int(str(query))
    if prefix > network.max_prefixlen:
        return False
    if prefix < network.prefixlen:
        if network.num_addresses > 1:
            raise ExpressionError(
                f"`ipsubnet`: no network of /{prefix} is within one of /{network.prefixlen}"
            )
        wider = int(str(index or 0))
        return str(
            network.supernet(new_prefix=prefix + wider if wider >= 0 else network.max_prefixlen + wider)
        )
    count = 1 << (prefix - network.prefixlen)
    if index is None:
        return str(count)
    nth = int(str(index)) % count if -count <= int(str(index)) < count else None
    return False if nth is None else f"{network[nth << (network.max_prefixlen - prefix)]}/{prefix}"


def _rank(interface: Interface, query: str) -> str:
    """Which of the networks of this size within `query` it is, from 1."""
    within = _interface(query)
    if within is None or within.version != interface.version or interface.ip not in within.network:
        raise ExpressionError("`ipsubnet` was given a network that does not hold this one")
    size = interface.network.num_addresses
    first = int(interface.network.network_address) - int(within.network.network_address)
    return str(first // size + 1)


def network_in_network(value: object, test: object) -> bool:
    outer, inner = _interface(value), _interface(test)
    if outer is None or inner is None or outer.version != inner.version:
        return False
    return inner.network.subnet_of(outer.network)  # type: ignore[arg-type]


def reduce_on_network(values: Iterable[object], network: object) -> list[object]:
    return [value for value in values if network_in_network(network, value)]


_AS_IT_IS = object()


def _interface(value: object, version: int | None = None) -> Interface | None:
    text = str(plain(value))
    if not value or value is True:
        return None
    try:
        if text.isdigit():
            return ip_interface(ip_address(int(text))) if version != 6 else IPv6Interface(int(text))
        return ip_interface(text)
    except ValueError:
        return None


def _nth_with_prefix(interface: Interface, nth: int, with_prefix: bool) -> object:
    network = interface.network
    if network.num_addresses == 1:
        return str(interface) if with_prefix else str(interface.ip)
    try:
        return f"{network[nth]}/{network.prefixlen}"
    except IndexError:
        return False


def _host(interface: Interface, _with_prefix: bool) -> object:
    is_host = interface.network.num_addresses == 1 or interface.ip != interface.network.network_address
    return str(interface) if is_host else None


def _usable(interface: Interface) -> tuple[int, int] | None:
    """The first and the last address that a host can have, counted from the network's own."""
    size = interface.network.num_addresses
    return None if size == 1 else (0, 1) if size == 2 else (1, size - 2)


def _usable_end(end: int) -> Query:
    def asked(interface: Interface, with_prefix: bool) -> object:
        usable = _network_only(interface, with_prefix)
        return str(interface.network[usable[end]]) if usable else None

    return asked


def _network_only(interface: Interface, with_prefix: bool) -> tuple[int, int] | None:
    if not with_prefix:
        raise ExpressionError(
            "`ipaddr` was asked for a part of a network, of an address", "give it with its prefix"
        )
    return _usable(interface)


def _range(interface: Interface, with_prefix: bool) -> object:
    usable = _network_only(interface, with_prefix)
    return "-".join(str(interface.network[end]) for end in usable) if usable else None


def _is_address(interface: Interface) -> bool:
    # the first address of a network may be a host's in IPv6, and of two addresses both are
    network = interface.network
    return network.num_addresses <= 2 or interface.version == 6 or interface.ip != network.network_address


def _peer(interface: Interface, _with_prefix: bool) -> object:
    size = interface.network.num_addresses
    if size not in (2, 4) or (size == 4 and not _host(interface, True)):
        raise ExpressionError("`ipaddr`: only an address of a /30 or /31 has a peer")
    return str(interface.network[(int(interface.ip) & (size - 1)) ^ (size - 1)])


def _wrap(interface: Interface, with_prefix: bool) -> object:
    if interface.version == 4:
        return _AS_IT_IS
    return f"[{interface.ip}]" + (f"/{interface.network.prefixlen}" if with_prefix else "")


def _that(holds: Callable[[Interface], bool]) -> Query:
    return lambda interface, _: _AS_IT_IS if holds(interface) else None


def _ip(interface: Interface, _with_prefix: bool) -> object:
    return str(interface.ip) if _is_address(interface) else None


def _to_v4(interface: Interface, _with_prefix: bool) -> object:
    if interface.version == 4:
        return _AS_IT_IS
    mapped = interface.ip.ipv4_mapped
    return f"{mapped}/{interface.network.prefixlen - 96}" if mapped else False


def _to_v6(interface: Interface, _with_prefix: bool) -> object:
    if interface.version == 6:
        return _AS_IT_IS
    return f"::ffff:{interface.ip}/{interface.network.prefixlen + 96}"


def _address_prefix(interface: Interface, _with_prefix: bool) -> object:
    network = interface.network
    edges = (network.network_address, network.broadcast_address)
    return False if network.num_addresses > 2 and interface.ip in edges else str(interface)


_QUERIES: dict[str, Query] = {
    "": lambda interface, with_prefix: str(interface) if with_prefix else str(interface.ip),
    **dict.fromkeys(("address", "ip"), _ip),
    **dict.fromkeys(("address/prefix", "gateway", "gw", "host/prefix", "hostnet", "router"), _address_prefix),
    "bool": lambda _, __: True,
    "broadcast": lambda interface, _: (
        str(interface.network.broadcast_address) if interface.network.num_addresses > 2 else None
    ),
    "cidr": lambda interface, _: str(interface),
    "first_usable": _usable_end(0),
    "last_usable": _usable_end(1),
    "range_usable": _range,
    "host": _host,
    **dict.fromkeys(("hostmask", "wildcard"), lambda interface, _: str(interface.hostmask)),
    "int": lambda interface, with_prefix: (
        f"{int(interface.ip)}/{interface.network.prefixlen}" if with_prefix else int(interface.ip)
    ),
    "ip/prefix": lambda interface, _: (
        str(interface) if interface.network.num_addresses > 1 and _host(interface, True) else None
    ),
    **dict.fromkeys(("ipv4", "v4"), _to_v4),
    **dict.fromkeys(("ipv6", "v6"), _to_v6),
    "link-local": _that(lambda interface: interface.ip.is_link_local),
    **dict.fromkeys(("lo", "loopback"), _that(lambda interface: interface.ip.is_loopback)),
    "multicast": _that(lambda interface: interface.ip.is_multicast),
    "unicast": _that(lambda interface: not interface.ip.is_multicast),
    "net": lambda interface, _: (
        str(interface) if interface.network.num_addresses > 1 and not _host(interface, True) else None
    ),
    "netmask": lambda interface, _: str(interface.netmask),
    **dict.fromkeys(("network", "network_id"), lambda interface, _: str(interface.network.network_address)),
    **dict.fromkeys(("subnet", "network/prefix"), lambda interface, _: str(interface.network)),
    "network_netmask": lambda interface, _: f"{interface.network.network_address} {interface.netmask}",
    "network_wildcard": lambda interface, _: f"{interface.network.network_address} {interface.hostmask}",
    "peer": _peer,
    "prefix": lambda interface, _: interface.network.prefixlen,
    "private": _that(lambda interface: not interface.ip.is_global),
    "public": _that(lambda interface: interface.ip.is_global and not interface.ip.is_multicast),
    "revdns": lambda interface, _: f"{interface.ip.reverse_pointer}.",
    "size": lambda interface, _: interface.network.num_addresses,
    "size_usable": lambda interface, _: (
        size if (size := interface.network.num_addresses) == 2 else max(size - 2, 0)
    ),
    "type": lambda interface, _: "address" if _host(interface, True) else "network",
    "version": lambda interface, _: interface.version,
    "wrap": _wrap,
}  # fmt: skip

FILTERS: dict[str, Callable[..., object]] = {
    "ipaddr": ipaddr,
    "ipmath": ipmath,
    "ipsubnet": ipsubnet,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "ipwrap": ipwrap,
    "network_in_network": network_in_network,
    "nthhost": nthhost,
    "reduce_on_network": reduce_on_network,
}
