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
    held,
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


def _link(subject: Subject) -> Judged:
    if subject.facts.kubelet.standalone is True:
        return not_applicable("it asks no API")
    return known(
        subject.facts.kubelet.certificate_is_link,
        lambda linked: held(linked, "a link" if linked else "a file", "a link", "kubelet-client-current.pem"),
    )


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
    Check(
        "kubelet-certificate-link", Severity.WARNING, BOTH, "the kubelet's current client certificate is not a link",
        "a kubelet that renews it refuses to replace a file, and is locked out when it expires",
        "move it to kubelet-client-DATE.pem, and link kubelet-client-current.pem to that", _link,
    ),
)  # fmt: skip
