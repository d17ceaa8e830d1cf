"""Filters on text, and the tests that match it: regular expressions, paths, quoting."""

from __future__ import annotations

import posixpath
import re
import shlex

from podwright.expressions.failure import ExpressionError
from podwright.expressions.plain import plain

_TRUE = frozenset({"yes", "on", "1", "true", "t", "y", "1.0"})
_GROUP = re.compile(r"^\\(?:g<(\w+)>|([0-9]+))$")


def string(value: object) -> str:
    return value if type(value) is str else str(plain(value))


def to_bool(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    return string(value).lower() in _TRUE


def quote(text: object) -> str:
    return shlex.quote("" if text is None else string(text))


def basename(path: object) -> str:
    return posixpath.basename(string(path))


def dirname(path: object) -> str:
    return posixpath.dirname(string(path))


def split(text: object, separator: str | None = None, maxsplit: int = -1) -> list[str]:
    return string(text).split(separator, maxsplit)


def regex_replace(
    text: object,
    pattern: str = "",
    replacement: str = "",
    *,
    ignorecase: bool = False,
    multiline: bool = False,
    count: int = 0,
) -> str:
    try:
        return _compiled(pattern, ignorecase, multiline).sub(replacement, string(text), count=count)
    except (re.error, IndexError) as error:
        raise ExpressionError("the replacement of `regex_replace` names a group that is not there") from error


def regex_search(
    text: object, pattern: str, *groups: str, ignorecase: bool = False, multiline: bool = False
) -> str | list[str | None] | None:
    found = _compiled(pattern, ignorecase, multiline).search(string(text))
    if found is None or not groups:
        return found.group() if found else None
    names = [_GROUP.sub(r"\1\2", group) for group in groups]
    try:
        return [found.group(int(name) if name.isdigit() else name) for name in names]
    except IndexError as error:
        raise ExpressionError(
            "`regex_search` names a group that is not there", "write '\\\\1' or '\\\\g<name>'"
        ) from error


def match(text: object, pattern: str, ignorecase: bool = False, multiline: bool = False) -> bool:
    return _compiled(pattern, ignorecase, multiline).match(string(text)) is not None


def search(text: object, pattern: str, ignorecase: bool = False, multiline: bool = False) -> bool:
    return _compiled(pattern, ignorecase, multiline).search(string(text)) is not None


def _compiled(pattern: str, ignorecase: bool, multiline: bool) -> re.Pattern[str]:
    flags = (re.IGNORECASE if ignorecase else 0) | (re.MULTILINE if multiline else 0)
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ExpressionError(
            "the regular expression cannot be read", "write it as Python's `re` has it"
        ) from error
