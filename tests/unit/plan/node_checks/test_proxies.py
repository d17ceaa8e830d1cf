"""What lies in the cluster must not be reached through a proxy."""

from __future__ import annotations

from tests.fakes.machines import judged, result, subject

from podwright.plan.facts import ProxyUse
from podwright.plan.unknown_fact import Unknown

PROXY = "http://proxy.example.com:3128"


def test_without_a_proxy_there_is_nothing_to_say() -> None:
    assert [result(name, subject(proxies=())) for name in ("proxy-api", "proxy-services")] == ["n/a", "n/a"]


def test_the_api_through_a_proxy_is_told_with_both() -> None:
    on = subject(proxies=(ProxyUse("kubelet", PROXY, "", "192.0.2.7:6443"),))
    assert result("proxy-api", on) == "fail"
    assert judged("proxy-api", on).seen == f"kubelet reaches 192.0.2.7:6443 through {PROXY}"
    assert result("proxy-services", on) == "pass"


def test_a_runtime_asks_no_api_but_may_pull_from_a_service() -> None:
    on = subject(proxies=(ProxyUse("containerd", PROXY, "", "192.0.2.7:6443", ("10.96.0.10",)),))
    assert (result("proxy-api", on), result("proxy-services", on)) == ("n/a", "fail")


def test_what_only_root_sees_is_unknown() -> None:
    assert result("proxy-api", subject(proxies=Unknown("only root sees it"))) == "unknown"
