"""Reads the API's responses, bounded and strictly."""

from __future__ import annotations

import http.client
import json
import zlib
from typing import TYPE_CHECKING

from msgspec import Struct

from podwright.errors import ClusterAnswerError
from podwright.remote.kube.json_parts import JsonObject
from podwright.remote.kube.request import Request

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

MAX_BODY_BYTES = 64 << 20
#: all objects, list items and members of one answer: 10,000 pods have one to three million
MAX_VALUES = 4_000_000
_MAX_ERROR_BYTES = 64 << 10
_CHUNK = 256 << 10


class Response(Struct, frozen=True):
    """Status, body and the seconds of Retry-After; an error's body may be cut."""

    status: int
    body: bytes
    retry_after: float | None = None


def read_response(response: BaseHTTPResponse) -> Response:
    """Read the whole body, unpacked; past the bound an error's body is cut and a list is refused.

    Raises ClusterAnswerError, and what urllib3 and zlib raise.
    """
    limit = MAX_BODY_BYTES if response.status == 200 else _MAX_ERROR_BYTES
    unpack = _unpacker(response)
    body = bytearray()
    while chunk := response.read(_CHUNK):
        if unpack and unpack.eof:
            raise ClusterAnswerError("the API sent more after the end of a packed answer")
        body += unpack.decompress(chunk, limit + 1 - len(body)) if unpack else chunk
        if len(body) > limit:
            if response.status == 200:
                raise ClusterAnswerError(f"the API sent more than {limit >> 20} MiB in one answer")
            return Response(response.status, bytes(body[:limit]), _retry_after(response))
    if unpack and not unpack.eof:
        raise http.client.IncompleteRead(b"")
    return Response(response.status, bytes(body), _retry_after(response))


def parse_object(body: bytes, request: Request) -> JsonObject:
    """Parse JSON strictly: UTF-8, an object, no NaN; raises ClusterAnswerError."""
    # counted before anything is made of them: 64 MiB of `{},` would be gigabytes of objects
    if body.count(b",") + body.count(b"{") + body.count(b"[") > MAX_VALUES:
        raise ClusterAnswerError(f"the API answered {request} with more than {MAX_VALUES} values")
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ClusterAnswerError(
            f"the API answered {request} with something that is not JSON",
            "check that `server` of the kubeconfig is a Kubernetes API",
        ) from None
    if not isinstance(document, dict):
        raise ClusterAnswerError(f"the API answered {request} with something that is not an object")
    return document


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def _unpacker(response: BaseHTTPResponse) -> zlib._Decompress | None:
    encoding = (response.headers.get("Content-Encoding") or "identity").lower()
    if encoding == "identity":
        return None
    if encoding != "gzip":
        raise ClusterAnswerError("the API answered in an encoding that was not asked for")
    return zlib.decompressobj(wbits=31)


def _retry_after(response: BaseHTTPResponse) -> float | None:
    value = response.headers.get("Retry-After") or ""
    return float(value) if value.isascii() and value.isdigit() and len(value) < 9 else None
