from __future__ import annotations

import pytest

from podwright.validation.kubelet.urls import scheme_of


@pytest.mark.parametrize(
    "authority",
    [
        *("", "localhost:4317", ":4317", "a:", "a/x", "::1:4317", "[::1]:4317", "[fe80::1%25eth0]:1", "a<b>"),
        *("u:p@a:1", "dns:localhost:4317", "unix:/x", "a%25b:1", "a%c3%a4:1", "\u00e4:1", "/a b:1", "/a?%zz"),
    ],
)
def test_go_reads_a_host_with_a_port(authority: str) -> None:
    assert scheme_of(f"DNS://{authority}", 36) == "dns"


@pytest.mark.parametrize(
    "authority",
    [
        *("a b", "DNS:x", "https:x", ":x", "[::1", "[::1]x", "[fe80::1%eth0]:1", "a\\b", "a^b", "u ser@a:1"),
        *("a%20b:1", "a/%zz", "/a#%zz", "a\tb"),
    ],
)
def test_go_cannot_read_a_bad_host_port_or_escape(authority: str) -> None:
    """Source: net/url `Parse`, `parseHost`, `unescape`."""
    assert scheme_of(f"dns://{authority}", 36) is None


@pytest.mark.parametrize(
    ("url", "scheme"),
    [
        *(
            ("a/b", ""),
            ("//a:1", ""),
            ("///a b", ""),
            ("*//", ""),
            ("a//b", ""),
            ("a/b:c", ""),
            ("1a//b", ""),
        ),
        *(("localhost:4317//x", "localhost"), ("unix:/x", "unix"), ("unix:%zz", "unix"), ("a+1.-:", "a+1.-")),
        *((":://a", None), ("//a^b", None), ("1a:b", None), ("/x%zz", None), ("x%zz", None)),
    ],
)
def test_what_get_scheme_takes_for_a_scheme(url: str, scheme: str | None) -> None:
    assert scheme_of(url, 36) == scheme


@pytest.mark.parametrize("authority", ["[nope]:4317", "[1.2.3.4]:5", "x[1]", "a[::1]:1"])
def test_the_go_of_1_36_takes_nothing_but_ipv6_in_brackets(authority: str) -> None:
    """Source: net/url `parseHost`."""
    assert scheme_of(f"dns://{authority}", 36) is None
    assert scheme_of(f"dns://{authority}", 31) == "dns"
