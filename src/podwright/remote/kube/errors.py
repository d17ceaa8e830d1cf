"""Turns what went wrong with the API into one line and a hint; no token or key gets into either."""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
from dataclasses import dataclass

from podwright.errors import (
    ClusterAnswerError,
    ClusterCertificateError,
    ClusterError,
    ClusterForbiddenError,
    ClusterTimeoutError,
    ClusterUnreachableError,
)
from podwright.remote.kube.access import Access
from podwright.remote.kube.decode import text_of
from podwright.remote.kube.mirror_watch import VersionGoneError

_MAX_SHOWN = 300
#: X509_V_ERR_* of OpenSSL's x509_vfy.h
_NOT_YET_VALID, _EXPIRED, _WRONG_NAME, _WRONG_ADDRESS = 9, 10, 62, 64
#: what servers say in a TLS alert about our own certificate
_CLIENT_ALERTS = {
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "says that our client certificate has expired",
    "SSLV3_ALERT_BAD_CERTIFICATE": "refuses our client certificate",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "refuses our client certificate",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "says that our client certificate is revoked",
    "TLSV1_ALERT_UNKNOWN_CA": "does not know who issued our client certificate",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "wants a client certificate, and we have none",
    "TLSV1_ALERT_ACCESS_DENIED": "refuses our client certificate",
}
_WHO = re.compile(r'User "([^"]{1,200})"')


@dataclass(frozen=True, slots=True)
class Question:
    """One GET: `verb` and `resource` are RBAC's words; `path` begins with /api, `query` is not quoted."""

    verb: str
    resource: str
    path: str
    query: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and the seconds of Retry-After of one response; an error's body may be cut (not `whole`)."""

    status: int
    body: bytes
    retry_after: float | None = None
    whole: bool = True


def connection_error(error: OSError | http.client.HTTPException, access: Access) -> ClusterError:
    """For a failure below HTTP."""
    server = access.endpoint.server
    match error:
        case ssl.SSLCertVerificationError():
            return _distrusted(error, access)
        case ssl.SSLError() if (error.reason or "") in _CLIENT_ALERTS:
            return ClusterCertificateError(
                f"the API server `{server}` {_CLIENT_ALERTS[error.reason or '']}",
                f"renew the credentials of {access.source}",
            )
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | http.client.RemoteDisconnected():
            return _unreachable(access, "it closed the connection", " does it accept our client certificate?")
        case http.client.IncompleteRead():
            return _unreachable(access, "it broke off in the middle of an answer")
        case ssl.SSLError():
            return ClusterCertificateError(
                f"no TLS with the API server `{server}`: {_reason(error)}",
                "is this the port of the API server, and does it speak https?",
            )
        case TimeoutError():
            return ClusterTimeoutError(
                f"the API server `{server}` did not answer in time",
                "is it up, and does a firewall or proxy lie between? try a longer timeout",
            )
        case socket.gaierror():
            return _unreachable(access, "its name does not resolve")
        case OSError():
            return _unreachable(access, (error.strerror or "the connection broke").lower())
    return ClusterAnswerError(
        f"the API server `{server}` does not answer as one does ({type(error).__name__})",
        "is something else listening there?",
    )


def status_error(answer: Answer, question: Question, access: Access, note: str = "") -> ClusterError:
    """For an answer that is no 200; `note` is what we know of our own credentials."""
    said = status_message(answer.body)
    server = access.endpoint.server
    if answer.status == 410:
        return VersionGoneError(
            f"the API no longer knows the version that we hold ({question})", "it is listed anew"
        )
    if answer.status == 401:
        return ClusterForbiddenError(
            f"the API server `{server}` does not accept our credentials (401 on {question}){note}",
            f"renew the credentials of {access.source}; `kubectl auth whoami` shows who they are",
        )
    if answer.status == 403:
        return _forbidden(said, question)
    if 300 <= answer.status < 400:
        return ClusterAnswerError(
            f"the API server `{server}` sends us elsewhere ({answer.status} on {question}), which is refused",
            "put the address it should be into `server`; is this a login page?",
        )
    if answer.status == 429:
        wait = f"; it asks to wait {answer.retry_after:g} s" if answer.retry_after else ""
        return ClusterAnswerError(
            f"the API server `{server}` is too busy (429 on {question}){wait}", "try later"
        )
    shown = f": {said}" if said else ""
    return ClusterAnswerError(f"the API server `{server}` answers {answer.status} to {question}{shown}")


def status_message(body: bytes) -> str:
    """The message of a v1 Status as one line, at most 300 characters; "" for anything else."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return one_line(text_of(document, "message")) if isinstance(document, dict) else ""


def one_line(text: str) -> str:
    return " ".join(text.split())[:_MAX_SHOWN]


def _forbidden(said: str, question: Question) -> ClusterForbiddenError:
    who = _WHO.search(said)
    as_whom = f" as `{who[1]}`" if who else ""
    reason = "" if who or not said else f": {said}"
    return ClusterForbiddenError(
        f"not allowed to {question}{as_whom} (403){reason}",
        f"grant `{question.verb}` on `{question.resource}` by a ClusterRole; docs/api.md has one",
    )


def _distrusted(error: ssl.SSLCertVerificationError, access: Access) -> ClusterCertificateError:
    server, context = access.endpoint.server, access.source
    match error.verify_code:
        case code if code == _EXPIRED:
            what, hint = (
                "has expired",
                "renew it on the control plane (kubeadm certs renew); is our clock right?",
            )
        case code if code == _NOT_YET_VALID:
            what, hint = "is not valid yet", "is the clock of this machine right?"
        case code if code in {_WRONG_NAME, _WRONG_ADDRESS}:
            what = "is for another name"
            hint = "use an address that it names as `server`, or set `tls-server-name`"
        case _:
            what, hint = (
                "is signed by nobody that we trust",
                f"is the certificate authority of {context} right?",
            )
    return ClusterCertificateError(f"the certificate of the API server `{server}` {what}", hint)


def _unreachable(access: Access, why: str, more: str = "") -> ClusterUnreachableError:
    return ClusterUnreachableError(
        f"cannot reach the API server `{access.endpoint.server}`: {why}",
        f"is it up, and is `server` of {access.source} right?{more if access.user.certificate else ''}",
    )


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or "the handshake failed").lower().replace("_", " ")
