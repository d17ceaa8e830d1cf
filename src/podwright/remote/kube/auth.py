"""The credentials of each request: tokens, token files, passwords, exec plugins, client certificates."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from msgspec import Struct

from podwright.errors import KubeconfigError
from podwright.remote.kube.cluster_access import Access, ClientCertificate, Impersonation, User
from podwright.remote.kube.exec_plugin import PluginCredentials, run_plugin
from podwright.secret import Secret

_MAX_TOKEN_BYTES = 1 << 20


class Credentials(Struct, frozen=True):
    """What one request shows: a value for the header Authorization, a client certificate, or neither."""

    authorization: Secret | None = None
    certificate: ClientCertificate | None = None


class CredentialSource(Protocol):
    """Safe to ask from any thread; may raise KubeconfigError."""

    def current(self) -> Credentials: ...

    def after_refusal(self, refused: Credentials) -> Credentials | None:
        """After a 401 for `refused`: other credentials to try once, or None."""


class FixedCredentials:
    """A token, password or certificate that the kubeconfig itself holds."""

    def __init__(self, user: User) -> None:
        self._credentials = Credentials(_authorization(user), user.certificate)

    def current(self) -> Credentials:
        return self._credentials

    def after_refusal(self, refused: Credentials) -> Credentials | None:  # noqa: ARG002 - nothing to renew
        return None


class TokenFile:
    """A token in a file that is renewed from outside: read for every request (client-go: at least once a minute)."""

    def __init__(self, path: Path, user: User) -> None:
        self._path = path
        self._user = user

    def current(self) -> Credentials:
        try:
            with self._path.open("rb") as stream:
                content = stream.read(_MAX_TOKEN_BYTES)
        except OSError as error:
            if self._user.token is not None:
                return Credentials(_bearer(self._user.token), self._user.certificate)
            raise KubeconfigError(
                f"the token file `{self._path}` cannot be read: {error.strerror}",
                f"check its owner and mode with `ls -l {self._path}`",
            ) from error
        token = content.decode("latin-1").strip()
        if not token:
            raise KubeconfigError(f"the token file `{self._path}` is empty")
        return Credentials(_bearer(Secret(token)), self._user.certificate)

    def after_refusal(self, refused: Credentials) -> Credentials | None:
        renewed = self.current()
        return renewed if renewed != refused else None


class PluginSource:
    """An exec plugin: run when first needed, when what it gave has expired, and once after a 401."""

    def __init__(
        self,
        run: Callable[[], PluginCredentials],
        user: User,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._run = run
        self._user = user
        self._now = now
        self._lock = threading.Lock()
        self._given: PluginCredentials | None = None
        self._credentials = Credentials()

    def current(self) -> Credentials:
        with self._lock:
            if self._given is None or self._expired(self._given):
                self._renew()
            return self._credentials

    def after_refusal(self, refused: Credentials) -> Credentials | None:
        with self._lock:
            # another thread may have renewed them while this one waited
            if self._credentials is refused:
                self._renew()
            return self._credentials

    def _expired(self, given: PluginCredentials) -> bool:
        return given.expires is not None and given.expires <= self._now()

    def _renew(self) -> None:
        given = self._run()
        token = _bearer(given.token) if given.token else None
        self._credentials = Credentials(token, given.certificate or self._user.certificate)
        self._given = given


def credential_source(access: Access, environ: Mapping[str, str], *, terminal: bool) -> CredentialSource:
    """The one source that takes effect for this user, in client-go's order; runs and reads nothing yet.

    With a `terminal` an exec plugin may ask on it. Raises KubeconfigError.
    """
    user = access.user
    if user.token_file is not None:
        return TokenFile(user.token_file, user)
    if user.plugin is not None and user.token is None and not user.username:
        plugin = user.plugin
        return PluginSource(lambda: run_plugin(plugin, access.endpoint, environ, terminal=terminal), user)
    return FixedCredentials(user)


def impersonation_headers(impersonation: Impersonation) -> tuple[tuple[str, str], ...]:
    """The headers of "User impersonation" (Kubernetes: Authenticating)."""
    pairs = [("Impersonate-User", impersonation.user), ("Impersonate-Uid", impersonation.uid)]
    pairs += [("Impersonate-Group", group) for group in impersonation.groups]
    pairs += [(f"Impersonate-Extra-{quote(key, safe='')}", value) for key, value in impersonation.extra]
    headers = tuple((name, value) for name, value in pairs if value)
    for name, value in headers:
        if not all(character.isprintable() and ord(character) < 256 for character in name + value):
            raise KubeconfigError(f"`{name}` of the `as` entries cannot be sent", "use printable characters")
    return headers


def _authorization(user: User) -> Secret | None:
    if user.token is not None:
        return _bearer(user.token)
    if user.username:
        password = user.password.reveal() if user.password else ""
        pair = base64.b64encode(f"{user.username}:{password}".encode()).decode()
        return Secret(f"Basic {pair}")
    return None


def _bearer(token: Secret) -> Secret:
    text = token.reveal()
    # http.client would show the whole value in its error
    if not all(0x20 < ord(character) < 0x7F for character in text):
        raise KubeconfigError(
            "the token has illegal characters", "copy it again, without quotes and line breaks"
        )
    return Secret(f"Bearer {text}")
