"""One named entry of a kubeconfig, and its fields by type; the errors name the entry and its file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from podwright.errors import KubeconfigError
from podwright.secret import Secret


class Entry(Struct, frozen=True):
    """One named entry of a kubeconfig: `kind` is cluster, user or context; relative paths are its file's."""

    kind: str
    name: str
    body: Mapping[str, object]
    file: Path

    def __str__(self) -> str:
        return f"{self.kind} `{self.name}` of kubeconfig `{self.file}`"

    def __repr__(self) -> str:
        return f"<{self}>"  # the body holds secrets

    def wrong(self, what: str, hint: str = "") -> KubeconfigError:
        return KubeconfigError(f"{self}: {what}", hint)

    def text(self, key: str) -> str:
        value = self.body.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self.wrong(f"`{key}` is not a string", "put it in quotes")
        return value

    def secret(self, key: str) -> Secret | None:
        value = self.text(key)
        return Secret(value) if value else None

    def flag(self, key: str) -> bool:
        value = self.body.get(key)
        if value is not None and not isinstance(value, bool):
            raise self.wrong(f"`{key}` is neither true nor false")
        return bool(value)

    def path(self, key: str) -> Path | None:
        value = self.text(key)
        return self.file.absolute().parent / value if value else None

    def pem(self, key: str) -> str | None:
        """The PEM text that base64 hides under `key`."""
        value = self.text(key)
        if not value:
            return None
        try:
            return base64.b64decode("".join(value.split()), validate=True).decode("ascii", "ignore")
        except (binascii.Error, ValueError):
            # not the cause: its text could show a key
            raise self.wrong(f"`{key}` is not PEM in base64") from None

    def strings(self, key: str) -> tuple[str, ...]:
        value = self.body.get(key) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(f"`{key}` is not a list of strings")
        return tuple(value)

    def inner(self, key: str) -> Entry | None:
        value = self.body.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(f"`{key}` is not a mapping")
        return Entry(self.kind, self.name, value, self.file)
