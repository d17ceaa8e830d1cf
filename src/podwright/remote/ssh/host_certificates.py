"""Judges a host certificate by the authorities of known_hosts (OpenSSH's PROTOCOL.certkeys and `sshkey_cert_check`).

paramiko negotiates such certificates and proves that the host holds the certified key, but never asks who signed.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass

from podwright.errors import HostKeyError
from podwright.remote.ssh.config_match import PatternList
from podwright.remote.ssh.host_keys import ALGORITHMS, CERTIFICATE_SUFFIX, HostKeyJudge
from podwright.remote.ssh.known_hosts import HostKey

_HOST_CERTIFICATE = 2
#: How many fields of the public key come between the nonce and the serial number.
_KEY_FIELDS = {"ssh-ed25519": 1, "ecdsa-sha2-nistp256": 2, "ecdsa-sha2-nistp384": 2, "ecdsa-sha2-nistp521": 2}


@dataclass(frozen=True, slots=True)
class HostCertificate:
    """The fields that decide; times are Unix seconds, `signed` is what `signature` covers."""

    kind: int
    key_id: str
    principals: tuple[str, ...]
    valid_after: int
    valid_before: int
    critical_options: bytes
    authority: HostKey
    signed: bytes
    signature: bytes


def check_certificate(judge: HostKeyJudge, blob: bytes, host_key: HostKey) -> None:
    """Accept the certificate in `blob` for the host key it certifies, or raise HostKeyError saying why not."""
    try:
        certificate = parse_certificate(blob)
        signed_well = _signature_holds(certificate)
    except (ValueError, IndexError) as error:
        raise HostKeyError(f"{judge.node}: the host certificate of `{judge.name}` is not legible") from error
    judge.check_revoked(host_key)
    judge.check_revoked(certificate.authority, "certificate authority")
    if not any(entry.key == certificate.authority for entry in judge.authorities):
        raise _refusal(judge, certificate, "is signed by an authority that no `@cert-authority` line names")
    if not signed_well:
        raise _refusal(judge, certificate, "has a wrong signature")
    if reason := _wrong(certificate, judge.settings.host_key_alias or judge.settings.hostname, time.time()):
        raise _refusal(judge, certificate, reason)


def _wrong(certificate: HostCertificate, hostname: str, now: float) -> str:
    """Return what is wrong with a well-signed certificate for `hostname`, or an empty text."""
    if certificate.kind != _HOST_CERTIFICATE:
        return "is for a user, not for a host"
    if now < certificate.valid_after:
        return f"is not valid before {_utc(certificate.valid_after)}"
    if now >= certificate.valid_before:
        return f"has expired at {_utc(certificate.valid_before)}"
    if certificate.critical_options:
        return "has critical options, which no host certificate may have"
    principals = [p.lower() for p in certificate.principals]
    if not principals or not PatternList(principals).matches(hostname.lower()):
        return (
            f"is for {', '.join(f'`{p}`' for p in certificate.principals) or 'nobody'}, not for `{hostname}`"
        )
    return ""


def _refusal(judge: HostKeyJudge, certificate: HostCertificate, reason: str) -> HostKeyError:
    authority = certificate.authority
    return HostKeyError(
        f"{judge.node}: the host certificate `{certificate.key_id}` of `{judge.name}` {reason} "
        f"(signed by {authority.kind} {authority.fingerprint})",
        "have the host's key signed anew (`ssh-keygen -s CA -h -n NAMES`), or add the authority's line to known_hosts",
    )


def _utc(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(min(seconds, 253_402_300_799)))


def _signature_holds(certificate: HostCertificate) -> bool:
    from paramiko import Message, PKey
    from paramiko.pkey import UnknownKeyType
    from paramiko.ssh_exception import SSHException

    reader = _Reader(certificate.signature)
    algorithm, _numbers = reader.text(), reader.string()
    if algorithm not in ALGORITHMS.get(certificate.authority.kind, ()):
        return False  # SHA-1 above all, which `ssh-rsa` means here
    try:
        key = PKey.from_type_string(
            certificate.authority.kind, base64.b64decode(certificate.authority.base64)
        )
        return bool(key.verify_ssh_sig(certificate.signed, Message(certificate.signature)))
    except (SSHException, UnknownKeyType):
        return False


def parse_certificate(blob: bytes) -> HostCertificate:
    """Read a certificate blob. Raises ValueError where it is cut short or of a kind we do not know."""
    reader = _Reader(blob)
    kind = reader.text().removesuffix(CERTIFICATE_SUFFIX)
    reader.string()  # the nonce
    for _field in range(_KEY_FIELDS.get(kind, 2)):
        reader.string()
    reader.number(8)  # the serial
    certificate_kind, key_id = reader.number(4), reader.text()
    principals = tuple(_Reader(reader.string()).texts())
    valid_after, valid_before = reader.number(8), reader.number(8)
    critical_options = reader.string()
    reader.string()  # extensions
    reader.string()  # reserved
    authority = reader.string()
    signed = blob[: reader.position]
    return HostCertificate(
        kind=certificate_kind,
        key_id=key_id,
        principals=principals,
        valid_after=valid_after,
        valid_before=valid_before,
        critical_options=critical_options,
        authority=HostKey(_Reader(authority).text(), base64.b64encode(authority).decode()),
        signed=signed,
        signature=reader.string(),
    )


class _Reader:
    """Reads SSH's wire types (RFC 4251 section 5)."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def string(self) -> bytes:
        return self._take(self.number(4))

    def text(self) -> str:
        return self.string().decode("utf-8")

    def texts(self) -> list[str]:
        found = list[str]()
        while self.position < len(self._data):
            found.append(self.text())
        return found

    def _take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self._data):
            raise ValueError("cut short")
        taken, self.position = self._data[self.position : end], end
        return taken
