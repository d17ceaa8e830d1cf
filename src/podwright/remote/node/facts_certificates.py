"""Reads the certificates that a node showed: whose, and until when. Keys never come here."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator

from podwright.plan.facts import Certificate
from podwright.plan.unknown_fact import Known, Unknown
from podwright.remote.node.facts_files import Texts

#: of a node, and of one file
MAX_FILES, MAX_EACH = 200, 5
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_DATA = "client-certificate-data"


def certificates_of(texts: Texts, now: int, *, saw_all: bool = False) -> Known[tuple[Certificate, ...]]:
    """What can be read as a certificate; `now` is the node's own clock, in Unix seconds. Who saw all knows of none."""
    files = [(name, lines) for name, lines in texts.lines.items() if any(map(_begins, lines))]
    found = tuple(
        one
        for name, lines in files[:MAX_FILES]
        for text in list(_texts(lines))[:MAX_EACH]
        for one in _certificate(f"/{name}", text, now)
    )
    if found or (saw_all and not files):
        return found
    return Unknown("there are none that the login may read")


def _begins(line: str) -> bool:
    return line.startswith((_BEGIN, _DATA))


def _texts(lines: Iterable[str]) -> Iterator[str]:
    """PEM, one certificate each."""
    held: list[str] = []
    for line in lines:
        if line.startswith(_DATA):
            yield from _embedded(line)
            continue
        held = [line] if line.strip() == _BEGIN else [*held, line] if held else []
        if line.strip() == _END and held:
            yield "\n".join(held)
            held = []


def _embedded(line: str) -> Iterator[str]:
    """Of a kubeconfig, in base64."""
    _, _, value = line.partition(":")
    try:
        text = base64.b64decode(value.strip().strip("\"'"), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return
    yield text[: text.find(_END) + len(_END)]


def _certificate(path: str, text: str, now: int) -> Iterator[Certificate]:
    from cryptography.x509 import BasicConstraints, ExtensionNotFound, load_pem_x509_certificate

    try:
        read = load_pem_x509_certificate(text.encode())
        ends = read.not_valid_after_utc
        subject = read.subject.rfc4514_string()
    except ValueError:
        return
    try:
        authority = read.extensions.get_extension_for_class(BasicConstraints).value.ca
    except (ExtensionNotFound, ValueError):
        authority = False
    until = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    yield Certificate(path, subject[:300], until, int(ends.timestamp()) - now, authority)
