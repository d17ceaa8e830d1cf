"""Checks of certificates that are about to expire."""

from __future__ import annotations

from collections.abc import Callable

from podwright.plan.facts import Certificate
from podwright.plan.node_checks.check import (
    BOTH,
    Check,
    Judged,
    Result,
    Severity,
    Subject,
    known,
    not_applicable,
)

_DAY = 86_400
#: days: a year's certificate is renewed by hand or by an update, an authority's needs a plan
_SOON, _TOO_SOON, _AUTHORITY = 30, 7, 180
_OF_KUBELET = "/kubelet-client-current.pem"


def _first_to_end(
    chosen: Callable[[Certificate], bool], warns: int, fails: int
) -> Callable[[Subject], Judged]:
    def judge(found: tuple[Certificate, ...]) -> Judged:
        ending = sorted((one for one in found if chosen(one)), key=lambda one: one.seconds_left)
        if not ending:
            return not_applicable("it has none")
        first = ending[0]
        days = first.seconds_left / _DAY
        result = Result.FAIL if days < fails else Result.WARN if days < warns else Result.PASS
        paths = [one.path for one in ending if one.seconds_left / _DAY < warns] or [first.path]
        return Judged(
            result, f"{', '.join(paths)}: until {first.not_after}", f"valid for {warns} days", first.path
        )

    return lambda subject: known(subject.facts.certificates, judge)


CHECKS = (
    Check(
        "certificate-expiry", Severity.ERROR, BOTH, "a certificate has expired or soon will",
        "whoever shows it is refused", "`kubeadm certs renew all`, then restart what uses them",
        _first_to_end(lambda one: not one.authority and not one.path.endswith(_OF_KUBELET), _SOON, _TOO_SOON),
    ),
    Check(
        "authority-expiry", Severity.ERROR, BOTH, "the certificate of an authority has expired or soon will",
        "with it all that it signed is refused, and to replace it takes two rollouts", "plan its rotation",
        _first_to_end(lambda one: one.authority, _AUTHORITY, _TOO_SOON),
    ),
)  # fmt: skip
