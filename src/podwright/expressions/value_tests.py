"""The tests that Ansible adds to Jinja's."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from podwright.expressions.errors import ExpressionError
from podwright.expressions.text_filters import string
from podwright.lazy_pattern import lazy_pattern

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("==", "=", "eq"), operator.eq),
    **dict.fromkeys(("!=", "<>", "ne"), operator.ne),
    **dict.fromkeys(("<", "lt"), operator.lt),
    **dict.fromkeys(("<=", "le"), operator.le),
    **dict.fromkeys((">", "gt"), operator.gt),
    **dict.fromkeys((">=", "ge"), operator.ge),
}
_STRICT = lazy_pattern(r"([0-9]+)\.([0-9]+)(?:\.([0-9]+))?(?:([ab])([0-9]+))?", re.ASCII)
_SEMANTIC = lazy_pattern(
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?"
)
_PEP440 = lazy_pattern(
    r"v?(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(?P<pre>a|b|c|rc|alpha|beta|preview|pre)[-_.]?(?P<pre_number>[0-9]+)?)?"
    r"(?P<post>-(?P<post_short>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>[0-9]+)?)?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<dev_number>[0-9]+)?)?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?"
)
_TRUE = frozenset({"y", "yes", "on", "1", "true", "t"})
_FALSE = frozenset({"n", "no", "off", "0", "false", "f"})


def version(
    value: object,
    other: object,
    operator: str = "eq",
    strict: bool | None = None,
    version_type: str | None = None,
) -> bool:
    """Whether one version is less, greater, … than another, part by part."""
    if strict is not None and version_type is not None:
        raise ExpressionError("`version` takes `strict` or `version_type`, not both")
    if operator not in _OPERATORS:
        raise ExpressionError(
            f"`version` knows no operator `{operator[:20]}`", f"there are {', '.join(_OPERATORS)}"
        )
    read = _READERS.get(version_type or ("strict" if strict else "loose"))
    if read is None:
        raise ExpressionError("`version_type` is one of loose, strict, semver, semantic and pep440")
    if not value or not other:
        raise ExpressionError("`version` was given no version to compare")
    try:
        return _OPERATORS[operator](read(string(value)), read(string(other)))
    except TypeError as error:
        raise ExpressionError(
            "these two versions cannot be compared: a number stands in one where the other has letters",
            "compare them as `version_type='semver'`, or take the `v` away from both",
        ) from error


def _loose(text: str) -> list[object]:
    """Numbers and the letters between them."""
    parts = [part for part in re.split(r"([0-9]+|[a-z]+|\.)", text) if part and part != "."]
    return [int(part) if part.isdecimal() else part for part in parts]


def _strict(text: str) -> object:
    found = _STRICT.fullmatch(text)
    if found is None:
        raise _not_a_version("`1.2`, `1.2.3` or `1.2.3a1`")
    numbers = tuple(int(part or 0) for part in found.group(1, 2, 3))
    return numbers, (found[4], int(found[5])) if found[4] else ("z", 0)


def _semantic(text: str) -> object:
    found = _SEMANTIC.fullmatch(text)
    if found is None:
        raise _not_a_version("`1.2.3` or `1.2.3-rc.1`")
    parts = found[4].split(".") if found[4] else []
    before = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
    return tuple(map(int, found.group(1, 2, 3))), not before, before


def _pep440(text: str) -> object:
    """As PEP 440 orders them: a.dev, a, b, rc, the release, a local build of it, post."""
    found = _PEP440.fullmatch(text.strip().lower())
    if found is None:
        raise _not_a_version("`1.2.3`, `1.2rc1` or `1.2.post1`")
    release = [int(part) for part in found["release"].split(".")]
    while release and release[-1] == 0:
        release.pop()
    rank = {"a": 1, "b": 2, "": 4}.get((found["pre"] or "")[:1], 3)
    if rank == 4 and found["dev"] is not None and found["post"] is None:
        rank = 0
    post = -1 if found["post"] is None else int(found["post_number"] or found["post_short"] or 0)
    dev = math.inf if found["dev"] is None else int(found["dev_number"] or 0)
    local = [
        (1, int(part), "") if part.isdecimal() else (0, 0, part)
        for part in re.split("[-_.]", found["local"] or "")
        if part
    ]
    return int(found["epoch"] or 0), release, (rank, int(found["pre_number"] or 0)), post, dev, local


_READERS: dict[str, Callable[[str], Any]] = {
    "loose": _loose,
    "strict": _strict,
    "semver": _semantic,
    "semantic": _semantic,
    "pep440": _pep440,
}


def _not_a_version(form: str) -> ExpressionError:
    return ExpressionError(
        "a version cannot be read", f"write it as {form}, or leave out `version_type` and `strict`"
    )


def truthy(value: object, convert_bool: bool = False) -> bool:
    if convert_bool and isinstance(value, str) and value.strip().lower() in _TRUE | _FALSE:
        return value.strip().lower() in _TRUE
    return bool(value)


def falsy(value: object, convert_bool: bool = False) -> bool:
    return not truthy(value, convert_bool)


def contains(items: Collection[object], item: object) -> bool:
    return item in items


def subset(items: Iterable[object], of: Iterable[object]) -> bool:
    return set(items) <= set(of)


def superset(items: Iterable[object], of: Iterable[object]) -> bool:
    return set(items) >= set(of)


def is_nan(value: float) -> bool:
    return value != value  # noqa: PLR0124


def python_type(value: object) -> str:
    """The name of the type that Ansible has for a value."""
    if isinstance(value, Mapping):
        return "dict"
    if isinstance(value, str):
        return "str"
    if isinstance(value, Sequence) and not isinstance(value, tuple | range):
        return "list"
    return type(value).__name__
