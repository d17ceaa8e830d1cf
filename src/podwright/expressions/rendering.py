"""Renders templates for a node; what goes wrong has its file and line."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import cast

import jinja2
from jinja2.runtime import Context

from podwright.expressions.error_messages import MISTAKES, explain, spot_of_error, wrong_name
from podwright.expressions.errors import ExpressionError, ExpressionSyntaxError
from podwright.expressions.file_lookups import Controller
from podwright.expressions.line_origins import Origins, Piece, position
from podwright.expressions.plain_values import OfValue, too_long, with_line_ends
from podwright.expressions.resource_limits import MAX_TEXT, BudgetError, budget
from podwright.expressions.sandbox import Load, Sandbox
from podwright.expressions.scope import Scope
from podwright.expressions.template_positions import find_name
from podwright.problem import Place


class Templates:
    """Templates by name, each compiled once; may be used from many threads."""

    def __init__(
        self, load: Load, folders: tuple[Path, ...] = (), looked_up: dict[str, str] | None = None
    ) -> None:
        self._load = load
        #: what lookups read: files in these folders, and these templates
        self.controller = Controller(folders, self._looked_up, looked_up)
        self._sandbox = Sandbox(self._read, self.controller)
        self._sources: dict[str, str] = {}
        self._spent: dict[str, ExpressionError] = {}

    def render(self, name: str, scope: Scope) -> str:
        """Return what the template makes of a node's variables. Raises ExpressionError with its place."""
        if name in self._spent:
            raise self._spent[name]
        try:
            with budget():
                template = self._sandbox.named(name)
                chunks = list(_bounded(_stream(template, scope)))
            text = "".join(chunks)
            if len(chunks) == 1 and isinstance(chunks[0], OfValue):
                return text
            line_end = template.environment.newline_sequence
            return with_line_ends(text, self._sources[str(template.filename)], line_end)
        except BudgetError as error:
            # it would take as long for every other node
            self._spent[name] = self._placed(error, scope)
            raise self._spent[name] from error
        except MISTAKES as error:
            raise self._placed(error, scope) from error

    def origins(self, name: str, scope: Scope) -> Origins:
        """Return where each piece of the rendered text came from; renders again, so only ask when it is needed."""
        pieces: list[Piece] = []
        start = 0
        stream = _stream(self._sandbox.named(name), scope)
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

    def _looked_up(self, name: str, context: Context, names: Mapping[str, object]) -> str:
        template = self._sandbox.named(name)
        seen = template.new_context(ChainMap(dict(names), context.get_all()))  # type: ignore[arg-type]
        text = "".join(template.root_render_func(seen))
        return with_line_ends(text, self._sources[str(template.filename)])

    def _read(self, name: str) -> tuple[str, str]:
        text, path = self._load(name)
        self._sources[path] = text
        return text, path

    def _placed(self, error: Exception, scope: Scope) -> ExpressionError:
        if isinstance(error, ExpressionSyntaxError) and error.place and error.place.file in self._sources:
            return error
        source = "\n".join(self._sources.values())
        if isinstance(error, jinja2.TemplateSyntaxError):
            place = self._place(error.filename, error.lineno, wrong_name(error)) if error.filename else None
            return ExpressionSyntaxError(*explain(error, (), source), place)
        spot = spot_of_error(error, files=True)
        here = self._place(str(spot[0].filename), spot[1], wrong_name(error)) if spot else None
        return ExpressionError(*explain(error, scope.names, source), getattr(error, "place", None) or here)

    def _place(self, path: str, line: int, name: str) -> Place:
        line, column = find_name(self._sources[path], line, name)
        return Place(path, line, column)


def _stream(template: jinja2.Template, scope: Scope) -> Generator[str, None, None]:
    names = template.new_context(scope.names)  # type: ignore[arg-type]
    return cast("Generator[str, None, None]", template.root_render_func(names))


def _bounded(stream: Generator[str, None, None]) -> Iterator[str]:
    length = 0
    for chunk in stream:
        length += len(chunk)
        if length > MAX_TEXT:
            stream.throw(too_long())  # where the template is: it gets that place
        yield chunk
