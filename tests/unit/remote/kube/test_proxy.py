"""Which proxy: the rules of Go's httpproxy, as a table."""

from __future__ import annotations

import pytest

from podwright.errors import KubeconfigError
from podwright.remote.kube.cluster_access import Endpoint
from podwright.remote.kube.proxy import choose_proxy, read_proxy, server_address
from podwright.secret import Secret


def test_the_kubeconfig_beats_the_environment_even_for_loopback():
    environ = {"HTTPS_PROXY": "http://env:1", "NO_PROXY": "*"}
    chosen = choose_proxy(Endpoint("https://127.0.0.1:6443", proxy_url=Secret("http://mine:3128")), environ)
    assert str(chosen) == "mine:3128"


@pytest.mark.parametrize(
    ("server", "environ", "chosen"),
    [
        ("https://h:6443", {}, "None"),
        ("https://h:6443", {"HTTPS_PROXY": "http://p:1"}, "p:1"),
        ("https://h:6443", {"https_proxy": "p"}, "p:80"),
        ("https://h:6443", {"https_proxy": "https://p"}, "p:443"),
        ("https://h:6443", {"HTTPS_PROXY": "http://up:1", "https_proxy": "http://low:1"}, "up:1"),
        ("https://h:6443", {"HTTPS_PROXY": "http://p:1", "no_proxy": "h"}, "None"),
        ("https://h:6443", {"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}, "None"),
        ("http://h:6443", {"HTTP_PROXY": "http://p:1"}, "p:1"),
        ("http://h:6443", {"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, "None"),
    ],
)
def test_the_environment(server, environ, chosen):
    assert str(choose_proxy(Endpoint(server), environ)) == chosen


def test_a_proxy_s_password_is_sent_and_never_shown():
    proxy = read_proxy("https://us%40er:p%3Aw@proxy", "x")
    assert proxy.authorization.reveal() == "Basic dXNAZXI6cDp3"
    assert (proxy.host, proxy.port, proxy.tls) == ("proxy", 443, True)
    assert "dXN" not in repr(proxy)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("socks5://u:PASS@p:1080", "SOCKS"),
        ("socks5h://p", "SOCKS"),
        ("ftp://u:PASS@p", "not an http or https URL"),
        ("http://", "not an http or https URL"),
        ("http://u:PASS@p:x", "not a URL"),
    ],
)
def test_other_kinds_are_refused_by_source(url, message):
    with pytest.raises(KubeconfigError, match=message) as caught:
        choose_proxy(Endpoint("https://h", proxy_url=Secret(url)), {})
    assert caught.value.message.startswith("`proxy-url` of the kubeconfig")
    assert "PASS" not in caught.value.message


def test_a_server_s_address():
    assert server_address("https://[::1]/x") == ("::1", 443, True)
    assert server_address("http://h:8001") == ("h", 8001, False)
