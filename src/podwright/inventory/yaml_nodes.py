"""Parses YAML into nodes with their places, and reports what is wrong with text that is not YAML."""

from __future__ import annotations

from typing import Any, TypeAlias

import yaml
from yaml import Node, ScalarNode

from podwright.problem import Place, Problem

MAX_DEPTH = 64

# PyYAML's own marks and those of libyaml share no type
Mark: TypeAlias = Any


class DocumentError(Exception):
    """A text that is not a document, with its one problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _TooDeepError(Exception):
    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark


class _Bounded:
    """Bounds how deep nodes nest, through what a loader calls for each: libyaml's composer recurses until it crashes."""

    def __init__(self, text: str) -> None:
        super().__init__(text)  # type: ignore[call-arg]
        self._depth = 0
        self._tags: dict[str, str] = {}

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self._depth += 1
        if parent is not None and self._depth > MAX_DEPTH + 1:
            raise _TooDeepError(parent.start_mark)

    def ascend_resolver(self) -> None:
        self._depth -= 1

    def resolve(self, kind: type[Node], value: str, implicit: tuple[bool, bool]) -> str:
        """What tag a node without one has; each distinct plain text once, however often it stands in a file."""
        if kind is not ScalarNode or not implicit[0]:
            return str(super().resolve(kind, value, implicit))  # type: ignore[misc]
        tag = self._tags.get(value)
        if tag is None:
            tag = self._tags[value] = str(super().resolve(kind, value, implicit))  # type: ignore[misc]
        return tag


class PythonLoader(_Bounded, yaml.SafeLoader):
    """When libyaml is missing."""


Loader: Any = type("CLoader", (_Bounded, yaml.CSafeLoader), {}) if yaml.__with_libyaml__ else PythonLoader


def compose(file: str, text: str) -> Node | None:
    """Return the root node of `text`, None when it is empty. Raises DocumentError when it is not one document."""
    try:
        loader = Loader(text)
        try:
            node: Node | None = loader.get_single_node()
        finally:
            loader.dispose()
    except _TooDeepError as error:
        place = _place(file, error.mark)
        raise DocumentError(Problem(f"nested deeper than {MAX_DEPTH} levels", "", place)) from error
    except yaml.MarkedYAMLError as error:
        raise DocumentError(_syntax_problem(file, text, error)) from error
    except yaml.reader.ReaderError as error:
        place = Place(file, text.count("\n", 0, error.position) + 1)
        raise DocumentError(Problem("a character that YAML does not allow", "remove it", place)) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise DocumentError(Problem("this is not YAML", "", Place(file))) from error
    return node


def _syntax_problem(file: str, text: str, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = _place(file, mark)
    if error.context == "expected a single document in the stream":
        return Problem("a second document", "keep one document a file: remove the `---`", place)
    if (error.problem or "").startswith("found undefined alias"):
        return Problem("an alias of an anchor that is not there, or not complete, yet", "", place)
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    detail = error.problem or error.context or "this is not YAML"
    return Problem(f"YAML: {detail}", _syntax_hint(line, mark), place)


def _syntax_hint(line: str, mark: Mark) -> str:
    indentation = line[: len(line) - len(line.lstrip())]
    if "\t" in indentation or (mark and line[mark.column : mark.column + 1] == "\t"):
        return "YAML indents with spaces, never with tabs"
    if "{{" in line:
        return "put a value that begins with `{{` in quotes"
    return "check the indentation, colons and quotes here and on the line above"


def _place(file: str, mark: Mark) -> Place:
    return Place(file) if mark is None else Place(file, mark.line + 1, mark.column + 1)
