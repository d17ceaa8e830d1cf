"""Filters between values and the formats that hold them: YAML, JSON, base64, digests."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import yaml

from podwright.expressions.failure import ExpressionError
from podwright.expressions.plain import plain
from podwright.expressions.text_filters import string

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_DIGESTS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})
MAX_INDENT = 64


def to_yaml(
    value: object,
    indent: int | None = None,
    sort_keys: bool = True,
    width: int | None = None,
    default_flow_style: bool | None = None,
) -> str:
    dumped: str = yaml.dump(
        plain(value),
        Dumper=_DUMPER,
        allow_unicode=True,
        indent=None if indent is None else _indent(indent),
        sort_keys=sort_keys,
        width=80 if width is None else width,
        default_flow_style=default_flow_style,
    )
    return dumped


def to_nice_yaml(value: object, indent: int = 4, sort_keys: bool = True, width: int | None = None) -> str:
    return to_yaml(value, indent, sort_keys, width, default_flow_style=False)


def to_json(
    value: object, indent: int | None = None, sort_keys: bool = False, ensure_ascii: bool = True
) -> str:
    space = None if indent is None else _indent(indent)
    return json.dumps(plain(value), indent=space, sort_keys=sort_keys, ensure_ascii=ensure_ascii, default=str)


def to_nice_json(value: object, indent: int = 4, sort_keys: bool = True) -> str:
    return to_json(value, indent, sort_keys)


def from_json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError as error:
        raise ExpressionError("`from_json` was given text that is not JSON") from error
    return value


def from_yaml(text: str) -> object:
    try:
        # libyaml's composer recurses without a bound; Python's ends with RecursionError
        value: object = yaml.load(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, AttributeError) as error:
        raise ExpressionError("`from_yaml` was given text that is not YAML") from error
    return value


def b64encode(text: object) -> str:
    return base64.b64encode(string(text).encode()).decode("ascii")


def b64decode(text: object) -> str:
    try:
        return base64.b64decode(string(text), validate=False).decode()
    except ValueError as error:
        raise ExpressionError("`b64decode` was given text that is not base64 of UTF-8") from error


def digest(text: object, algorithm: str = "sha1") -> str:
    if algorithm not in _DIGESTS:
        raise ExpressionError("`hash` knows md5, sha1, sha224, sha256, sha384 and sha512")
    return hashlib.new(algorithm, string(text).encode(), usedforsecurity=False).hexdigest()


def _indent(width: int) -> int:
    if not isinstance(width, int) or not 0 <= width <= MAX_INDENT:
        raise ExpressionError(f"an indentation is a number from 0 to {MAX_INDENT}")
    return width
