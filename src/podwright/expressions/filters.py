"""The filters of templates: those of Jinja that are safe and repeatable, and those Ansible users expect."""

from __future__ import annotations

import base64
import hashlib
import json
import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any

import yaml
from jinja2 import Undefined
from jinja2.filters import FILTERS as JINJA_FILTERS

from podwright.expressions.limits import (
    MAX_TEXT,
    RefusedError,
    bounded_join,
    bounded_replace,
    check_result,
    check_size,
)
from podwright.expressions.regex import compile_pattern
from podwright.inventory.document import DocumentError, parse_document
from podwright.problem import Problem

#: Left out of Jinja's own: `random` (equal input must give equal text), `attr`, `format`, `pprint`, `xmlattr`, HTML.
KEPT_FROM_JINJA = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "groupby", "int", "items", "last",
    "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse", "round", "select", "selectattr",
    "sort", "title", "trim", "upper", "urlencode",
)  # fmt: skip
_TRUE = frozenset({"yes", "on", "1", "true", "t", "y", "1.0"})
_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def to_yaml(
    value: object,
    indent: int | None = None,
    sort_keys: bool = True,
    width: int | None = None,
    default_flow_style: bool | None = None,
) -> str:
    check_size(value)
    dumped: str = yaml.dump(
        plain(value),
        Dumper=_DUMPER,
        allow_unicode=True,
        indent=None if indent is None else _small(indent),
        sort_keys=sort_keys,
        width=80 if width is None else min(width, MAX_TEXT),
        default_flow_style=default_flow_style,
    )
    return dumped


def to_nice_yaml(value: object, indent: int = 4, sort_keys: bool = True, width: int | None = None) -> str:
    return to_yaml(value, indent, sort_keys, width, default_flow_style=False)


def to_json(
    value: object, indent: int | None = None, sort_keys: bool = False, ensure_ascii: bool = True
) -> str:
    check_size(value)
    space = None if indent is None else _small(indent)
    return json.dumps(plain(value), indent=space, sort_keys=sort_keys, ensure_ascii=ensure_ascii, default=str)


def to_nice_json(value: object, indent: int = 4, sort_keys: bool = True) -> str:
    return to_json(value, indent, sort_keys)


def from_json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError as error:
        raise RefusedError("`from_json` was given text that is not JSON") from error
    return value


def from_yaml(text: str) -> object:
    problems: list[Problem] = []
    try:
        document = parse_document("", text, problems)
    except DocumentError as error:
        raise RefusedError("`from_yaml` was given text that is not YAML") from error
    if problems:
        raise RefusedError("`from_yaml` was given YAML with duplicate keys or unknown tags")
    return document.value


def b64encode(text: object) -> str:
    return base64.b64encode(_text(text).encode()).decode("ascii")


def b64decode(text: str) -> str:
    try:
        return base64.b64decode(_text(text), validate=False).decode()
    except ValueError as error:
        raise RefusedError("`b64decode` was given no base64 of UTF-8 text") from error


def quote(text: object) -> str:
    return shlex.quote("" if text is None else _text(text))


def mandatory(value: object, message: str = "") -> object:
    if isinstance(value, Undefined):
        named = f"`{value._undefined_name}`" if value._undefined_name else "a value"
        raise RefusedError(
            message or f"{named} is mandatory and undefined", "give it a value in the inventory"
        )
    return value


def ternary(value: object, if_true: object, if_false: object, if_none: object = None) -> object:
    if value is None and if_none is not None:
        return if_none
    return if_true if value else if_false


