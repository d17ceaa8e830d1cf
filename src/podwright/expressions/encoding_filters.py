"""Filters between values and the formats that hold them: YAML, JSON, base64, digests."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import yaml

from podwright.expressions.errors import ExpressionError
from podwright.expressions.plain_values import plain
from podwright.expressions.text_filters import string

# as Ansible: libyaml ends a text alone without `...`
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_DIGESTS = hashlib.algorithms_guaranteed - {"shake_128", "shake_256"}
_YAML_OPTIONS = frozenset(
    {
        "canonical",
        "default_style",
        "explicit_end",
        "explicit_start",
        "indent",
        "line_break",
        "sort_keys",
        "width",
    }
)
MAX_INDENT = 64


def to_yaml(value: object, *, default_flow_style: bool | None = None, **options: Any) -> str:  # noqa: ANN401
    if wrong := set(options) - _YAML_OPTIONS:
        raise ExpressionError(
            f"`to_yaml` has no option `{min(wrong)[:60]}`", f"there are {', '.join(sorted(_YAML_OPTIONS))}"
        )
    if options.get("indent") is not None:
        options["indent"] = _indent(options["indent"])
    dumped: str = yaml.dump(
        plain(value),
        Dumper=_DUMPER,
        allow_unicode=True,
        default_flow_style=default_flow_style,
        **options,
    )
    return dumped


def to_nice_yaml(
    value: object,
    indent: int = 4,
    *,
    default_flow_style: bool = False,
    **options: Any,  # noqa: ANN401
) -> str:
    return to_yaml(value, indent=indent, default_flow_style=default_flow_style, **options)


def to_json(
    value: object,
    *,
    indent: int | str | None = None,
    sort_keys: bool = False,
    ensure_ascii: bool = True,
    separators: tuple[str, str] | None = None,
) -> str:
    space = _indent(indent) if isinstance(indent, int) else indent
    return json.dumps(
        _with_text_keys(plain(value)),
        indent=space,
        sort_keys=sort_keys,
        ensure_ascii=ensure_ascii,
        separators=(separators[0], separators[1]) if separators else None,
        default=lambda moment: moment.isoformat(),
    )


def to_nice_json(value: object, indent: int = 4, sort_keys: bool = True, *, ensure_ascii: bool = True) -> str:
    return to_json(value, indent=indent, sort_keys=sort_keys, ensure_ascii=ensure_ascii)


def from_json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError as error:
        raise ExpressionError("`from_json` was given text that is not JSON") from error
    return value


def from_yaml(text: object) -> object:
    if not isinstance(text, str):
        return text
    documents = from_yaml_all(text)
    if len(documents) > 1:
        raise ExpressionError("`from_yaml` was given more than one document", "use `from_yaml_all`")
    return documents[0] if documents else None


def from_yaml_all(text: str | None) -> list[object]:
    try:
        # libyaml's composer recurses without a bound; Python's ends with RecursionError
        return list(yaml.load_all(text, Loader=yaml.SafeLoader)) if text is not None else []
    except (yaml.YAMLError, ValueError, AttributeError) as error:
        raise ExpressionError("`from_yaml` was given text that is not YAML") from error


def b64encode(text: object, encoding: str = "utf-8", urlsafe: bool = False) -> str:
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    return encode(string(text).encode(encoding)).decode("ascii")


def b64decode(text: object, encoding: str = "utf-8", urlsafe: bool = False) -> str:
    decode = base64.urlsafe_b64decode if urlsafe else base64.b64decode
    try:
        return decode(string(text)).decode(encoding)
    except ValueError as error:
        raise ExpressionError(
            f"`b64decode` was given text that is not base64 of {encoding.upper()}"
        ) from error


def digest(text: object, algorithm: str = "sha1") -> str:
    if algorithm not in _DIGESTS:
        raise ExpressionError(f"`hash` knows {', '.join(sorted(_DIGESTS))}")
    return hashlib.new(algorithm, string(text).encode(), usedforsecurity=False).hexdigest()


def md5(text: object) -> str:
    return digest(text, "md5")


def _with_text_keys(value: object) -> object:
    """Keys as JSON has them, before they are sorted: 1 and `a` cannot be compared."""
    if isinstance(value, list):
        return [_with_text_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key if isinstance(key, str) else to_json(key): _with_text_keys(item) for key, item in value.items()
    }


def _indent(width: int) -> int:
    if not isinstance(width, int) or not 0 <= width <= MAX_INDENT:
        raise ExpressionError(f"an indentation is a number from 0 to {MAX_INDENT}")
    return width
