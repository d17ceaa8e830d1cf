"""Posts a document to a URL: verified, within a time, and again a few times if the other side is down."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import HTTPError

from podwright.errors import PodwrightError, UsageError

#: seconds before each further try
WAITS = (1.0, 4.0, 15.0)
#: seconds for one try
_TIMEOUT = urllib3.Timeout(connect=5, read=15)
_AGAIN = (408, 425, 429)


class NotDeliveredError(PodwrightError):
    """Nobody took the document."""


def checked_url(url: str) -> str:
    """The host of a URL that may be posted to. Its whole text may hold a secret, so no message has it. Raises UsageError."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        parts, host = urlsplit(""), ""
    if not host or parts.scheme not in ("http", "https"):
        raise UsageError("what is to be notified is not a URL", "write it as https://hooks.example.com/path")
    if parts.scheme == "http" and not _is_loopback(host):
        raise UsageError(f"`{host}` is to be notified without TLS", "write it as https://…")
    return host


def deliver(url: str, body: bytes, headers: Mapping[str, str], *, sleep: Callable[[float], None]) -> None:
    """Post the body. A redirect is not followed: it may lead anywhere. Raises UsageError, NotDeliveredError."""
    host, reason = checked_url(url), ""
    with _pool(url, host) as pool:
        for wait in (*WAITS, None):
            try:
                status = _post(pool, url, body, headers)
            except HTTPError as error:
                cause = _cause(error)
                if isinstance(cause, ssl.SSLCertVerificationError):
                    raise NotDeliveredError(
                        f"cannot notify `{host}`: its certificate is not trusted: {cause.verify_message}",
                        "SSL_CERT_FILE names the authorities to trust",
                    ) from None
                reason = _words(cause)
            else:
                if 200 <= status < 300:
                    return
                reason = f"it answered {status}"
                if status < 500 and status not in _AGAIN:
                    break
            if wait is not None:
                sleep(wait)
    raise NotDeliveredError(f"cannot notify `{host}`: {reason}", "the next check tries again")


def _post(pool: urllib3.PoolManager, url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status alone: what follows it may have no end."""
    answer = pool.request(
        "POST", url, body=body, headers=dict(headers), retries=False, redirect=False, preload_content=False
    )
    answer.close()
    return answer.status


def _pool(url: str, host: str) -> urllib3.PoolManager:
    context = ssl.create_default_context()
    direct = _is_loopback(host) or proxy_bypass(host)
    proxy = "" if direct else getproxies().get(urlsplit(url).scheme, "")
    if proxy:
        return urllib3.ProxyManager(proxy, ssl_context=context, timeout=_TIMEOUT)
    return urllib3.PoolManager(ssl_context=context, timeout=_TIMEOUT)


def _cause(error: BaseException) -> BaseException:
    """The innermost one: urllib3's own text has the URL."""
    inner = error.__cause__ or error.__context__
    while inner is not None:
        error, inner = inner, inner.__cause__ or inner.__context__
    return error


def _words(cause: BaseException) -> str:
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    return "timed out" if isinstance(cause, TimeoutError) else "the connection failed"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
