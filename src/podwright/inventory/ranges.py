"""Expands host ranges as Ansible's inventories write them: `web[01:12]`, `db-[a:c]`, `n[0:20:5]`, `host:2222`."""

from __future__ import annotations

import ipaddress
import re
import string

from podwright.lazy_pattern import lazy_pattern

MAX_HOSTS = 200_000

_WITH_PORT = lazy_pattern(r"((?:[^:\[\]]|\[[^\]]*\])*):([0-9]+)")
_BRACKETED_PORT = lazy_pattern(r"\[([^\[\]]+)\]:([0-9]+)")
_RANGE = lazy_pattern(r"\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]", re.IGNORECASE)
_HEX_RANGE = lazy_pattern(r"\[[0-9a-f]+:[0-9a-f]+(?::[0-9]+)?\]", re.IGNORECASE)
_LABEL = r"\w[\w-]*(?<![-_])"
_HOST_NAME = lazy_pattern(rf"{_LABEL}(?:\.{_LABEL})*")


class RangeError(ValueError):
    """A host pattern that cannot be read; the text says why."""


def host_names(pattern: str) -> tuple[tuple[str, ...], int | None]:
    """Return the names that `pattern` stands for, and the port behind it. Raises RangeError."""
    text, port = split_port(pattern)
    if port is not None and not 1 <= port <= 65_535:
        raise RangeError("a port is a number from 1 to 65535")
    return expand(text), port


def split_port(pattern: str) -> tuple[str, int | None]:
    """Split `name:22` or `[::1]:22`; a bare IPv6 address has no port, nor has what is no address (`parse_address`)."""
    if ":" not in pattern:
        return pattern, None
    found = _BRACKETED_PORT.fullmatch(pattern) or _WITH_PORT.fullmatch(pattern)
    if found is None or not _is_address(found[1]):
        return pattern, None
    return found[1], int(found[2])


def _is_address(text: str) -> bool:
    if _HOST_NAME.fullmatch(_RANGE.sub("0", text)):
        return True
    try:
        ipaddress.IPv6Address(_HEX_RANGE.sub("0", text))
    except ValueError:
        return False
    return True


def expand(pattern: str) -> tuple[str, ...]:
    """Return the names of `pattern`, in order; a name without brackets is itself.

    Raises RangeError for a range that has no end, runs backwards or names more than MAX_HOSTS nodes.
    """
    if "[" not in pattern and "]" not in pattern:
        return (pattern,)
    head, bracket, rest = pattern.partition("[")
    bounds, closing, tail = rest.partition("]")
    if not bracket or not closing:
        raise RangeError("the brackets of a host range do not match")
    steps, tails = _range(bounds), expand(tail)
    if len(steps) * len(tails) > MAX_HOSTS:
        raise RangeError(f"a host range of more than {MAX_HOSTS} nodes")
    return tuple(f"{head}{step}{rest}" for step in steps for rest in tails)


def _range(bounds: str) -> tuple[str, ...]:
    parts = bounds.split(":")
    if len(parts) not in {2, 3}:
        raise RangeError("a host range is `[first:last]` or `[first:last:step]`")
    first, last = parts[0] or "0", parts[1]
    step = _step(parts[2]) if len(parts) == 3 else 1
    if first in string.ascii_letters and last and last in string.ascii_letters:
        return _letters(first, last, step)
    return _numbers(first, last, step)


def _step(text: str) -> int:
    if not _is_number(text) or int(text) == 0:
        raise RangeError("the step of a host range is a number above 0")
    return int(text)


def _letters(first: str, last: str, step: int) -> tuple[str, ...]:
    begin, end = string.ascii_letters.find(first), string.ascii_letters.find(last)
    if len(first) != 1 or len(last) != 1 or begin > end:
        raise RangeError("a host range runs from a smaller to a greater single letter")
    return tuple(string.ascii_letters[begin : end + 1 : step])


def _numbers(first: str, last: str, step: int) -> tuple[str, ...]:
    if not _is_number(first) or not _is_number(last):
        raise RangeError("a host range runs between two numbers or two letters")
    width = len(first) if first[0] == "0" and len(first) > 1 else 0
    if width and len(last) != width:
        raise RangeError("the ends of a host range with leading zeros have the same length")
    if int(first) > int(last):
        raise RangeError("a host range runs from the smaller to the greater number")
    numbers = range(int(first), int(last) + 1, step)
    if len(numbers) > MAX_HOSTS:
        raise RangeError(f"a host range of more than {MAX_HOSTS} nodes")
    return tuple(str(number).zfill(width) for number in numbers)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12
