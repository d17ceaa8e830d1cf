"""Reads what the API answers, bounded and strictly, and says when to ask again."""

from __future__ import annotations

import http.client
import json
import random
import zlib

from podwright.errors import ClusterAnswerError
from podwright.remote.kube.decode import JsonObject
from podwright.remote.kube.errors import Answer, Question

ATTEMPTS = 6
#: where the server does not say when to come back
_ATTEMPTS_UNASKED = 3
_MAX_RETRY_AFTER_SECONDS = 30.0
_RETRIED = frozenset({429, 500, 502, 503, 504})
_CHUNK = 256 << 10


def parse_object(body: bytes, question: Question) -> JsonObject:
    """Parse JSON strictly: UTF-8, an object, no NaN; raises ClusterAnswerError."""
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ClusterAnswerError(
            f"the API answered {question} with something that is not JSON", "is the server a Kubernetes API?"
        ) from None
    if not isinstance(document, dict):
        raise ClusterAnswerError(f"the API answered {question} with something that is not an object")
    return document


def _refuse(constant: str) -> object:
    raise ValueError(constant)


def read_body(response: http.client.HTTPResponse, limit: int) -> tuple[bytes, bool]:
    """The body, unpacked, and whether it is whole: past `limit` bytes an error's is cut, a 200's refused."""
    unpack = _unpacker(response)
    body = bytearray()
    while chunk := response.read(_CHUNK):
        if unpack and unpack.eof:
            raise ClusterAnswerError("the API sent more after the end of a packed answer")
        body += unpack.decompress(chunk, limit + 1 - len(body)) if unpack else chunk
        if len(body) > limit:
            if response.status != 200:
                response.close()
                return bytes(body[:limit]), False
            raise ClusterAnswerError(f"the API sent more than {limit >> 20} MiB in one answer")
    if response.length or (unpack and not unpack.eof):
        raise http.client.IncompleteRead(b"")
    return bytes(body), True


def _unpacker(response: http.client.HTTPResponse) -> zlib._Decompress | None:
    encoding = (response.getheader("Content-Encoding") or "identity").lower()
    if encoding == "identity":
        return None
    if encoding != "gzip":
        raise ClusterAnswerError("the API answered in an encoding that was not asked for")
    return zlib.decompressobj(wbits=31)


def retry_after(response: http.client.HTTPResponse) -> float | None:
    value = response.getheader("Retry-After") or ""
    return float(value) if value.isascii() and value.isdigit() and len(value) < 9 else None


def pause_before_retry(answer: Answer, attempt: int) -> float | None:
    """Seconds to wait; None where asking again is of no use."""
    if answer.status not in _RETRIED:
        return None
    if answer.retry_after is not None:
        # a little more, and not the same for all, so that those who were sent away do not come back as one
        return min(answer.retry_after, _MAX_RETRY_AFTER_SECONDS) + random.random() * 0.2  # noqa: S311
    if attempt + 1 >= _ATTEMPTS_UNASKED:
        return None
    return 0.2 * 2.0**attempt * (0.5 + random.random() / 2)  # noqa: S311
