"""Tokens of legacy auth providers (oidc, gcp, azure), which only the official Kubernetes library can renew.

Needs the extra `podwright[kubernetes]`. The library gives the token and nothing else: requests stay ours.
"""

from __future__ import annotations

import importlib
import os
import threading
from typing import Any

from podwright.errors import KubeconfigError
from podwright.remote.kube.access import Access
from podwright.remote.kube.auth import Credentials
from podwright.secret import Secret


class LibraryToken:
    """Asks the library for each request's header; it renews token and kubeconfig on expiry."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._provider = access.user.auth_provider
        self._library: Any = _load(access)
        self._lock = threading.Lock()
        self._configuration: Any = None

    def current(self) -> Credentials:
        with self._lock:
            try:
                if self._configuration is None:
                    self._configuration = self._configure()
                header = self._configuration.auth_settings().get("BearerToken", {}).get("value")
            except Exception as error:  # noqa: BLE001 - whatever the provider's own libraries raise
                raise KubeconfigError(
                    f"the auth provider `{self._provider}` of {self._access.source} gave no token "
                    f"({type(error).__name__})",
                    "log in again as the provider asks, or use an exec plugin",
                ) from None
        if not header:
            raise KubeconfigError(f"the auth provider `{self._provider}` gave no token")
        return Credentials(Secret(str(header)), self._access.user.certificate)

    def after_refusal(self, refused: Credentials) -> Credentials | None:
        with self._lock:
            self._configuration = None
        renewed = self.current()
        return renewed if renewed != refused else None

    def _configure(self) -> Any:  # noqa: ANN401 - the library has no types
        configuration = self._library.Configuration()
        importlib.import_module("kubernetes.config").load_kube_config(
            config_file=os.pathsep.join(str(path) for path in self._access.files),
            context=self._access.context,
            client_configuration=configuration,
        )
        return configuration


def _load(access: Access) -> Any:  # noqa: ANN401 - the library has no types
    try:
        return importlib.import_module("kubernetes.client")
    except ImportError:
        raise KubeconfigError(
            f"{access.source} uses the legacy auth provider `{access.user.auth_provider}`",
            "install `podwright[kubernetes]`, which can renew its tokens, or use an exec plugin",
        ) from None
