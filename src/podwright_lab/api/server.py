"""The lab's API server: the store over HTTPS, and the kubeconfig that reaches it."""

from __future__ import annotations

import base64
import json
import ssl
from pathlib import Path

from podwright_lab.api.access import ADMIN, new_tokens, user_of
from podwright_lab.api.api_error import ApiError, ApiUnavailable
from podwright_lab.api.certificates import Certificates, certificates_in
from podwright_lab.api.http import Connection
from podwright_lab.api.listener import Listener
from podwright_lab.api.messages import Answer, Request
from podwright_lab.api.routes import Api, NodeConfig
from podwright_lab.api.store import Store

_CONTEXT = "podwright-lab"


class ApiServer:
    """Serves until `close()`; `stop_listening()` and `resume()` are an API server that goes down and comes back."""

    def __init__(self, store: Store, certificates: Certificates, api: Api, host: str, port: int) -> None:
        self.store = store
        self.tokens = new_tokens()
        self._certificates = certificates
        self._api = api
        self._listener = Listener(certificates.server_context(), self._serve, host, port)

    @property
    def url(self) -> str:
        host = self._listener.host
        return f"https://{f'[{host}]' if ':' in host else host}:{self._listener.port}"

    @property
    def port(self) -> int:
        return self._listener.port

    @property
    def authority(self) -> Path:
        """The certificate that clients have to trust, PEM."""
        return self._certificates.authority

    def kubeconfig(self, user: str = ADMIN, namespace: str = "default") -> str:
        """A whole kubeconfig with the token of `user`: keep it where only its owner reads it."""
        authority = base64.b64encode(self.authority.read_bytes()).decode()
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": _CONTEXT, "cluster": {"server": self.url, "certificate-authority-data": authority}}
            ],
            "users": [{"name": f"{_CONTEXT}-{user}", "user": {"token": self.tokens[user]}}],
            "contexts": [
                {
                    "name": _CONTEXT,
                    "context": {"cluster": _CONTEXT, "user": f"{_CONTEXT}-{user}", "namespace": namespace},
                }
            ],
            "current-context": _CONTEXT,
        }
        # JSON is YAML, and this way needs no quoting rules of its own
        return json.dumps(config, indent=2) + "\n"

    def stop_listening(self) -> None:
        """Go down: watches end, connections break, new ones are refused, stand-in kubelets get ApiUnavailable."""
        self.store.available = False
        self._listener.stop()

    def resume(self) -> None:
        """Come back on the same port, without the history: older watches are answered with 410. Raises OSError."""
        self._listener.start()
        self.store.available = True

    def close(self) -> None:
        """End every watch, connection and thread; the store itself stays."""
        self.store.close()
        self._listener.stop()

    def __enter__(self) -> ApiServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self, connection: ssl.SSLSocket, address: tuple[str, int]) -> None:
        _Client(connection, address, self)  # type: ignore[arg-type]

    def handle(self, request: Request, authorization: str | None) -> Answer:
        """Answer one request; raises ApiError, and ConnectionAbortedError while the API is down."""
        user = user_of(authorization, self.tokens)
        try:
            return self._api.answer(request.by(user))
        except ApiUnavailable as error:
            raise ConnectionAbortedError(str(error)) from error
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            # as kube-apiserver recovers from a panic: one odd object must not end the lab
            raise ApiError(500, "InternalError", f"Internal error occurred: {error!r}") from error


class _Client(Connection):
    server: ApiServer  # type: ignore[assignment]

    def handle_request(self, request: Request, authorization: str | None) -> Answer:
        return self.server.handle(request, authorization)


def serve(
    store: Store,
    *,
    directory: Path,
    host: str = "127.0.0.1",
    port: int = 0,
    node_config: NodeConfig | None = None,
) -> ApiServer:
    """Start serving; certificates are kept in `directory`. Raises OSError if the port cannot be had.

    `node_config(node)` answers `/api/v1/nodes/NODE/proxy/configz`.
    """
    api = Api(store, node_config)
    return ApiServer(store, certificates_in(directory, host), api, host, port)


__all__ = ["ApiError", "ApiServer", "serve"]
