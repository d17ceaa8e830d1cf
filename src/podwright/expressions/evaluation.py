"""Evaluates the values of variables that hold expressions; one that is a single expression keeps its type."""

from __future__ import annotations

from collections.abc import Mapping

import jinja2

from podwright.expressions.error_messages import (
    MISTAKES,
    explain,
    explain_value_syntax,
    spot_of_error,
    wrong_name,
)
from podwright.expressions.errors import ExpressionError, ExpressionSyntaxError
from podwright.expressions.file_lookups import NO_CONTROLLER, Controller
from podwright.expressions.inventory_text import is_expression, place_in
from podwright.expressions.plain_values import with_line_ends
from podwright.expressions.resource_limits import budget
from podwright.expressions.sandbox import ValueSandbox
from podwright.expressions.template_positions import find_name
from podwright.expressions.undefined import MissingError, MissingValue, name_of, spot_of_missing, written_at
from podwright.problem import Place


class Evaluator:
    """Compiles each distinct text once; may be used from many threads."""

    def __init__(self, controller: Controller = NO_CONTROLLER) -> None:
        self._sandbox = ValueSandbox(controller)
        self._compiled: dict[str, jinja2.Template] = {}
        self._marked: dict[int, tuple[object, bool]] = {}

    def holds_expression(self, value: object) -> bool:
        """Whether anything in `value` has to be evaluated; nodes that share values share the answer."""
        if not isinstance(value, dict | list):
            return is_expression(value)
        known = self._marked.get(id(value))
        if known is None:
            items = value.values() if isinstance(value, dict) else value
            known = self._marked[id(value)] = value, any(self.holds_expression(item) for item in items)
        return known[1]

    def evaluate(self, text: str, names: Mapping[str, object]) -> object:
        """Return what `text` means where the variables are `names`; raises ExpressionError with its place."""
        template: jinja2.Template | None = None
        try:
            template = self._template(text)
            context = template.new_context(names)  # type: ignore[arg-type]
            with budget():
                value: object = ValueSandbox.concat(template.root_render_func(context))
        except MissingError as error:
            value = error.value
        except MISTAKES as error:
            raise _failed(error, text, template, names) from error
        if isinstance(value, MissingValue):
            spot = spot_of_missing(value)
            asked_here = spot is not None and spot[0] is template
            place = _place(text, spot[1], name_of(value)) if spot and asked_here else None
            return written_at(value, place, text) if asked_here else value
        return with_line_ends(value, text) if isinstance(value, str) else value

    def _template(self, text: str) -> jinja2.Template:
        known = self._compiled.get(text)
        if known is None:
            known = self._compiled[str(text)] = self._sandbox.compiled(str(text))
        return known


def _failed(
    error: Exception, text: str, template: jinja2.Template | None, names: Mapping[str, object]
) -> ExpressionError:
    if isinstance(error, jinja2.TemplateSyntaxError):
        return ExpressionSyntaxError(
            *explain_value_syntax(error), _place(text, error.lineno, wrong_name(error))
        )
    spot = spot_of_error(error)
    here = _place(text, spot[1], wrong_name(error)) if spot and spot[0] is template else place_in(text, 1)
    return ExpressionError(*explain(error, names, text), getattr(error, "place", None) or here)


def _place(text: str, line: int, name: str) -> Place | None:
    line, column = find_name(text, line, name)
    return place_in(text, line, column)
