"""Decrypts files that SOPS encrypted, through its program: names are readable without it, and values are sealed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from podwright.expressions.encrypted_values import Sealed
from podwright.expressions.errors import ExpressionError
from podwright.problem import Place
from podwright.process import Completed, ProcessError, run

_KEY = "sops"
_ENCRYPTED = re.compile(r"ENC\[[A-Z0-9_]+,data:.*\]", re.DOTALL)
#: a key may be in the cloud, or on a token that somebody has to touch
_SECONDS = 60.0
_KEYS_HINT = (
    "check that the key is there (SOPS_AGE_KEY_FILE, gpg, the cloud's login): run `sops --decrypt FILE`"
)


def is_sops(value: object) -> bool:
    """Whether a file's value is what SOPS writes: data, and its own keys and signature beside it."""
    own = value.get(_KEY) if isinstance(value, dict) else None
    return isinstance(own, dict) and "mac" in own


def seal_sops(path: Path, value: dict[object, object]) -> None:
    """Replace each encrypted value by a sealed one, in place; opening any of them decrypts the file, once."""
    file = _File(path)
    del value[_KEY]
    _seal(value, (), lambda at: Sealed(lambda: file.at(at)))


def _seal(value: object, path: tuple[object, ...], sealed: Callable[[tuple[object, ...]], Sealed]) -> None:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in tuple(items):
        if isinstance(item, str) and _ENCRYPTED.fullmatch(item):
            value[key] = sealed((*path, key))  # type: ignore[index]  # it has items, so it is a dict or a list
        else:
            _seal(item, (*path, key), sealed)


class _File:
    """One file, which is decrypted when a value of it is first asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content: object = None
        self._failure: ExpressionError | None = None

    def at(self, path: Sequence[object]) -> object:
        """The value that stands there. Raises ExpressionError."""
        value = self._decrypted()
        for key in path:
            if isinstance(value, dict):
                value = value.get(str(key))
            elif isinstance(value, list) and isinstance(key, int):
                value = value[key]
        return value

    def _decrypted(self) -> object:
        if self._failure is not None:
            raise ExpressionError(self._failure.message, self._failure.hint, self._failure.place)
        if self._content is None:
            try:
                self._content = json.loads(self._run().stdout)
            except ValueError as error:
                self._failure = self._failed("it printed something that is not JSON", "update sops")
                raise self._failure from error
        return self._content

    def _run(self) -> Completed:
        kind = "json" if self._path.suffix == ".json" else "yaml"
        words = (
            "sops",
            "--decrypt",
            "--input-type",
            kind,
            "--output-type",
            "json",
            str(self._path.absolute()),
        )
        try:
            done = run(words, seconds=_SECONDS)
        except ProcessError as error:
            self._failure = self._failed(str(error), "install sops (https://getsops.io) and put it on PATH")
            raise self._failure from error
        if done.exit_status:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
            self._failure = self._failed(said[0][:200].rstrip("."), _KEYS_HINT)
            raise self._failure
        return done

    def _failed(self, reason: str, hint: str) -> ExpressionError:
        message = f"sops cannot decrypt the file: {reason}"
        return ExpressionError(message, hint, Place(str(self._path)))
