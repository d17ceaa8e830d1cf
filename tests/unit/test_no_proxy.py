"""Which hosts NO_PROXY exempts, as Go reads it."""

from __future__ import annotations

import pytest

from podwright.no_proxy import bypasses


@pytest.mark.parametrize(
    ("host", "no_proxy", "direct"),
    [
        ("api.example.com", "", False),
        ("api.example.com", "*", True),
        ("api.example.com", "example.com", True),
        ("example.com", "example.com", True),
        ("notexample.com", "example.com", False),
        ("api.example.com", ".example.com", True),
        ("example.com", ".example.com", False),
        ("api.example.com", "*.example.com", True),
        ("API.Example.com", "other, EXAMPLE.COM ", True),
        ("api.example.com", "example.com:6443", True),
        ("api.example.com", "example.com:443", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8,,nonsense/99", False),
        ("api.example.com", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:6443", True),
        ("fd00::1", "[fd00::1]:6443", True),
        ("fd00::1", "fd00::/8", True),
        ("localhost", "", True),
        ("127.0.0.1", "", True),
        ("::1", "", True),
    ],
)
def test_no_proxy(host, no_proxy, direct):
    assert bypasses(host, 6443, no_proxy) is direct
