"""Whether the certificates that pods mount are about to end, and whether what they serve is what lies there now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from podwright.plan.drift import Finding
from podwright.plan.reasons import Drift, because
from podwright.text import counted

DAY_SECONDS = 86_400
#: a certificate that ends sooner should have been renewed
EXPIRING_DAYS = 30


class NodeCertificate(Struct, frozen=True):
    """One that lies on a node, or that a port serves (no `path`); times are Unix seconds. An `authority` signs others."""

    path: str
    subject: str
    issuer: str
    begins: float
    ends: float
    sha256: str
    authority: bool = False


class Served(Struct, frozen=True):
    """What a pod's port answers a TLS handshake with, and the file that it is to serve, if that is known."""

    port: int
    certificate: NodeCertificate
    file: str = ""


def certificate_drift(
    node: str,
    file: str,
    mounted: Iterable[NodeCertificate],
    served: Iterable[Served],
    now: float,
    *,
    command: str = "",
) -> Iterator[Finding]:
    """Of one manifest, `file`; `now` is the node's clock, `command` starts the pod again if podwright cannot."""
    mounted = tuple(mounted)
    for one in mounted:
        left = one.ends - now
        if left < EXPIRING_DAYS * DAY_SECONDS:
            kind = Drift.CERTIFICATE_EXPIRED if left <= 0 else Drift.CERTIFICATE_EXPIRING
            days = counted(int(abs(left) // DAY_SECONDS), "day")
            yield Finding(node, kind, one.path, because(kind, days=days, subject=one.subject), file)
    for answer in served:
        for finding in _stale(node, file, mounted, answer):
            data = (*finding.reason.data, ("command", command)) if command else finding.reason.data
            yield replace(finding, reason=replace(finding.reason, data=data))


def _stale(node: str, file: str, mounted: tuple[NodeCertificate, ...], served: Served) -> Iterator[Finding]:
    """What it is to serve, if that is known; otherwise only a renewal of the very certificate that is served shows that the
    pod has not taken it up, as whatever else it serves may be of its own."""
    there = served.certificate
    if served.file:
        # the first of a chain is the server's own
        mounted = tuple(one for one in mounted if one.path == served.file)[:1]
    if any(one.sha256 == there.sha256 for one in mounted):
        return
    same = (there.subject, there.issuer)
    of_it = (one for one in mounted if served.file or (one.subject, one.issuer) == same)
    renewed = [one for one in of_it if one.begins > there.begins]
    if renewed:
        newest = max(renewed, key=lambda one: one.begins)
        why = because(Drift.CERTIFICATE_STALE, port=str(served.port), subject=there.subject)
        yield Finding(node, Drift.CERTIFICATE_STALE, newest.path, why, file)
