"""Asks the lab's own API, whose kubeconfig this project wrote: JSON over HTTPS with a token."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from podwright_lab.lab_error import LabError

_SECONDS = 30.0
_AS_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


class ApiClient:
    """One kept-alive connection to the API of `kubeconfig`; raises LabError if that is not a lab's or none answers."""

    def __init__(self, kubeconfig: Path) -> None:
        try:
            config = json.loads(kubeconfig.read_text())
            cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
            server, self._token = urlsplit(cluster["server"]), str(user["token"])
            authority = _decoded(cluster["certificate-authority-data"])
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise LabError(
                f"`{kubeconfig}` is not a lab's kubeconfig", "start a lab: podwright lab up"
            ) from error
        context = ssl.create_default_context(cadata=authority)
        self._connection = http.client.HTTPSConnection(
            server.hostname or "", server.port, timeout=_SECONDS, context=context
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def get(self, path: str, query: Mapping[str, str], *, table: bool = False) -> Mapping[str, Any]:
        """The object, list or (with `table`) Table at `path`; queries with an empty value are left out."""
        accept = _AS_TABLE if table else "application/json"
        content: Mapping[str, Any] = json.loads(self._ask("GET", path, query, accept).read())
        return content

    def delete(self, path: str, query: Mapping[str, str]) -> None:
        self._ask("DELETE", path, query, "application/json").read()

    def watch(self, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """The events that follow, their objects as Tables, until the API ends the stream."""
        answer = self._ask("GET", path, {**query, "watch": "true"}, _AS_TABLE)
        if self._connection.sock is not None:
            self._connection.sock.settimeout(None)
        while line := answer.readline():
            yield json.loads(line)

    def _ask(self, method: str, path: str, query: Mapping[str, str], accept: str) -> http.client.HTTPResponse:
        given = urlencode({name: value for name, value in query.items() if value})
        headers = {"Authorization": f"Bearer {self._token}", "Accept": accept}
        try:
            self._connection.request(method, f"{path}?{given}" if given else path, headers=headers)
            answer = self._connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            why = str(error) or type(error).__name__
            raise LabError(
                f"the lab's API does not answer: {why}", "is it up? podwright lab status"
            ) from error
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise LabError(f"the API refuses: {_reason(answer)}")
        return answer


def _decoded(base64_text: str) -> str:
    import base64

    return base64.b64decode(base64_text, validate=True).decode("ascii")


def _reason(answer: http.client.HTTPResponse) -> str:
    try:
        return str(json.loads(answer.read())["message"])
    except (ValueError, LookupError, TypeError):
        return f"HTTP {answer.status}"
