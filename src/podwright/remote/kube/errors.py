"""Turns a failure of the API into a message and a hint; no token or key gets into either."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl

from urllib3.exceptions import HTTPError

from podwright.errors import (
    ClusterAnswerError,
    ClusterError,
    ClusterForbiddenError,
    ClusterTimeoutError,
    ClusterUnreachableError,
)
from podwright.remote.kube.cluster_access import Access
from podwright.remote.kube.json_parts import text_of
from podwright.remote.kube.pod_feed import VersionGoneError
from podwright.remote.kube.request import Request
from podwright.remote.kube.responses import Response
from podwright.remote.kube.tls import handshake_error
from podwright.text import printable

_MAX_SHOWN = 300
_WHO = re.compile(r'User "([^"]{1,200})"')


def connection_error(error: Exception, access: Access) -> ClusterError:
    """For a failure below HTTP: urllib3's, http.client's or the socket's."""
    server = access.endpoint.server
    cause = error.__cause__ if isinstance(error, HTTPError) and error.__cause__ else error
    match cause:
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | http.client.RemoteDisconnected():
            return _unreachable(access, "it closed the connection", may_be_ours=True)
        case http.client.IncompleteRead():
            return _unreachable(access, "it broke off in the middle of an answer")
        case ssl.SSLError():
            return handshake_error(cause, access)
        case TimeoutError():
            return ClusterTimeoutError(
                f"the API server `{server}` did not answer in time",
                "check the way to it (firewall, `proxy-url`), or pass `--no-api`",
            )
        case socket.gaierror():
            return _unreachable(access, "its name does not resolve")
        case OSError():
            return _unreachable(access, (cause.strerror or "the connection broke").lower())
    return ClusterAnswerError(
        f"`{server}` does not answer as an API server does ({type(error).__name__})",
        f"check `server` of {access.source}",
    )


def status_error(response: Response, request: Request, access: Access, note: str = "") -> ClusterError:
    """For an answer other than 200; `note` is about our own credentials."""
    text = status_message(response.body)
    server = access.endpoint.server
    if response.status == 410:
        return VersionGoneError(f"the API no longer knows the version that we hold ({request})")
    if response.status == 401:
        return ClusterForbiddenError(
            f"the API server `{server}` does not accept our credentials (401 on {request}){note}",
            f"renew the credentials of {access.source}, and check them with `kubectl auth whoami`",
        )
    if response.status == 403:
        return _forbidden(text, request)
    if 300 <= response.status < 400:
        return ClusterAnswerError(
            f"the API server `{server}` redirects us ({response.status} on {request}), which is refused",
            "set `server` to the address of the API server itself",
        )
    if response.status == 429:
        wait = f"; it asks to wait {response.retry_after:g} s" if response.retry_after else ""
        return ClusterAnswerError(
            f"the API server `{server}` is too busy (429 on {request}){wait}", "try again later"
        )
    shown = f": {text}" if text else ""
    return ClusterAnswerError(f"the API server `{server}` answers {response.status} to {request}{shown}")


def status_message(body: bytes) -> str:
    """The message of a v1 Status as one line, at most 300 characters; "" for other bodies."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return one_line(text_of(document, "message")) if isinstance(document, dict) else ""


def one_line(text: str) -> str:
    """Untrusted text for a message: one line, bounded, its control characters escaped."""
    return printable(" ".join(text.split()))[:_MAX_SHOWN]


def _forbidden(text: str, request: Request) -> ClusterForbiddenError:
    who = _WHO.search(text)
    as_whom = f" as `{who[1]}`" if who else ""
    reason = "" if who or not text else f": {text}"
    return ClusterForbiddenError(
        f"not allowed to {request}{as_whom} (403){reason}",
        f"grant `{request.verb}` on `{request.resource}` by a ClusterRole; docs/api.md has one",
    )


def _unreachable(access: Access, why: str, *, may_be_ours: bool = False) -> ClusterUnreachableError:
    what = "the client certificate" if may_be_ours and access.user.certificate else "`server`"
    return ClusterUnreachableError(
        f"cannot reach the API server `{access.endpoint.server}`: {why}",
        f"check {what} of {access.source}, or pass `--no-api`",
    )
