"""What the API server on loopback was asked, and what it is told to answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit


@dataclass
class Request:
    """What the server was asked."""

    target: str
    headers: dict[str, list[str]]
    client: str  # the common name of the client's certificate
    connection: int

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.target).query).items()}

    def header(self, name: str) -> str:
        return ", ".join(self.headers.get(name.lower(), []))


@dataclass
class Reply:
    """A scripted answer: sent whole, or `drop`ped after `body`, or after which the server says no more (`hang`)."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    hang: bool = False
    length: int | None = None
    drip_seconds: float = 0.0
    raw: bytes | None = None


def status(code: int, reason: str, message: str) -> bytes:
    """A v1 Status."""
    return json.dumps(
        {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "message": message,
            "reason": reason,
            "code": code,
        }
    ).encode()
