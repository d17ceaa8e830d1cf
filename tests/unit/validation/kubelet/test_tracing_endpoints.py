from __future__ import annotations

import pytest

from podwright.validation.kubelet.tracing_endpoints import wrong_tracing_endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        *(
            "",
            "localhost:4317",
            ":4317",
            "a:",
            "a/x",
            "::1:4317",
            "[::1]:4317",
            "[fe80::1%25eth0]:1",
            "a<b>",
            "u:p@a:1",
        ),
        *(
            "dns:localhost:4317",
            "dns://127.0.0.1:53/localhost:4317",
            "DNS://a:1",
            "unix:/x",
            "unix:///tmp/x",
            "unix://a/b",
        ),
        *("unix-abstract:x//y", "a%25b:1", "a%c3%a4:1", "\u00e4:1", "dns:///a b:1", "dns:///a?%zz"),
    ],
)
def test_what_validate_endpoint_takes(endpoint: str) -> None:
    assert wrong_tracing_endpoint(endpoint, 36) == ""


@pytest.mark.parametrize(
    "endpoint",
    [
        *("a b", "DNS:x", "https:x", ":x", "[::1", "[::1]x", "[fe80::1%eth0]:1", "a\\b", "a^b", "u ser@a:1"),
        *("a%20b:1", "dns://a b", "dns://a/%zz", "dns:///a#%zz", "a\tb"),
        *(":://a", "//a^b"),
    ],
)
def test_go_cannot_parse_a_bad_host_port_or_escape(endpoint: str) -> None:
    """Source: net/url `Parse`, `parseHost`, `unescape`."""
    assert wrong_tracing_endpoint(endpoint, 36)


@pytest.mark.parametrize(
    "endpoint", ["http://a:1", "//a:1", "a//b", "localhost:4317//x", "xds:///a", "///a", "*//"]
)
def test_validate_endpoint_knows_three_schemes(endpoint: str) -> None:
    assert "but must be an address" in wrong_tracing_endpoint(endpoint, 36)


@pytest.mark.parametrize("endpoint", ["[nope]:4317", "[1.2.3.4]:5", "x[1]", "a[::1]:1"])
def test_the_go_of_1_36_takes_nothing_but_ipv6_in_brackets(endpoint: str) -> None:
    """Source: net/url `parseHost`."""
    assert wrong_tracing_endpoint(endpoint, 36)
    assert not wrong_tracing_endpoint(endpoint, 31)
