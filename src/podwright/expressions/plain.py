"""Turns what an expression yields into plain dicts, lists and scalars, and into the text that `{{ … }}` writes."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from datetime import date
from itertools import count

from jinja2 import Undefined
from jinja2.runtime import LoopContext

from podwright.expressions.failure import ExpressionError

#: Text of one template, and of one value in it.
MAX_TEXT = 1 << 20
#: Values in one value: a few lists that hold each other stand for more than any memory holds.
MAX_VALUES = 200_000

_LISTS = (Sequence, KeysView, ValuesView, ItemsView, Iterator)


def plain(value: object) -> object:
    """Return `value` in plain dicts, lists and scalars. Raises ExpressionError for a function, a macro and the like."""
    if isinstance(value, str | int | float | date | None) and not isinstance(value, Undefined):
        return str(value) if isinstance(value, str) else value
    return _plain(value, count())


def _plain(value: object, counted: Iterator[int]) -> object:
    if next(counted) > MAX_VALUES:
        raise ExpressionError(f"a value of more than {MAX_VALUES} parts")
    if isinstance(value, str | Undefined):
        return str(value)  # what is missing is named here; an `if` without an `else` is empty
    if isinstance(value, int | float | date | None):
        return value
    if isinstance(value, Mapping):
        return {_plain(key, counted): _plain(item, counted) for key, item in value.items()}
    if isinstance(value, _LISTS) and not isinstance(value, LoopContext):
        return [_plain(item, counted) for item in value]
    # anything else would be written as an address in memory, which differs from run to run
    raise ExpressionError("only values can be written", "call a macro with `()`")


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
    return text


def too_long() -> ExpressionError:
    return ExpressionError(f"the template makes more than {MAX_TEXT >> 20} MiB of text")
