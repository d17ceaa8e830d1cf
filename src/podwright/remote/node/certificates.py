"""Reads certificates of a node: those in files that pods mount, and those that its ports serve. Keys never come here."""

from __future__ import annotations

import hashlib
import shlex
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import closing

from podwright.errors import HostileOutputError
from podwright.plan.certificates import NodeCertificate
from podwright.remote.host import SILENCE_SECONDS, Host
from podwright.remote.node.programs import program
from podwright.remote.node.records import new_nonce, read_records

_SECONDS = 30.0
HANDSHAKE_SECONDS = 5.0
_MAX_HANDSHAKE_BYTES = 1 << 20
_END = "-----END CERTIFICATE-----"


def mounted_certificates(
    node: str, host: Host, paths: Iterable[str]
) -> tuple[tuple[NodeCertificate, ...], tuple[str, ...]]:
    """Those in these files and folders, and what could not be read. Raises HostError and its kinds."""
    nonce = new_nonce()
    call = shlex.join(("certificates", *paths))
    text = program(("certificates",), {"nonce": nonce}, ["record begin 1", call, "record end", "flush"])
    output = host.stream(text, timeout=_SECONDS, secret=False, watchdog=False, silence=SILENCE_SECONDS)
    records = read_records(node, nonce, b"".join(output))
    found = [
        one
        for record in records
        if record.kind == "certificates-in"
        for one in _read(record.words, record.text)
    ]
    unknown = [record.words[:300] for record in records if record.kind == "certificates-unknown"]
    return tuple(found), tuple(unknown)


def _read(path: str, text: str) -> Iterator[NodeCertificate]:
    """Of a file's chain the certificates that can be read."""
    from cryptography.x509 import load_pem_x509_certificate

    for part in text.split(_END)[:-1]:
        try:
            yield _certificate(path, load_pem_x509_certificate(f"{part.strip()}\n{_END}\n".encode()))
        except ValueError:
            continue


def _certificate(path: str, read: object) -> NodeCertificate:
    """Raises ValueError for one that is not well formed."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import BasicConstraints, Certificate, ExtensionNotFound

    assert isinstance(read, Certificate)  # noqa: S101 - for the types: the import above costs what most checks need not pay
    try:
        authority = read.extensions.get_extension_for_class(BasicConstraints).value.ca
    except ExtensionNotFound:
        authority = False
    return NodeCertificate(
        path,
        read.subject.rfc4514_string()[:300],
        read.issuer.rfc4514_string()[:300],
        read.not_valid_before_utc.timestamp(),
        read.not_valid_after_utc.timestamp(),
        hashlib.sha256(read.public_bytes(Encoding.DER)).hexdigest(),
        authority,
    )


def served_certificate(
    host: Host, address: tuple[str, int], seconds: float = HANDSHAKE_SECONDS
) -> NodeCertificate:
    """What a port answers a TLS handshake with, whoever signed it. Raises HostError and its kinds."""
    from cryptography.x509 import load_der_x509_certificate

    where = f"{address[0]}:{address[1]}"
    try:
        return _certificate("", load_der_x509_certificate(_handshake(host, address, seconds)))
    except (ssl.SSLError, ValueError) as error:
        raise HostileOutputError(f"{where} on the node does not answer as TLS does") from error


def _handshake(host: Host, address: tuple[str, int], seconds: float) -> bytes:
    """Nothing is told the other side and nothing it says is trusted: only what it shows of itself is looked at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing)
    deadline, received = time.monotonic() + seconds, 0
    with closing(host.dial(*address, timeout=seconds)) as stream:
        while True:
            try:
                session.do_handshake()
                return session.getpeercert(binary_form=True) or b""
            except ssl.SSLWantReadError:
                if sent := outgoing.read():
                    stream.send(sent)
                piece = stream.receive()
                received += len(piece)
                if not piece or received > _MAX_HANDSHAKE_BYTES or time.monotonic() > deadline:
                    raise ssl.SSLError("the handshake does not end") from None
                incoming.write(piece)
