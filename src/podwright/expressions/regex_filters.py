"""Filters and tests by regular expressions."""

from __future__ import annotations

import re
from collections.abc import Callable

from podwright.expressions.errors import ExpressionError
from podwright.expressions.text_filters import string

_GROUP = re.compile(r"\\(?:g<(\S+)>|([0-9]+))")
_BASIC = re.compile(r"([].[^$*\\])")


def regex_replace(  # noqa: PLR0917
    text: object = "",
    pattern: str = "",
    replacement: str = "",
    ignorecase: bool = False,
    multiline: bool = False,
    count: int = 0,
    mandatory_count: int = 0,
) -> str:
    try:
        replaced, times = compiled(pattern, ignorecase, multiline).subn(
            replacement, string(text), count=count
        )
    except (re.error, IndexError) as error:
        raise ExpressionError("the replacement of `regex_replace` names a group that is not there") from error
    if mandatory_count and times != mandatory_count:
        raise ExpressionError(f"`regex_replace` matches {times} times, not {mandatory_count}")
    return replaced


def regex_search(
    text: object, pattern: str, *groups: str, ignorecase: bool = False, multiline: bool = False
) -> str | list[str | None] | None:
    found = compiled(pattern, ignorecase, multiline).search(string(text))
    if found is None or not groups:
        return found.group() if found else None
    try:
        return [found.group(_group(written)) for written in groups]
    except IndexError as error:
        raise ExpressionError(
            "`regex_search` names a group that is not there", "write '\\\\1' or '\\\\g<name>'"
        ) from error


def _group(written: str) -> str | int:
    named = _GROUP.match(written)
    if named is None:
        raise IndexError(written)
    return named[1] or int(named[2])


def regex_findall(
    text: object, pattern: str, multiline: bool = False, ignorecase: bool = False
) -> list[object]:
    return compiled(pattern, ignorecase, multiline).findall(string(text))


def regex_escape(text: object, re_type: str = "python") -> str:
    if re_type not in ("python", "posix_basic"):
        raise ExpressionError("`regex_escape` knows `python` and `posix_basic`")
    return re.escape(string(text)) if re_type == "python" else _BASIC.sub(r"\\\1", string(text))


def _test(method: str) -> Callable[..., bool]:
    def test(text: object, pattern: str = "", ignorecase: bool = False, multiline: bool = False) -> bool:
        return getattr(compiled(pattern, ignorecase, multiline), method)(string(text)) is not None

    return test


match = _test("match")
search = _test("search")


def regex(
    text: object,
    pattern: str = "",
    ignorecase: bool = False,
    multiline: bool = False,
    match_type: str = "search",
) -> bool:
    if match_type not in ("search", "match", "fullmatch"):
        raise ExpressionError("`match_type` is `search`, `match` or `fullmatch`")
    return _test(match_type)(text, pattern, ignorecase, multiline)


def compiled(pattern: str, ignorecase: bool = False, multiline: bool = False) -> re.Pattern[str]:
    """Raises ExpressionError for what is no regular expression."""
    flags = (re.IGNORECASE if ignorecase else 0) | (re.MULTILINE if multiline else 0)
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ExpressionError(
            "the regular expression cannot be read", "write it as Python's `re` has it"
        ) from error
