"""Looks at the certificates that a node's pods mount and serve; a node whose pods mount none is not asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from podwright.errors import HostError, HostileOutputError, HostTimeoutError, PortClosedError
from podwright.manifests.manifest import Manifest
from podwright.plan.certificates import NodeCertificate, Served, certificate_drift
from podwright.plan.drift import Finding
from podwright.plan.node_commands import starting_again
from podwright.plan.observed import Observation
from podwright.pods.certificates import TlsPort, mounted_paths, tls_ports
from podwright.remote.host import Host


class CertificatesSeen(Struct, frozen=True):
    """What was found, and what could not be seen, in whole sentences."""

    findings: tuple[Finding, ...] = ()
    unseen: tuple[str, ...] = ()


_UNSEEN = "not all certificates that pods mount could be seen"
_UNSURE_SECONDS = 2.0
NONE_SEEN = CertificatesSeen()


def certificates_seen(observation: Observation, host: Host) -> CertificatesSeen:
    """Of all manifests that lie in the folder, whoever wrote them."""
    manifests = [
        (file.name, mounted_paths(file.manifest.document), tls_ports(file.manifest.document))
        for file in observation.files
        if isinstance(file.manifest, Manifest) and b"hostPath" in file.content
    ]
    named = (port.file for _, mounts, ports in manifests for port in ports if _is_below(port.file, mounts))
    paths = tuple(dict.fromkeys((*(path for _, mounts, _ in manifests for path in mounts), *named)))
    if not paths:
        return NONE_SEEN
    from podwright.remote.node.certificates import mounted_certificates  # only such a node pays for it

    try:
        certificates, unseen = mounted_certificates(observation.node, host, paths)
    except HostError as error:
        return CertificatesSeen((), (f"{_UNSEEN}: {error.message}",))
    problems, findings = list(unseen), list[Finding]()
    for name, mounts, ports in manifests:
        mine = tuple(dict.fromkeys(one for one in certificates if _is_below(one.path, mounts)))
        served = tuple(_served(host, ports, mine, problems))
        file = observation.file(name)
        ours = file is not None and (file.managed or file.adopted)
        command = "" if ours else starting_again(observation.folder, name)
        findings += certificate_drift(
            observation.node, name, mine, served, observation.clock, command=command
        )
    unknown = tuple(f"{_UNSEEN}: {problem}" for problem in dict.fromkeys(problems))
    return CertificatesSeen(tuple(findings), unknown)


def _is_below(path: str, mounts: Iterable[str]) -> bool:
    return any(path == mount or path.startswith(f"{mount.rstrip('/')}/") for mount in mounts)


def _served(
    host: Host, ports: Iterable[TlsPort], mounted: tuple[NodeCertificate, ...], problems: list[str]
) -> Iterator[Served]:
    """What those ports serve, if there is something to compare it with; a port at which nothing listens serves nothing."""
    from podwright.remote.node.certificates import HANDSHAKE_SECONDS, served_certificate

    if all(one.authority for one in mounted):
        return
    for one in ports:
        if one.named and not any(there.path == one.file for there in mounted):
            problems.append(
                f"what port {one.port} should serve is not known: `{one.named}` could not be read"
            )
            continue
        try:
            # a port that speaks something else may just wait
            seconds = HANDSHAKE_SECONDS if one.sure else _UNSURE_SECONDS
            yield Served(one.port, served_certificate(host, (one.host, one.port), seconds), one.file)
        except PortClosedError:
            continue
        except HostError as error:
            if one.sure or not isinstance(error, HostileOutputError | HostTimeoutError):
                problems.append(f"what port {one.port} serves could not be seen: {error.message}")
