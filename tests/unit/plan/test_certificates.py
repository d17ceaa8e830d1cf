"""Certificates that end, and those that a pod has not taken up."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace

from podwright.plan.certificates import DAY_SECONDS, NodeCertificate, Served, certificate_drift

NOW = 1_000_000_000.0
HERE = NodeCertificate("/pki/web.crt", "CN=web", "CN=ca", NOW - 10, NOW + 300 * DAY_SECONDS, "new")
BEFORE = replace(HERE, path="", begins=NOW - 1000, sha256="old")


def found(mounted, *served) -> list[tuple[str, str, str]]:
    answers = [Served(6443, one) for one in served]
    return [
        (one.drift.value, one.subject, one.detail)
        for one in certificate_drift("n1", "web.yaml", mounted, answers, NOW)
    ]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (31, []),
        (29.5, [("certificate-expiring", "/pki/web.crt", "the certificate of `CN=web` ends in 29 days")]),
        (-1.5, [("certificate-expired", "/pki/web.crt", "the certificate of `CN=web` ended 1 day ago")]),
    ],
)
def test_a_certificate_that_ends_soon_or_has_ended(days, expected) -> None:
    assert found([replace(HERE, ends=NOW + days * DAY_SECONDS)]) == expected


def test_one_that_was_renewed_while_the_one_before_is_served() -> None:
    stale = (
        "certificate-stale",
        "/pki/web.crt",
        "port 6443 still serves the certificate of `CN=web` that this one replaced",
    )
    assert found([HERE], BEFORE) == [stale]


@pytest.mark.parametrize(
    "served",
    [
        replace(HERE, path=""),  # the very one
        replace(BEFORE, subject="CN=localhost"),  # of the program's own
        replace(BEFORE, issuer="CN=localhost-ca"),
        replace(BEFORE, begins=NOW),  # newer than what lies there
    ],
)
def test_whatever_else_is_served_is_nothing_to_tell(served) -> None:
    assert found([HERE], served) == []


def test_if_the_file_is_known_that_is_to_be_served_whatever_newer_lies_in_it_is_stale() -> None:
    authority = replace(HERE, subject="CN=ca", sha256="ca", begins=NOW - 1)
    other = replace(BEFORE, subject="CN=web.old")

    def stale(*mounted: NodeCertificate) -> list[str]:
        served = (Served(6443, other, HERE.path),)
        return [one.drift.value for one in certificate_drift("n1", "web.yaml", mounted, served, NOW)]

    assert stale(HERE, authority) == ["certificate-stale"]
    assert stale(replace(HERE, sha256="old"), authority) == []
    assert stale(replace(HERE, begins=other.begins - 1)) == []
    assert stale(replace(HERE, path="/pki/other.crt")) == []