def to_bool(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    return _text(value).lower() in _TRUE


def combine(
    first: Mapping[str, object], *others: Mapping[str, object], recursive: bool = False
) -> dict[str, object]:
    merged = dict(first)
    for other in others:
        for key, value in other.items():
            below = merged.get(key)
            if recursive and isinstance(below, Mapping) and isinstance(value, Mapping):
                merged[key] = combine(below, value, recursive=True)
            else:
                merged[key] = value
    return merged


def dict2items(
    mapping: Mapping[str, object], key_name: str = "key", value_name: str = "value"
) -> list[dict[str, object]]:
    return [{key_name: key, value_name: value} for key, value in mapping.items()]


def items2dict(
    items: Iterable[Mapping[str, object]], key_name: str = "key", value_name: str = "value"
) -> dict[object, object]:
    return {item[key_name]: item[value_name] for item in items}


def regex_replace(
    text: object,
    pattern: str = "",
    replacement: str = "",
    *,
    ignorecase: bool = False,
    multiline: bool = False,
    count: int = 0,
) -> str:
    source = _text(text)
    expression = compile_pattern(pattern, source, _flags(ignorecase, multiline))
    longest = len(source) + (len(source) + 1) * (len(replacement) + replacement.count("\\") * len(source))
    if longest > 64 * MAX_TEXT:
        raise RefusedError("`regex_replace` could make too long a text")
    try:
        return expression.sub(replacement, source, count=count)
    except (re.error, IndexError) as error:
        raise RefusedError("the replacement of `regex_replace` names a group that is not there") from error


def regex_search(
    text: object, pattern: str, *groups: str, ignorecase: bool = False, multiline: bool = False
) -> str | list[str | None] | None:
    source = _text(text)
    found = compile_pattern(pattern, source, _flags(ignorecase, multiline)).search(source)
    if found is None or not groups:
        return found.group() if found else None
    names = [re.sub(r"^\\(?:g<(\w+)>|([0-9]+))$", r"\1\2", group) for group in groups]
    try:
        return [found.group(int(name) if name.isdigit() else name) for name in names]
    except IndexError as error:
        raise RefusedError(
            "`regex_search` names a group that is not there", "write '\\\\1' or '\\\\g<name>'"
        ) from error


def digest(text: object, algorithm: str = "sha1") -> str:
    if algorithm not in {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}:
        raise RefusedError("`hash` knows md5, sha1, sha224, sha256, sha384 and sha512")
    return hashlib.new(algorithm, _text(text).encode(), usedforsecurity=False).hexdigest()


def split(text: str, separator: str | None = None, maxsplit: int = -1) -> list[str]:
    return _text(text).split(separator, maxsplit)


def unique(items: Iterable[object]) -> list[object]:
    found: list[object] = []
    seen: set[object] = set()
    for item in items:
        if _mark(item) not in seen:
            seen.add(_mark(item))
            found.append(item)
    return found


def union(first: Iterable[object], second: Iterable[object]) -> list[object]:
    return unique([*first, *second])


def intersect(first: Iterable[object], second: Iterable[object]) -> list[object]:
    kept = {_mark(item) for item in second}
    return [item for item in unique(first) if _mark(item) in kept]


def difference(first: Iterable[object], second: Iterable[object]) -> list[object]:
    dropped = {_mark(item) for item in second}
    return [item for item in unique(first) if _mark(item) not in dropped]


def indent(text: str, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    """Jinja's `indent`, with a bound."""
    space = width if isinstance(width, str) else " " * _small(width, 1000)
    lines = _text(text).split("\n")
    indented = [space + line if line or blank else line for line in lines[1:]]
    return bounded_join([(space + lines[0] if first else lines[0]), *indented], "\n")


def join(items: Iterable[object], separator: str = "", attribute: str | None = None) -> str:
    values = items if attribute is None else [item[attribute] for item in items]  # type: ignore[index]
    return bounded_join([_text(value) for value in values], separator)


def replace(text: object, old: str, new: str, count: int = -1) -> str:
    return bounded_replace(_text(text), old, _text(new), count)


def total(numbers: Iterable[int | float], start: int | float = 0) -> int | float:
    for number in numbers:
        start = start + number
    return start


def matches(text: object, pattern: str, ignorecase: bool = False, multiline: bool = False) -> bool:
    source = _text(text)
    return compile_pattern(pattern, source, _flags(ignorecase, multiline)).match(source) is not None


def contains_pattern(text: object, pattern: str, ignorecase: bool = False, multiline: bool = False) -> bool:
    source = _text(text)
    return compile_pattern(pattern, source, _flags(ignorecase, multiline)).search(source) is not None


def _text(value: object) -> str:
    if isinstance(value, str) and not isinstance(value, Undefined):
        return str(value)
    check_size(value)
    return str(plain(value))


def _small(width: int, limit: int = 64) -> int:
    if not isinstance(width, int) or not 0 <= width <= limit:
        raise RefusedError(f"an indentation is a number from 0 to {limit}")
    return width


def _flags(ignorecase: bool, multiline: bool) -> int:
    return (re.IGNORECASE if ignorecase else 0) | (re.MULTILINE if multiline else 0)


def _mark(item: object) -> object:
    """Something hashable that equals for equal items; 1 and true stay apart."""
    if isinstance(item, str | int | float | None):
        return type(item).__name__, item
    return "value", to_json(item, sort_keys=True)


def plain(value: object) -> object:
    """Plain dicts and lists, so that the dumpers know every type; `check_size` has bounded it already."""
    if isinstance(value, Mapping):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | range):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _guarded(function: Callable[..., object]) -> Callable[..., object]:
    """Bound what comes out of a filter; attributes such as Jinja's `pass_environment` are kept by `wraps`."""

    @wraps(function)
    def guarded(*args: object, **kwargs: object) -> object:
        result = function(*args, **kwargs)
        check_result(result)
        return result

    return guarded


OWN_FILTERS: dict[str, Callable[..., object]] = {
    "b64decode": b64decode,
    "b64encode": b64encode,
    "basename": lambda path: posixpath.basename(_text(path)),
    "bool": to_bool,
    "combine": combine,
    "dict2items": dict2items,
    "difference": difference,
    "dirname": lambda path: posixpath.dirname(_text(path)),
    "from_json": from_json,
    "from_yaml": from_yaml,
    "hash": digest,
    "indent": indent,
    "intersect": intersect,
    "items2dict": items2dict,
    "join": join,
    "mandatory": mandatory,
    "quote": quote,
    "regex_replace": regex_replace,
    "regex_search": regex_search,
    "replace": replace,
    "split": split,
    "string": _text,
    "sum": total,
    "ternary": ternary,
    "to_json": to_json,
    "to_nice_json": to_nice_json,
    "to_nice_yaml": to_nice_yaml,
    "to_yaml": to_yaml,
    "union": union,
    "unique": unique,
}
FILTERS: dict[str, Callable[..., object]] = {
    name: _guarded(function)
    for name, function in {**{name: JINJA_FILTERS[name] for name in KEPT_FROM_JINJA}, **OWN_FILTERS}.items()
}
TESTS: dict[str, Callable[..., bool]] = {"match": matches, "search": contains_pattern}
