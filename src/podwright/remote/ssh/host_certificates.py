"""Judges a host certificate by the authorities of known_hosts (OpenSSH's PROTOCOL.certkeys and `sshkey_cert_check`).

paramiko negotiates such certificates and proves that the host holds the certified key, but never asks who signed.
"""

from __future__ import annotations

import base64
import time

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    SSHCertificate,
    SSHCertificateType,
    load_ssh_public_identity,
)

from podwright.errors import HostKeyError
from podwright.remote.ssh.config_match import PatternList
from podwright.remote.ssh.host_keys import HostKeyJudge
from podwright.remote.ssh.known_hosts import HostKey


def check_certificate(judge: HostKeyJudge, blob: bytes, host_key: HostKey) -> None:
    """Accept the certificate in `blob` for the host key it certifies, or raise HostKeyError saying why not."""
    try:
        certificate = _parse(blob)
        authority = _authority(certificate)
        signed_well = _signature_holds(certificate, blob)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise HostKeyError(f"{judge.node}: the host certificate of `{judge.name}` cannot be read") from error
    judge.check_revoked(host_key)
    judge.check_revoked(authority, "certificate authority")
    if not any(entry.key == authority for entry in judge.authorities):
        raise _refusal(judge, certificate, "is signed by an authority that no `@cert-authority` line names")
    if not signed_well:
        raise _refusal(judge, certificate, "has a wrong signature")
    if reason := _wrong(certificate, judge.settings.host_key_alias or judge.settings.hostname, time.time()):
        raise _refusal(judge, certificate, reason)


def _parse(blob: bytes) -> SSHCertificate:
    kind = blob[4 : 4 + int.from_bytes(blob[:4], "big")]
    certificate = load_ssh_public_identity(kind + b" " + base64.b64encode(blob))
    if not isinstance(certificate, SSHCertificate):
        raise TypeError("a key without a certificate")
    return certificate


def _authority(certificate: SSHCertificate) -> HostKey:
    text = certificate.signature_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")
    return HostKey(*text.split()[:2])


def _signature_holds(certificate: SSHCertificate, blob: bytes) -> bool:
    key = certificate.signature_key()
    if isinstance(key, RSAPublicKey):
        # the blob ends with the algorithm's name and, behind its length, the signature; `ssh-rsa` would be by SHA-1
        end = len(blob) - 4 - (key.key_size + 7) // 8
        if blob[end - len("rsa-sha2-256") : end] not in (b"rsa-sha2-256", b"rsa-sha2-512"):
            return False
    try:
        certificate.verify_cert_signature()
    except InvalidSignature:
        return False
    return True


def _wrong(certificate: SSHCertificate, hostname: str, now: float) -> str:
    """Return what is wrong with a well-signed certificate for `hostname`, or an empty text."""
    if certificate.type is not SSHCertificateType.HOST:
        return "is for a user, not for a host"
    if now < certificate.valid_after:
        return f"is not valid before {_utc(certificate.valid_after)}"
    if now >= certificate.valid_before:
        return f"has expired at {_utc(certificate.valid_before)}"
    if certificate.critical_options:
        return "has critical options, which no host certificate may have"
    principals = [principal.decode("utf-8", "replace") for principal in certificate.valid_principals]
    if not principals or not PatternList(map(str.lower, principals)).matches(hostname.lower()):
        return f"is for {', '.join(f'`{name}`' for name in principals) or 'nobody'}, not for `{hostname}`"
    return ""


def _refusal(judge: HostKeyJudge, certificate: SSHCertificate, reason: str) -> HostKeyError:
    authority = _authority(certificate)
    key_id = certificate.key_id.decode("utf-8", "replace")
    return HostKeyError(
        f"{judge.node}: the host certificate `{key_id}` of `{judge.name}` {reason} "
        f"(signed by {authority.kind} {authority.fingerprint})",
        "sign the host's key again (`ssh-keygen -s CA -h -n NAMES`), or add the authority's line to known_hosts",
    )


def _utc(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(min(seconds, 253_402_300_799)))
