"""An undefined value: an error when it is used, but `a.b.c | upper | default(x)` may ask through it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, Self

from jinja2 import StrictUndefined, Undefined, UndefinedError
from jinja2.utils import missing

from podwright.expressions.template_positions import Spot, spot_of
from podwright.problem import Place


class MissingError(UndefinedError):
    """An undefined value was used; `owner` is what it should have been part of, if anything."""

    def __init__(self, message: str, value: MissingValue, name: str, owner: str, place: Place | None) -> None:
        super().__init__(message)
        self.value = value
        self.name = name
        self.owner = owner
        self.place = place


class MissingValue(StrictUndefined):
    """Strict when it is used, undefined again when a part of it is asked for; its message shows no values."""

    __slots__ = ("_place", "_source", "_spot")

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,  # noqa: ANN401
        name: str | None = None,
        exc: Any = None,  # noqa: ANN401
    ) -> None:
        del exc  # Jinja passes its own; ours says more
        super().__init__(hint, obj, name, self._error)  # type: ignore[arg-type]
        self._place: Place | None = None
        self._source = ""
        self._spot = spot_of(sys._getframe(1))

    def _error(self, message: str) -> MissingError:
        owner = "" if self._undefined_obj is missing else kind_of(self._undefined_obj)
        name = str(self._undefined_name or "")
        return MissingError(message, self, name, owner, self._place)

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return str(self._undefined_hint)
        if self._undefined_obj is missing:
            return f"`{self._undefined_name}` is undefined"
        return f"there is no `{self._undefined_name}` in this {kind_of(self._undefined_obj)}"

    def __getattr__(self, name: str) -> Self:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> Self:  # type: ignore[override]
        return self


def or_none(value: object) -> object:
    """Outside of templates an `if` without an `else`, which is undefined and yet empty within, is no value."""
    return None if type(value) is Undefined else value


def first_missing(values: Iterable[object]) -> MissingValue | None:
    """The first of `values` that is missing."""
    return next((value for value in values if isinstance(value, MissingValue)), None)


def passing_missing(function: Callable[..., Any], *, accepts: bool = False) -> Callable[..., Any]:
    """The same filter or test, but its answer about something missing is missing too, as in Ansible.

    One that `accepts` what is missing is asked nevertheless.
    """

    @wraps(function)
    def called(*values: Any, **named: Any) -> Any:  # noqa: ANN401
        asked = first_missing((*values, *named.values()))
        if asked is not None and not accepts:
            return asked
        try:
            return function(*values, **named)
        except MissingError as error:
            return error.value

    return called


def name_of(value: MissingValue) -> str:
    """The name that is missing."""
    return str(value._undefined_name or "")


def spot_of_missing(value: MissingValue) -> Spot | None:
    """The template that asked for it, and the line there."""
    return value._spot


def written_at(value: MissingValue, place: Place | None, source: str = "") -> MissingValue:
    """The same missing value, with the place of the name that is missing and the expression, if none is known yet."""
    value._place = value._place or place
    value._source = value._source or source
    return value


def written_in(value: MissingValue) -> str:
    """The expression of the inventory that asked for it, "" if that was a template."""
    return value._source


def kind_of(value: object) -> str:
    """What a value is, in the words of a message."""
    if isinstance(value, Mapping):
        return "mapping"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "truth value"
    if isinstance(value, int | float):
        return "number"
    return "list" if isinstance(value, list | tuple) else "value"
