"""A request and an answer, freed of their sockets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from podwright_lab.api.api_error import ApiError, bad_request
from podwright_lab.api.objects import as_json

JSON = "application/json"
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is decoded and split at its slashes; `query` keeps the last value of each name."""

    method: str
    path: tuple[str, ...]
    query: Mapping[str, str]
    accept: str = ""
    content_type: str = ""
    body: bytes = b""
    user: str = ""

    @property
    def raw_path(self) -> str:
        return "/" + "/".join(self.path)

    def by(self, user: str) -> Request:
        return replace(self, user=user)

    def flag(self, name: str) -> bool:
        return self.query.get(name, "").lower() in ("1", "true", "t")

    def number(self, name: str) -> int | None:
        """Raises ApiError 400."""
        text = self.query.get(name, "")
        if not text:
            return None
        if not _INTEGER.fullmatch(text):
            raise bad_request(f'strconv.ParseInt: parsing "{text[:64]}": invalid syntax')
        return int(text)


@dataclass(frozen=True, slots=True)
class Answer:
    """`stream`, if given, is sent in chunks as it comes, in place of `body`."""

    code: int = 200
    body: bytes = b""
    content_type: str = JSON
    stream: Iterator[bytes] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def json_answer(content: object, code: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(code, as_json(content) + b"\n", headers=headers or {})


def error_answer(error: ApiError) -> Answer:
    retry = error.details.get("retryAfterSeconds")
    headers = {"Retry-After": str(retry)} if retry else {}
    return Answer(error.code, as_json(error.status()) + b"\n", headers=headers)
