"""Turns what an expression yields into plain dicts, lists and scalars, and into the text that `{{ … }}` writes."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from datetime import date, timedelta
from typing import Any, Final

from jinja2 import Undefined
from jinja2.runtime import LoopContext

from podwright.expressions.errors import ExpressionError
from podwright.expressions.resource_limits import MAX_TEXT, MAX_VALUES

#: `omit`: nothing in a text, and no item of a list or a mapping
OMITTED: Final = object()

_SCALARS = int | float | date | timedelta | None
_YIELDING = (KeysView, ValuesView, ItemsView, Iterator, range)
_LISTS = (Sequence, *_YIELDING)


def plain(value: object) -> object:
    """Return `value` in plain dicts, lists and scalars, what is one thing as one.

    Raises ExpressionError for a function, a macro and the like.
    """
    return _Copy().of(value)


class _Copy:
    """One value on its way to plain ones."""

    def __init__(self) -> None:
        self._count = 0
        # with the thing itself, so that no other gets its id
        self._known: dict[int, tuple[object, object, int]] = {}

    def of(self, value: object) -> object:
        if isinstance(value, str | Undefined):
            self._add(1)
            return str(value)  # what is missing is named here; an `if` without an `else` is empty
        if isinstance(value, _SCALARS):
            self._add(1)
            return value
        known = self._known.get(id(value))
        if known is not None:
            self._add(known[2])
            return known[1]
        before = self._count
        self._add(1)
        made = self._container(value)
        self._known[id(value)] = value, made, self._count - before
        return made

    def _add(self, parts: int) -> None:
        self._count += parts
        if self._count > MAX_VALUES:
            raise ExpressionError(f"a value of more than {MAX_VALUES} parts")

    def _container(self, value: object) -> object:
        if isinstance(value, Mapping):
            items = ((key, item) for key, item in value.items() if item is not OMITTED)
            return {self.of(key): self.of(item) for key, item in items}
        if isinstance(value, tuple) and type(value) is not tuple:
            return tuple(self.of(item) for item in value)  # a group of `groupby`
        if value is OMITTED:
            return ""
        if isinstance(value, _LISTS) and not isinstance(value, LoopContext):
            return [self.of(item) for item in value if item is not OMITTED]
        # anything else would be written as an address in memory, which differs from run to run
        raise ExpressionError("only values can be written", "call a macro with `()`")


class OfValue(str):
    """What `{{ … }}` writes for a value that is no text: alone in a template, it ends with no line end, as in Ansible."""

    __slots__ = ()


def text_of(value: object) -> str:
    """Return what `{{ value }}` writes: nothing for None, as in Ansible."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, range):
        return str(value)
    text = str(plain(value))
    if len(text) > MAX_TEXT:
        raise too_long()
    return text if isinstance(value, str) else OfValue(text)


def listed(value: Any) -> Any:  # noqa: ANN401
    """A list of what yields one item after another, and anything else as it is."""
    one_after_another = isinstance(value, _YIELDING) and not isinstance(value, LoopContext)
    return list(value) if one_after_another else value


def with_line_ends(text: str, source: str, line_end: str = "\n") -> str:
    """What a template yields ends with as many line ends as the template itself: Jinja drops some of them."""
    missing = _line_ends(source) - _line_ends(text) if text else 0
    return text + line_end * missing


def _line_ends(text: str) -> int:
    return len(text) - len(text.rstrip("\n"))


def refuse_too_large(operator: str, left: object, right: object) -> None:
    """Raises ExpressionError for a repetition or a power whose size is known before it is made."""
    if operator == "**":
        if isinstance(left, int) and isinstance(right, int) and left.bit_length() * right > MAX_TEXT:
            raise ExpressionError("this makes too large a number")
        return
    for repeated, times in ((left, right), (right, left)):
        if isinstance(times, int) and isinstance(repeated, str | list | tuple):
            if isinstance(repeated, str) and len(repeated) * times > MAX_TEXT:
                raise too_long()
            if len(repeated) * times > MAX_TEXT:
                raise ExpressionError(f"this makes a list of more than {MAX_TEXT:,} items")


def too_long() -> ExpressionError:
    return ExpressionError(f"the template makes more than {MAX_TEXT >> 20} MiB of text")
