"""A secret value of the inventory that is opened when somebody asks for it.

Imports no jinja2, so that an inventory without expressions costs none.
"""

from __future__ import annotations

from collections.abc import Callable

from podwright.expressions.errors import ExpressionError
from podwright.problem import Place
from podwright.secret import Secret


class Sealed(Secret):
    """One that may be encrypted: it prints as `[redacted]`, does not travel, and is opened once.

    `encrypted` is its text as the file has it, when the file has it so.
    """

    __slots__ = ("__failure", "__known", "__open", "encrypted")

    def __init__(self, open_it: Callable[[], object], encrypted: str = "") -> None:
        super().__init__("")
        self.__open = open_it
        self.__known: tuple[object] | None = None
        self.__failure: tuple[str, str, Place | None] | None = None
        self.encrypted = encrypted

    @property
    def opened(self) -> bool:
        return self.__known is not None

    def value(self) -> object:
        """Raises ExpressionError, each time, when it cannot be opened."""
        if self.__failure is not None:
            raise ExpressionError(*self.__failure)
        if self.__known is None:
            try:
                self.__known = (self.__open(),)
            except ExpressionError as error:
                self.__failure = error.message, error.hint, error.place
                raise
        return self.__known[0]

    def reveal(self) -> str:
        return str(self.value())

    # two are the same only if they are one: to compare what is in them would open them
    __eq__ = object.__eq__
    __hash__ = object.__hash__
