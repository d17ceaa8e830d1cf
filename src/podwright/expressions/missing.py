"""An undefined value: an error when it is used, but `a.b.c | default(x)` may ask through it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from jinja2 import StrictUndefined, UndefinedError
from jinja2.utils import missing

from podwright.problem import Place


class MissingError(UndefinedError):
    """An undefined value was used; `owner` is what it should have been part of, if anything."""

    def __init__(self, message: str, name: str, owner: str, place: Place | None) -> None:
        super().__init__(message)
        self.name = name
        self.owner = owner
        self.place = place


class MissingValue(StrictUndefined):
    """Strict when it is used, undefined again when a part of it is asked for; its message shows no values."""

    __slots__ = ("_place",)

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

    def _error(self, message: str) -> MissingError:
        owner = "" if self._undefined_obj is missing else kind_of(self._undefined_obj)
        name = "" if self._undefined_hint else str(self._undefined_name)
        return MissingError(message, name, owner, self._place)

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


def name_of(value: MissingValue) -> str:
    """The name that is missing."""
    return str(value._undefined_name or "")


def written_at(value: MissingValue, place: Place | None) -> MissingValue:
    """The same missing value, with the place of the expression that asked for it, if none is known yet."""
    value._place = value._place or place
    return value


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
