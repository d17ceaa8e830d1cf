"""Addresses and networks as the filters of `ansible.utils` give them."""

from __future__ import annotations

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.ip_filters import (
    ipaddr,
    ipmath,
    ipsubnet,
    ipv4,
    ipv6,
    ipwrap,
    network_in_network,
    nthhost,
    reduce_on_network,
)


@pytest.mark.parametrize(
    ("value", "query", "expected"),
    [
        ("10.0.0.1", "", "10.0.0.1"), ("10.0.0.0/8", "", "10.0.0.0/8"), ("x", "", False), ("", "", False),
        ("10.0.0.5/24", "address", "10.0.0.5"), ("10.0.0.0/24", "address", None), ("fd00::/64", "address", "fd00::"),
        ("10.0.0.5/24", "network", "10.0.0.0"), ("10.0.0.5/24", "netmask", "255.255.255.0"),
        ("10.0.0.5/24", "prefix", 24), ("10.0.0.5/24", "subnet", "10.0.0.0/24"), ("10.0.0.5/24", "size", 256),
        ("10.0.0.5/24", "1", "10.0.0.1/24"), ("10.0.0.5/24", -1, "10.0.0.255/24"), ("10.0.0.5", 3, "10.0.0.5"),
        ("10.0.0.5/24", "type", "address"), ("10.0.0.0/24", "type", "network"), ("10.0.0.5", "version", 4),
        ("10.0.0.5", "10.0.0.0/24", "10.0.0.5"), ("10.1.0.5", "10.0.0.0/24", None), ("fd00::1", "10.0.0.0/8", None),
        ("fd00::1", "wrap", "[fd00::1]"), ("fd00::1/64", "wrap", "[fd00::1]/64"), ("10.0.0.1", "wrap", "10.0.0.1"),
        ("10.0.0.0/24", "first_usable", "10.0.0.1"), ("10.0.0.0/24", "last_usable", "10.0.0.254"),
        ("10.0.0.0/30", "range_usable", "10.0.0.1-10.0.0.2"), ("10.0.0.5", "int", 167772165),
        ("10.0.0.1", "revdns", "1.0.0.10.in-addr.arpa."), ("10.0.0.1", "private", "10.0.0.1"),
        ("8.8.8.8", "public", "8.8.8.8"), ("10.0.0.1", "public", None), ("127.0.0.1", "loopback", "127.0.0.1"),
        (["10.0.0.1", "x", "fd00::1"], "", ["10.0.0.1", "fd00::1"]), ("10.0.0.0/24", "broadcast", "10.0.0.255"),
        ("10.0.0.1/31", "peer", "10.0.0.0"), ("10.0.0.0/24", "host", None), (167772161, "", "10.0.0.1"),
    ],
)  # fmt: skip
def test_an_address_is_asked(value, query, expected):
    assert ipaddr(value, query) == expected


def test_one_version_only():
    both = ["10.0.0.1", "fd00::1"]
    assert (ipv4(both), ipv6(both), ipv4("fd00::1")) == (["10.0.0.1"], ["fd00::1"], False)
    assert ipwrap([*both, "name"]) == ["10.0.0.1", "[fd00::1]", "name"]


def test_networks_hold_addresses_and_networks():
    assert (nthhost("10.0.0.0/8", 305), nthhost("10.0.0.0/30", 9), nthhost("x", 1)) == (
        "10.0.1.49",
        False,
        False,
    )
    assert ipmath("10.0.0.5/24", 10) == ipmath("10.0.0.5", 10) == "10.0.0.15"
    assert network_in_network("10.0.0.0/8", "10.1.0.0/16")
    assert not network_in_network("10.0.0.0/8", "11.0.0.1")
    assert reduce_on_network(["10.0.0.1", "11.0.0.1"], "10.0.0.0/8") == ["10.0.0.1"]


@pytest.mark.parametrize(
    ("value", "asked", "expected"),
    [
        ("192.168.144.5/16", (), "192.168.0.0/16"), ("192.168.144.5", (), "192.168.144.5/32"),
        ("192.168.0.0/16", (20,), "16"), ("192.168.0.0/16", (20, 0), "192.168.0.0/20"),
        ("192.168.0.0/16", (20, -1), "192.168.240.0/20"), ("192.168.144.5", (20,), "192.168.144.0/20"),
        ("192.168.144.16/30", ("192.168.144.0/24",), "5"), ("192.168.0.0/16", (20, 99), False), ("x", (), False),
    ],
)  # fmt: skip
def test_a_network_has_networks(value, asked, expected):
    assert ipsubnet(value, *asked) == expected


@pytest.mark.parametrize(
    "call",
    [
        lambda: ipaddr("10.0.0.1", "nonsense"),
        lambda: ipaddr("10.0.0.1", "first_usable"),
        lambda: ipaddr("10.0.0.1/24", "peer"),
        lambda: ipmath("x", 1),
        lambda: ipsubnet("10.0.0.0/16", 8),
        lambda: ipsubnet("10.0.0.0/16", "11.0.0.0/8"),
    ],
)
def test_what_cannot_be_is_an_error(call):
    with pytest.raises(ExpressionError):
        call()
