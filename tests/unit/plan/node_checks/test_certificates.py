"""Certificates that end soon: those of authorities need more time."""

from __future__ import annotations

import pytest
from tests.fakes.machines import DAY, judged, kubelet, result, subject

from podwright.plan.facts import Certificate
from podwright.plan.unknown_fact import Known, Unknown


def ending(days: float, *, authority: bool = False) -> tuple[Certificate, ...]:
    far = Certificate("/far.crt", "", "2040-01-01T00:00:00Z", 5_000 * DAY, authority)
    return (far, Certificate("/soon.crt", "", "2026-12-01T00:00:00Z", int(days * DAY), authority))


@pytest.mark.parametrize(("days", "expected"), [(31, "pass"), (29, "warn"), (6.9, "fail"), (-3, "fail")])
def test_the_first_to_end_counts(days: float, expected: str) -> None:
    assert result("certificate-expiry", subject(certificates=ending(days))) == expected


@pytest.mark.parametrize(("days", "expected"), [(181, "pass"), (179, "warn"), (3, "fail")])
def test_an_authority_needs_half_a_year(days: float, expected: str) -> None:
    found = judged("authority-expiry", subject(certificates=ending(days, authority=True)))
    assert (found.result.value, found.source) == (expected, "/soon.crt")


def test_none_is_not_applicable() -> None:
    assert result("authority-expiry", subject(certificates=())) == "n/a"


@pytest.mark.parametrize(
    ("linked", "expected"), [(True, "pass"), (False, "fail"), (Unknown("the login sees none"), "unknown")]
)
def test_a_client_certificate_that_is_a_file_cannot_be_renewed(linked: Known[bool], expected: str) -> None:
    state = kubelet(certificate_is_link=linked)
    assert result("kubelet-certificate-link", subject(kubelet=state)) == expected
    standalone = kubelet(certificate_is_link=linked, standalone=True)
    assert result("kubelet-certificate-link", subject(kubelet=standalone)) == "n/a"
