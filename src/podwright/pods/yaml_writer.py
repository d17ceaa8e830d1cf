"""Writes a document as block YAML that Go, and every other YAML reader, reads as the very same value."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from podwright.lazy_pattern import lazy_pattern
from podwright.pods.go_scalars import float_text

# a letter or a slash first, nothing that any YAML version gives a meaning to, no blanks
_PLAIN = lazy_pattern(r"[A-Za-z/](?:[A-Za-z0-9_./@=+,-]|:(?=[A-Za-z0-9_./@=+,-]))*")
_WORDS = frozenset(["y", "yes", "n", "no", "true", "false", "on", "off", "null", "nan", "inf", "infinity"])
_LITERAL_LINE = lazy_pattern(r"[^\x00-\x08\x0a-\x1f\x7f-\xa0\u2028\u2029\ufeff\ud800-\udfff]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_FIRST = (
    "apiVersion",
    "kind",
    "metadata",
    "spec",
    "name",
    "namespace",
    "labels",
    "annotations",
    "image",
    "command",
)
_RANK = {name: rank for rank, name in enumerate(_FIRST)}
# libyaml and go-yaml take a key of at most 1,024 bytes for one without `?`
_LONGEST_SIMPLE_KEY = 1000 // 4


def to_yaml(document: Mapping[str, object]) -> str:
    """Return the document as YAML, the same bytes for equal documents: keys are put into a fixed order.

    Takes strings without lone surrogates, integers from -2^63 to 2^64-1, finite floats, booleans, null,
    maps with text keys, and lists.
    """
    lines: list[str] = []
    _mapping(lines, document, "")
    return "\n".join((*lines, ""))


def _mapping(lines: list[str], value: Mapping[str, object], indent: str) -> None:
    for name in sorted(value, key=_order):
        key = _string(name)
        if len(key) > _LONGEST_SIMPLE_KEY:
            lines.append(f"{indent}? {key}")
            key = ""
        _entry(lines, f"{indent}{key}:", value[name], indent)


@lru_cache(maxsize=4096)
def _order(name: str) -> tuple[int, str]:
    return _RANK.get(name, len(_RANK)), name


def _entry(lines: list[str], start: str, value: object, indent: str) -> None:
    if isinstance(value, str):
        if "\n" in value and _fits_literal(value):
            _literal(lines, start, value, indent + "  ")
        else:
            lines.append(f"{start} {_string(value)}")
    elif isinstance(value, list) and value:
        lines.append(start)
        _sequence(lines, value, indent)
    elif isinstance(value, (dict, Mapping)) and value:
        lines.append(start)
        _mapping(lines, value, indent + "  ")
    else:
        lines.append(f"{start} {_inline(value)}")


def _sequence(lines: list[str], items: list[object], indent: str) -> None:
    for item in items:
        begin = len(lines)
        if isinstance(item, list) and item:
            _sequence(lines, item, indent + "  ")
        elif isinstance(item, (dict, Mapping)) and item:
            _mapping(lines, item, indent + "  ")
        else:
            _entry(lines, f"{indent}-", item, indent)
            continue
        lines[begin] = f"{indent}- {lines[begin][len(indent) + 2 :]}"


def _inline(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return float_text(value)
        case Mapping():
            return "{}"
        case list():
            return "[]"
    raise TypeError(f"no YAML for {type(value).__name__}")


@lru_cache(maxsize=4096)
def _string(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable() and character != "\ufeff":
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def _fits_literal(text: str) -> bool:
    """Whether a literal block (`|`) keeps the text exactly: no lines of blanks, a plain first one."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and not lines[0][0].isspace()
        and bool(lines[-1])
        and all(not line or (bool(line.strip(" \t")) and _LITERAL_LINE.fullmatch(line)) for line in lines)
        and not any(line.startswith("\t") for line in lines)
    )


def _literal(lines: list[str], start: str, text: str, indent: str) -> None:
    lines.append(f"{start} |" if text.endswith("\n") else f"{start} |-")
    lines += (f"{indent}{line}" if line else "" for line in text.removesuffix("\n").split("\n"))
