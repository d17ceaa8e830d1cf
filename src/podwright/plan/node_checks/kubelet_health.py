"""Whether the kubelet answers, where it says so, that it is healthy."""

from __future__ import annotations

from podwright.plan.facts import Facts
from podwright.plan.node_checks.check import (
    BOTH,
    Check,
    Judged,
    Severity,
    Subject,
    held,
    not_applicable,
    setting,
    unknown,
)
from podwright.plan.unknown_fact import Unknown

_HEALTHZ_PORT = 10248


def health_address(facts: Facts) -> tuple[str, int] | None:
    """Where it says whether it is healthy; None if it does not, or does not run."""
    if not facts.kubelet.running:
        return None
    port = setting(facts, "healthzPort", _HEALTHZ_PORT)
    address = setting(facts, "healthzBindAddress", "127.0.0.1")
    if isinstance(port, Unknown) or isinstance(address, Unknown):
        return ("127.0.0.1", _HEALTHZ_PORT)
    number = str(port.value)
    host = str(address.value).strip("[]")[:253]
    anywhere = host in ("", "0.0.0.0", "::")  # noqa: S104 - dialled, not bound
    if not (number.isascii() and number.isdecimal() and len(number) < 10 and 0 < int(number) < 1 << 16):
        return None
    return "127.0.0.1" if anywhere else host, int(number)


def _healthy(subject: Subject) -> Judged:
    """One that hangs has a process, and does nothing."""
    health = subject.health
    if not subject.facts.kubelet.running:
        return not_applicable("no kubelet runs")
    if health is None:
        return not_applicable("its healthzPort is 0")
    if isinstance(health.good, Unknown):
        return unknown(health.good.reason)
    hidden = isinstance(setting(subject.facts, "healthzPort", _HEALTHZ_PORT), Unknown)
    if hidden and health.closed:
        return unknown(f"it is not known where {subject.facts.kubelet.process} has its kubelet answer")
    return held(health.good, health.seen, "200 ok", f"http://{health.address}/healthz")


CHECKS = (
    Check(
        "kubelet-healthy", Severity.ERROR, BOTH, "the kubelet does not say that it is healthy",
        "one that hangs, or does not reach its runtime, starts and ends no pods", "`systemctl restart kubelet`", _healthy,
    ),
)  # fmt: skip
