"""Reads JSON as Go's `encoding/json` and sigs.k8s.io/json do, with the place of every value."""

from __future__ import annotations

import json
import math
from typing import NamedTuple

from msgspec import Struct

from podwright.lazy_pattern import lazy_pattern
from podwright.pods.go_values import GoList, GoMap, Repeated, UnreadableError, mark_of

_TOKEN = lazy_pattern(
    r"[ \t\r\n]*(?:"
    r'(?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")'
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<word>true|false|null)"
    r"|(?P<mark>[\[\]{},:])"
    r"|(?P<end>\Z))"
)
_BLANKS = lazy_pattern(r"[ \t\r\n]*")
_WORDS = {"true": True, "false": False, "null": None}
_SURROGATE = lazy_pattern("[\ud800-\udfff]")
_DEPTH = 200
# far more than any pod has; keeps a hostile file from costing more than a second
MOST_VALUES = 100_000
_DIGITS = 4000


class _Spot(NamedTuple):
    line: int
    column: int


class _Token(Struct, frozen=True):
    kind: str
    text: str
    spot: _Spot


class _Tokens:
    """The tokens of a text, one at a time, with their places."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 0
        self._line_start = 0
        self._count = 0
        self.repeated: list[Repeated] = []
        self.next = self._read()

    def take(self) -> _Token:
        token = self.next
        self._count += 1
        if self._count > 3 * MOST_VALUES:
            raise _refused(token, f"more than {MOST_VALUES} values, which no pod has")
        if token.kind != "end":
            self.next = self._read()
        return token

    def _read(self) -> _Token:
        match = _TOKEN.match(self._text, self._at)
        if match is None or match.lastgroup is None:
            self._advance(_BLANKS.match(self._text, self._at).end())  # type: ignore[union-attr]
            raise UnreadableError("json: invalid character looking for a value", *mark_of(self._spot()))
        self._advance(match.start(match.lastgroup))
        spot = self._spot()
        self._at = match.end()
        return _Token(match.lastgroup, match[match.lastgroup], spot)

    def _advance(self, to: int) -> None:
        self._line += self._text.count("\n", self._at, to)
        last_break = self._text.rfind("\n", self._at, to)
        if last_break >= 0:
            self._line_start = last_break + 1
        self._at = to

    def _spot(self) -> _Spot:
        return _Spot(self._line, self._at - self._line_start)


def decode_json(data: bytes) -> tuple[object, tuple[Repeated, ...]]:
    """Return the one JSON value of the bytes, and the keys that stand twice; numbers with a point stay floats.

    A key that stands twice is decoded into what the first left: maps and lists merge, the rest is replaced.
    Raises UnreadableError for anything else than JSON, with its place.
    """
    tokens = _Tokens(data.decode("utf-8", "replace"))
    value, _ = _value(tokens, 0)
    rest = tokens.take()
    if rest.kind != "end":
        raise _refused(rest, "invalid character after top-level value")
    return value, tuple(tokens.repeated)


def _value(tokens: _Tokens, depth: int) -> tuple[object, _Spot]:
    token = tokens.take()
    if token.kind == "string":
        return _string(token), token.spot
    if token.kind == "number":
        return _number(token), token.spot
    if token.kind == "word":
        return _WORDS[token.text], token.spot
    if depth >= _DEPTH:
        raise _refused(token, f"nested deeper than {_DEPTH} levels")
    if token.text == "{":
        return _object(tokens, token.spot, depth + 1), token.spot
    if token.text == "[":
        return _array(tokens, token.spot, depth + 1), token.spot
    raise _refused(token, "unexpected end of JSON input" if token.kind == "end" else "invalid character")


def _object(tokens: _Tokens, spot: _Spot, depth: int) -> GoMap:
    result = GoMap(spot)
    if tokens.next.text == "}":
        tokens.take()
        return result
    while True:
        key = tokens.take()
        if key.kind != "string":
            raise _refused(key, "a key must be a string")
        _expect(tokens, ":")
        value, spot_of_value = _value(tokens, depth)
        name = _string(key)
        if name in result:
            tokens.repeated.append(Repeated(name, mark_of(key.spot), mark_of(result.spots[name][0])))
        result[name] = _into(result[name], value) if name in result else value
        result.spots[name] = key.spot, spot_of_value
        if _expect(tokens, ",", "}").text == "}":
            return result


def _array(tokens: _Tokens, spot: _Spot, depth: int) -> GoList:
    result = GoList(spot)
    if tokens.next.text == "]":
        tokens.take()
        return result
    while True:
        value, spot_of_value = _value(tokens, depth)
        result.append(value)
        result.spots.append(spot_of_value)
        if _expect(tokens, ",", "]").text == "]":
            return result


def _expect(tokens: _Tokens, *marks: str) -> _Token:
    token = tokens.take()
    if token.kind != "mark" or token.text not in marks:
        wanted = " or ".join(f"`{mark}`" for mark in marks)
        raise _refused(token, f"{wanted} is missing here")
    return token


def _into(old: object, new: object) -> object:
    """What Go's decoder leaves when it decodes `new` over `old`."""
    if isinstance(old, GoMap) and isinstance(new, GoMap):
        for name, item in new.items():
            old[name] = _into(old[name], item) if name in old else item
            old.spots[name] = new.spots[name]
        return old
    if isinstance(old, GoList) and isinstance(new, GoList):
        for index, item in enumerate(old[: len(new)]):
            new[index] = _into(item, new[index])
    return new


def _string(token: _Token) -> str:
    text = str(json.loads(token.text))
    return _SURROGATE.sub("�", text)


def _number(token: _Token) -> int | float:
    number = float(token.text)
    if math.isinf(number) or len(token.text) > _DIGITS:
        raise _refused(token, "a number of this size fits nowhere")
    return number if any(character in token.text for character in ".eE") else int(token.text)


def _refused(token: _Token, reason: str) -> UnreadableError:
    return UnreadableError(f"json: {reason}", *mark_of(token.spot))
