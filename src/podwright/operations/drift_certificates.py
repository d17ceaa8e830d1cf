"""Looks at the certificates that a node's pods mount and serve; a node whose pods mount none is not asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from podwright.errors import HostError, PortClosedError
from podwright.manifests.manifest import Manifest
from podwright.plan.certificates import NodeCertificate, Served, certificate_drift
from podwright.plan.drift import Finding
from podwright.plan.observed import Observation
from podwright.pods.certificates import mounted_paths, tls_ports
from podwright.remote.host import Host


class CertificatesSeen(Struct, frozen=True):
    """What was found, and what could not be seen."""

    findings: tuple[Finding, ...] = ()
    unseen: tuple[str, ...] = ()


NONE_SEEN = CertificatesSeen()


def certificates_seen(observation: Observation, host: Host) -> CertificatesSeen:
    """Of all manifests that lie in the folder, whoever wrote them."""
    manifests = [
        (file.name, file.manifest.document, mounted_paths(file.manifest.document))
        for file in observation.files
        if isinstance(file.manifest, Manifest) and b"hostPath" in file.content
    ]
    paths = tuple(dict.fromkeys(path for _, _, found in manifests for path in found))
    if not paths:
        return NONE_SEEN
    from podwright.remote.node.certificates import mounted_certificates  # only such a node pays for it

    try:
        certificates, unseen = mounted_certificates(observation.node, host, paths)
    except HostError as error:
        return CertificatesSeen((), (error.message,))
    problems, findings = list(unseen), list[Finding]()
    for name, document, mounts in manifests:
        mine = tuple(one for one in certificates if _is_below(one.path, mounts))
        served = tuple(_served(host, tls_ports(document), mine, problems))
        findings += certificate_drift(observation.node, name, mine, served, observation.clock)
    return CertificatesSeen(tuple(findings), tuple(dict.fromkeys(problems)))


def _is_below(path: str, mounts: Iterable[str]) -> bool:
    return any(path == mount or path.startswith(f"{mount.rstrip('/')}/") for mount in mounts)


def _served(
    host: Host, ports: Iterable[tuple[str, int]], mounted: tuple[NodeCertificate, ...], problems: list[str]
) -> Iterator[Served]:
    """What those ports serve, if there is something to compare it with; a port at which nothing listens serves nothing."""
    from podwright.remote.node.certificates import served_certificate

    if all(one.authority for one in mounted):
        return
    for address in ports:
        try:
            yield Served(address[1], served_certificate(host, address))
        except PortClosedError:
            continue
        except HostError as error:
            problems.append(f"what port {address[1]} serves could not be seen: {error.message}")
