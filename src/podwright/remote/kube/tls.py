"""The TLS side of a connection to the API: what is trusted, as client-go does, and why a handshake failed."""

from __future__ import annotations

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from podwright.errors import ClusterCertificateError, KubeconfigError
from podwright.remote.kube.cluster_access import Access, ClientCertificate, Endpoint

_MAX_PEM_BYTES = 4 << 20
#: X509_V_ERR_* of OpenSSL's x509_vfy.h
_NOT_YET_VALID, _EXPIRED, _WRONG_NAME, _WRONG_ADDRESS = 9, 10, 62, 64
#: what a TLS alert of the server means for our own certificate
_CLIENT_ALERTS = {
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "reports that our client certificate has expired",
    "SSLV3_ALERT_BAD_CERTIFICATE": "refuses our client certificate",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "refuses our client certificate",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "reports that our client certificate is revoked",
    "TLSV1_ALERT_UNKNOWN_CA": "does not know who issued our client certificate",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "requires a client certificate, and we have none",
    "TLSV1_ALERT_ACCESS_DENIED": "refuses our client certificate",
}


class EncryptedKeyError(Exception):
    """The client key requires a passphrase."""


def client_context(endpoint: Endpoint, certificate: ClientCertificate | None) -> ssl.SSLContext:
    """Checks the server as the kubeconfig demands and shows our certificate; reads its files again.

    Raises KubeconfigError for a missing or malformed file.
    """
    context = _trusting(endpoint)
    if endpoint.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certificate is not None:
        _show(context, certificate)
    return context


def proxy_context() -> ssl.SSLContext:
    """Checks a proxy by the system's authorities."""
    return _as_go_trusts(ssl.create_default_context())


def expiry_note(certificate: ClientCertificate | None) -> str:
    """`; our client certificate expired on DAY` if it has, otherwise ""."""
    if certificate is None:
        return ""
    from cryptography import x509

    pem = certificate.certificate_pem or _read(certificate.certificate_file, "client certificate")
    try:
        ends = x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc
    except ValueError:
        return ""
    return f"; our client certificate expired on {ends:%Y-%m-%d}" if ends < datetime.now(UTC) else ""


def _trusting(endpoint: Endpoint) -> ssl.SSLContext:
    """Trusts the kubeconfig's authority alone; without one, the system's own store."""
    pem = _read(endpoint.ca_file, "certificate authority") if endpoint.ca_file else endpoint.ca_pem
    try:
        # an empty text would mean the system's store
        if pem is None or "-----BEGIN" in pem:
            return _as_go_trusts(ssl.create_default_context(cadata=pem))
    except (ssl.SSLError, ValueError):
        pass
    raise KubeconfigError(
        f"the certificate authority of `{endpoint.server}` is not PEM", "copy the whole of it again"
    )


def _as_go_trusts(context: ssl.SSLContext) -> ssl.SSLContext:
    """Go's crypto/x509 trusts any certificate of the pool, ignores common names, and does not demand the extensions
    that Python 3.13 requires of an authority and that many clusters' own lack.
    """
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.hostname_checks_common_name = False
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _show(context: ssl.SSLContext, certificate: ClientCertificate) -> None:
    key = certificate.key_pem.reveal() if certificate.key_pem else _read(certificate.key_file, "client key")
    chain = certificate.certificate_pem or _read(certificate.certificate_file, "client certificate")
    with _hidden_file(f"{key}\n{chain}\n") as path:
        try:
            context.load_cert_chain(path, password=_no_passphrase)
        except EncryptedKeyError:
            raise KubeconfigError("the client key is encrypted", "store it without a passphrase") from None
        except ssl.SSLError as error:
            reason = "do not belong together" if error.reason == "KEY_VALUES_MISMATCH" else "are not PEM"
            raise KubeconfigError(f"the client certificate and its key {reason}") from None


def _no_passphrase() -> str:
    raise EncryptedKeyError


def _read(path: Path | None, what: str) -> str:
    """PEM is ASCII; other bytes stand in comments between two blocks."""
    try:
        with Path(path or "").open("rb") as stream:
            return stream.read(_MAX_PEM_BYTES).decode("ascii", "ignore")
    except OSError as error:
        raise KubeconfigError(
            f"the {what} `{path}` cannot be read: {error.strerror}",
            f"check its owner and mode with `ls -l {path}`",
        ) from error


@contextmanager
def _hidden_file(content: str) -> Iterator[str]:
    """A path that OpenSSL can open: in memory if possible, otherwise a 0600 file that is removed at once."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        descriptor = os.memfd_create("podwright", os.MFD_CLOEXEC)
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - a descriptor, no path
            stream.write(content.encode())
            stream.flush()
            yield f"/proc/self/fd/{descriptor}"
        return
    with tempfile.NamedTemporaryFile() as stream:
        stream.write(content.encode())
        stream.flush()
        yield stream.name


def handshake_error(error: ssl.SSLError, access: Access) -> ClusterCertificateError:
    """For a handshake that failed: which side distrusts the other, and what to do."""
    server = access.endpoint.server
    if isinstance(error, ssl.SSLCertVerificationError):
        return _distrusted(error, access)
    if (error.reason or "") in _CLIENT_ALERTS:
        return ClusterCertificateError(
            f"the API server `{server}` {_CLIENT_ALERTS[error.reason or '']}",
            f"renew the credentials of {access.source}",
        )
    return ClusterCertificateError(
        f"no TLS with the API server `{server}`: {_reason(error)}",
        f"check that `server` of {access.source} names the https port of the API server",
    )


def _distrusted(error: ssl.SSLCertVerificationError, access: Access) -> ClusterCertificateError:
    server, context = access.endpoint.server, access.source
    match error.verify_code:
        case code if code == _EXPIRED:
            what, hint = (
                "has expired",
                "run `kubeadm certs renew apiserver` on the control plane, and check the clock of this machine",
            )
        case code if code == _NOT_YET_VALID:
            what, hint = "is not valid yet", "check the clock of this machine"
        case code if code in {_WRONG_NAME, _WRONG_ADDRESS}:
            what = "is for another name"
            hint = "use an address that it names as `server`, or set `tls-server-name`"
        case _:
            what, hint = (
                "is not signed by an authority that we trust",
                f"check the certificate authority of {context}",
            )
    return ClusterCertificateError(f"the certificate of the API server `{server}` {what}", hint)


def _reason(error: ssl.SSLError) -> str:
    return (error.reason or "the handshake failed").lower().replace("_", " ")
