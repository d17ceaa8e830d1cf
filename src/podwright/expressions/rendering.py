"""Renders templates for a node; what goes wrong has its file and line."""

from __future__ import annotations

from collections.abc import Iterator

import jinja2

from podwright.expressions.explain import MISTAKES, explain, template_frame
from podwright.expressions.failure import ExpressionError, ExpressionSyntaxError
from podwright.expressions.origins import Origins, Piece, position
from podwright.expressions.plain import MAX_TEXT, too_long
from podwright.expressions.sandbox import Load, Sandbox
from podwright.expressions.scope import Scope
from podwright.problem import Place


class Templates:
    """Templates by name, each compiled once; may be used from many threads."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._sandbox = Sandbox(self._read)
        self._sources: dict[str, str] = {}

    def render(self, name: str, scope: Scope) -> str:
        """Return what the template makes of a node's variables. Raises ExpressionError with its place."""
        try:
            return "".join(_bounded(self._stream(name, scope)))
        except MISTAKES as error:
            raise self._placed(error, scope) from error

    def origins(self, name: str, scope: Scope) -> Origins:
        """Return where each piece of the rendered text came from; renders again, so only ask when it is needed."""
        pieces: list[Piece] = []
        start = 0
        stream = self._stream(name, scope)
        for chunk in stream:
            found = position(stream)
            if found is not None:
                template, line = found
                pieces.append(Piece(start, template.filename, template.get_corresponding_lineno(line), chunk))
            start += len(chunk)
        return Origins(tuple(pieces), self._sources)

    def source(self, path: str) -> str:
        """The text of a template that was read, by the path that messages show."""
        return self._sources.get(path, "")

    def _stream(self, name: str, scope: Scope) -> Iterator[str]:
        template = self._sandbox.get_template(name)
        return template.root_render_func(template.new_context(scope.names))  # type: ignore[arg-type]

    def _read(self, name: str) -> tuple[str, str]:
        text, path = self._load(name)
        self._sources[path] = text
        return text, path

    def _placed(self, error: Exception, scope: Scope) -> ExpressionError:
        if isinstance(error, ExpressionSyntaxError):
            return error
        source = "\n".join(self._sources.values())
        if isinstance(error, jinja2.TemplateSyntaxError):
            place = Place(error.filename, error.lineno) if error.filename else None
            return ExpressionSyntaxError(*explain(error, (), source), place)
        frame = template_frame(error.__traceback__, files=True)
        place = getattr(error, "place", None) or (Place(str(frame[0].filename), frame[1]) if frame else None)
        return ExpressionError(*explain(error, scope.names, source), place)


def _bounded(stream: Iterator[str]) -> Iterator[str]:
    length = 0
    for chunk in stream:
        length += len(chunk)
        if length > MAX_TEXT:
            raise too_long()
        yield chunk
