"""Evaluates the values of variables that hold expressions; one that is a single expression keeps its type."""

from __future__ import annotations

from collections.abc import Mapping

import jinja2

from podwright.expressions.explain import MISTAKES, explain, explain_value_syntax, template_frame
from podwright.expressions.failure import ExpressionError
from podwright.expressions.missing import MissingValue, written_at
from podwright.expressions.placed import is_expression, place_in
from podwright.expressions.sandbox import ValueSandbox


class Evaluator:
    """Compiles each distinct text once; may be used from many threads."""

    def __init__(self) -> None:
        self._sandbox = ValueSandbox()
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
        line: int | None = None
        parts: list[object] = []
        try:
            template = self._template(text)
            chunks = template.root_render_func(template.new_context(names))  # type: ignore[arg-type]
            for chunk in chunks:
                line = template.get_corresponding_lineno(chunks.gi_frame.f_lineno)  # type: ignore[attr-defined]
                parts.append(chunk)
            value: object = ValueSandbox.concat(parts)
        except MISTAKES as error:
            frame = template_frame(error.__traceback__)
            reached = frame[1] if frame and frame[0] is template else line
            raise _failed(error, text, reached, names) from error
        return written_at(value, place_in(text, line)) if isinstance(value, MissingValue) else value

    def _template(self, text: str) -> jinja2.Template:
        known = self._compiled.get(text)
        if known is None:
            known = self._compiled[str(text)] = self._sandbox.from_string(str(text))
        return known


def _failed(error: Exception, text: str, line: int | None, names: Mapping[str, object]) -> ExpressionError:
    place = getattr(error, "place", None)
    if isinstance(error, jinja2.TemplateSyntaxError):
        return ExpressionError(*explain_value_syntax(error), place_in(text, error.lineno))
    return ExpressionError(*explain(error, names, text), place or place_in(text, line))
