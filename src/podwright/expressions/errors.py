"""What an expression may not do, reported without any value."""

from __future__ import annotations

from podwright.problem import Place


class ExpressionError(Exception):
    """An expression cannot be evaluated; `name` is what in it is wrong, if that stands there."""

    def __init__(self, message: str, hint: str = "", place: Place | None = None, name: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place
        self.name = name


class ExpressionSyntaxError(ExpressionError):
    """A text cannot be read as a template, whatever the variables are."""


class UnknownTemplateError(ExpressionError):
    """There is no template of this name."""
