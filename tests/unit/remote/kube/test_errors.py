"""What the person reads when the API cannot be asked, as tables."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import zlib

import pytest
from tests.fakes.api_client import LIST
from urllib3.exceptions import ProtocolError

from podwright.errors import (
    ClusterAnswerError,
    ClusterCertificateError,
    ClusterForbiddenError,
    ClusterTimeoutError,
    ClusterUnreachableError,
)
from podwright.remote.kube.cluster_access import Access, ClientCertificate, Endpoint, User
from podwright.remote.kube.errors import connection_error, one_line, status_error, status_message
from podwright.remote.kube.pod_feed import VersionGoneError
from podwright.remote.kube.responses import Response

ACCESS = Access(Endpoint("https://h:6443"), User(), "context `lab` of `config`")
SERVER = "the API server `https://h:6443`"


def tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError()
    error.reason = reason
    return error


def caused(error: Exception, cause: Exception) -> Exception:
    """As urllib3 wraps what it catches."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (TimeoutError(), ClusterTimeoutError, f"{SERVER} did not answer in time"),
        (
            socket.gaierror(-2, "x"),
            ClusterUnreachableError,
            "cannot reach the API server `https://h:6443`: its name does not resolve",
        ),
        (
            ConnectionRefusedError(111, "Connection refused"),
            ClusterUnreachableError,
            "cannot reach the API server `https://h:6443`: connection refused",
        ),
        (
            http.client.RemoteDisconnected(),
            ClusterUnreachableError,
            "cannot reach the API server `https://h:6443`: it closed the connection",
        ),
        (
            caused(ProtocolError("x"), http.client.IncompleteRead(b"")),
            ClusterUnreachableError,
            "cannot reach the API server `https://h:6443`: it broke off in the middle of an answer",
        ),
        (
            http.client.BadStatusLine("\x1b[31m"),
            ClusterAnswerError,
            "`https://h:6443` does not answer as an API server does (BadStatusLine)",
        ),
        (zlib.error(), ClusterAnswerError, "`https://h:6443` does not answer as an API server does (error)"),
        (
            tls("WRONG_VERSION_NUMBER"),
            ClusterCertificateError,
            "no TLS with the API server `https://h:6443`: wrong version number",
        ),
        (
            tls("TLSV13_ALERT_CERTIFICATE_REQUIRED"),
            ClusterCertificateError,
            f"{SERVER} requires a client certificate, and we have none",
        ),
    ],
)
def test_what_fails_below_http(error, kind, message):
    told = connection_error(error, ACCESS)
    assert type(told) is kind
    assert told.message == message


def test_a_closed_connection_may_be_about_our_client_certificate():
    closed = http.client.RemoteDisconnected()
    mine = Access(ACCESS.endpoint, User(certificate=ClientCertificate("C")), "context `lab` of `config`")
    assert connection_error(closed, mine).hint == (
        "check the client certificate of context `lab` of `config`, or pass `--no-api`"
    )
    assert connection_error(closed, ACCESS).hint == (
        "check `server` of context `lab` of `config`, or pass `--no-api`"
    )


def said(code: int, message: str, retry_after: float | None = None) -> Response:
    return Response(code, json.dumps({"message": message}).encode(), retry_after)


@pytest.mark.parametrize(
    ("response", "kind", "message"),
    [
        (said(410, "x"), VersionGoneError, "the API no longer knows the version that we hold (list pods)"),
        (
            said(401, "x"),
            ClusterForbiddenError,
            f"{SERVER} does not accept our credentials (401 on list pods)",
        ),
        (
            said(403, 'User "bob" cannot'),
            ClusterForbiddenError,
            "not allowed to list pods as `bob` (403)",
        ),
        (said(403, "no"), ClusterForbiddenError, "not allowed to list pods (403): no"),
        (
            said(302, ""),
            ClusterAnswerError,
            f"{SERVER} redirects us (302 on list pods), which is refused",
        ),
        (
            said(429, "", 7.0),
            ClusterAnswerError,
            f"{SERVER} is too busy (429 on list pods); it asks to wait 7 s",
        ),
        (said(500, "etcd\nis down"), ClusterAnswerError, f"{SERVER} answers 500 to list pods: etcd is down"),
        (Response(500, b"<html>"), ClusterAnswerError, f"{SERVER} answers 500 to list pods"),
    ],
)
def test_what_fails_in_http(response, kind, message):
    told = status_error(response, LIST, ACCESS)
    assert type(told) is kind
    assert told.message == message


@pytest.mark.parametrize("body", [b"", b"[]", b"[" * 100_000, b'{"message": 7}', b"\xff"])
def test_a_body_that_is_not_a_status_says_nothing(body):
    assert status_message(body) == ""


def test_what_the_api_says_is_one_bounded_line_that_steers_no_terminal():
    assert one_line("a\n b\t\x1b[31mred\u202e") == r"a b \x1b[31mred\u202e"
    assert len(one_line("x" * 9999)) == 300
    assert status_error(said(403, 'User "\x1b]0;x\x07"'), LIST, ACCESS).message == (
        r"not allowed to list pods as `\x1b]0;x\x07` (403)"
    )
