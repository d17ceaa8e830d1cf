"""Checks of proxies: what lies in the cluster must not be reached through one."""

from __future__ import annotations

from collections.abc import Callable

from podwright.plan.facts import ProxyUse
from podwright.plan.node_checks.check import (
    BOTH,
    Check,
    Judged,
    Severity,
    Subject,
    held,
    known,
    not_applicable,
)

_MEND = "name it in NO_PROXY of the unit, `systemctl daemon-reload`, and restart the unit"
_PROVISION = "services: {NAME: {drop_in: [TEXT]}}"


def _direct(
    through: Callable[[ProxyUse], tuple[str, ...]], *, kubelet_alone: bool
) -> Callable[[Subject], Judged]:
    def judge(found: tuple[ProxyUse, ...]) -> Judged:
        uses = [one for one in found if one.process == "kubelet" or not kubelet_alone]
        if not uses:
            return not_applicable("it is told of no proxy")
        wrong = [(one, through(one)) for one in uses if through(one)]
        seen = "; ".join(
            f"{one.process} reaches {', '.join(names)} through {one.proxy}" for one, names in wrong
        )
        processes = ", ".join(dict.fromkeys(one.process for one, _ in wrong)) or "its processes"
        return held(not wrong, seen or "without a proxy", "named in NO_PROXY", f"environment of {processes}")

    return lambda subject: known(subject.facts.proxies, judge)


CHECKS = (
    Check(
        "proxy-api", Severity.WARNING, BOTH, "the kubelet reaches the API through a proxy",
        "while the proxy is down the node is not ready, and its pods are evicted", _MEND,
        _direct(lambda one: (one.api,) if one.api else (), kubelet_alone=True), _PROVISION,
    ),
    Check(
        "proxy-services", Severity.WARNING, BOTH, "addresses of services are reached through a proxy",
        "the proxy knows no way to them", _MEND, _direct(lambda one: one.services, kubelet_alone=False), _PROVISION,
    ),
)  # fmt: skip
