"""Filters on text: quoting, comments, URLs, paths."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from urllib.parse import unquote_plus, urlsplit

from podwright.expressions.errors import ExpressionError
from podwright.expressions.plain_values import plain

_TRUE = frozenset({"yes", "on", "1", "true"})
_COMMENTS: dict[str, dict[str, str]] = {
    "plain": {"decoration": "# "},
    "erlang": {"decoration": "% "},
    "c": {"decoration": "// "},
    "cblock": {"beginning": "/*", "decoration": " * ", "end": " */"},
    "xml": {"beginning": "<!--", "decoration": " - ", "end": "-->"},
}


def string(value: object) -> str:
    return value if type(value) is str else str(plain(value))


def to_bool(value: object) -> bool:
    if isinstance(value, str | int):
        return str(value).lower() in _TRUE
    return value == 1


def quote(text: object) -> str:
    return shlex.quote("" if text is None else string(text))


def split(text: object, separator: str | None = None, maxsplit: int = -1) -> list[str]:
    return string(text).split(separator, maxsplit)


def of_text(function: Callable[..., object]) -> Callable[..., object]:
    """A filter that a function of text makes."""
    return lambda value, *given: function(string(value), *given)


def path_join(parts: object) -> str:
    import posixpath

    return parts if isinstance(parts, str) else posixpath.join(*parts)  # type: ignore[misc]


def url_split(url: object, part: str = "") -> object:
    found = urlsplit(string(url))
    names = ("fragment", "hostname", "netloc", "password", "path", "port", "query", "scheme", "username")
    parts = {name: getattr(found, name) for name in names}
    if part and part not in parts:
        raise ExpressionError(f"`urlsplit` knows no part `{part[:60]}`", f"there are {', '.join(parts)}")
    return parts[part] if part else parts


def url_decode(text: object) -> str:
    return unquote_plus(string(text))


def comment(text: object, style: str = "plain", **given: object) -> str:
    """Return `text` as a comment of a style: a line before and after it, and what stands before each of its lines."""
    if style not in _COMMENTS:
        raise ExpressionError(f"`comment` knows no style `{style[:60]}`", f"there are {', '.join(_COMMENTS)}")
    mark = string(given.get("decoration", _COMMENTS[style]["decoration"]))
    edge = mark.rstrip()
    parts: dict[str, object] = {"newline": "\n", "beginning": "", "prefix": edge, "postfix": edge, "end": ""}
    parts |= {**_COMMENTS[style], **given}
    newline, beginning, prefix, decoration, postfix, end = (
        string(parts[name]) for name in ("newline", "beginning", "prefix", "decoration", "postfix", "end")
    )
    lines = decoration + string(text).replace(newline, newline + decoration)
    lines = lines.replace(decoration + newline, edge + newline) if decoration else lines
    before = "" if not prefix else newline if prefix == newline else prefix + newline
    return "".join(
        (
            beginning + newline if beginning else "",
            before * int(string(given.get("prefix_count", 1))),
            lines,
            (newline + postfix) * int(string(given.get("postfix_count", 1))),
            newline + end if end else "",
        )
    )
