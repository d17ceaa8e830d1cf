"""Reads one YAML file into plain values, and knows the line and column of every key and value in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from yaml import events

from podwright.expressions.values import Literal
from podwright.inventory.scalars import MERGE_TAG, TEXT_TAG, ScalarReader, plain_tag
from podwright.problem import Place, Problem

MAX_FILE_BYTES = 32 << 20
MAX_DEPTH = 64
#: Values after every alias is written out: a file of nested aliases ("billion laughs") stays small on disk only.
MAX_VALUES = 2_000_000

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# PyYAML's own marks and those of libyaml share no type
_Mark: TypeAlias = Any
_StartEvent: TypeAlias = events.MappingStartEvent | events.SequenceStartEvent
_STANDARD = "tag:yaml.org,2002:"
_STANDARD_SCALARS = tuple(
    _STANDARD + kind for kind in ("bool", "float", "int", "null", "str", "timestamp", "binary")
)


class DocumentError(Exception):
    """A file that is no document; carries its one problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class Document:
    """A file's value in plain dicts, lists and scalars; places are looked up by container and key (or index)."""

    file: str
    value: object = None
    root: Any = None
    keys: dict[int, dict[object, Any]] = field(default_factory=dict)
    values: dict[int, Any] = field(default_factory=dict)

    def place(self, mark: _Mark = None) -> Place:
        return Place(self.file) if mark is None else Place(self.file, mark.line + 1, mark.column + 1)

    def key_place(self, mapping: object, key: object) -> Place:
        """Where `key` stands; a key that a merge (`<<`) brought stands where it was written."""
        return self.place(self.keys.get(id(mapping), {}).get(key))

    def value_place(self, container: object, key: object) -> Place:
        """Where the value of a key, or the item of a list by its index, begins."""
        marks = self.values.get(id(container))
        if isinstance(marks, list) and isinstance(key, int):
            return self.place(marks[key])
        return self.place(marks.get(key) if isinstance(marks, dict) else None)


def read_document(path: Path, problems: list[Problem]) -> Document | None:
    """Return the document in `path`, or None when it cannot be read as one; what is wrong goes to `problems`."""
    try:
        return parse_document(str(path), _read_text(path), problems)
    except OSError as error:
        problems.append(Problem(f"cannot be read: {error.strerror}", "", Place(str(path))))
    except DocumentError as error:
        problems.append(error.problem)
    return None


def parse_document(file: str, text: str, problems: list[Problem]) -> Document:
    """Parse `text`; duplicate keys, vaulted values and the like go to `problems`, all of them.

    Raises DocumentError where the text is not YAML or is bigger than any honest file.
    """
    return _Builder(file, problems).build(text)


def _read_text(path: Path) -> str:
    with path.open("rb") as stream:
        content = stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise DocumentError(
            Problem(f"the file is larger than {MAX_FILE_BYTES >> 20} MiB", "", Place(str(path)))
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        raise DocumentError(
            Problem("this is not UTF-8", "save the file as UTF-8", Place(str(path), line, column))
        ) from error


class _Frame:
    """A mapping or sequence whose end has not been seen yet."""

    __slots__ = (
        "anchor",
        "container",
        "key",
        "key_mark",
        "key_marks",
        "mark",
        "merged",
        "size",
        "value_marks",
        "waiting",
    )

    def __init__(
        self,
        container: dict[object, object] | list[object],
        event: _StartEvent,
    ) -> None:
        self.container = container
        self.anchor: str | None = event.anchor
        self.mark = event.start_mark
        self.size = 1
        self.waiting = False
        self.key: object = None
        self.key_mark: Any = None
        self.key_marks: dict[object, Any] = {}
        self.value_marks: Any = {} if isinstance(container, dict) else []
        self.merged: list[tuple[object, Any]] = []


class _MergeKey:
    """Stands for the key `<<` until its mapping ends."""


_MERGE = _MergeKey()
_NO_KEY = object()


class _Builder:
    def __init__(self, file: str, problems: list[Problem]) -> None:
        self._document = Document(file)
        self._problems = problems
        self._scalars = ScalarReader()
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[object, int]] = {}
        self._documents = 0
        self._handlers: dict[type, Callable[[Any], None]] = {
            events.ScalarEvent: self._on_scalar,
            events.MappingStartEvent: self._on_start,
            events.SequenceStartEvent: self._on_start,
            events.MappingEndEvent: self._on_end,
            events.SequenceEndEvent: self._on_end,
            events.AliasEvent: self._on_alias,
            events.DocumentStartEvent: self._on_document,
        }

    def build(self, text: str) -> Document:
        handlers = self._handlers
        for event in self._events(text):
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
        return self._document

    def _events(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            raise self._syntax_error(error, text) from error
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            place = Place(self._document.file, line)
            raise DocumentError(
                Problem("a character that YAML does not allow", "remove it", place)
            ) from error
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise DocumentError(Problem("this is not YAML", "", Place(self._document.file))) from error

    def _syntax_error(self, error: yaml.MarkedYAMLError, text: str) -> DocumentError:
        mark = error.problem_mark or error.context_mark
        detail = error.problem or error.context or "this is not YAML"
        hint = "look at the indentation, colons and quotes here and on the line above"
        line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
        if "\t" in line[: len(line) - len(line.lstrip())] or (
            mark and line[mark.column : mark.column + 1] == "\t"
        ):
            hint = "YAML indents with spaces, never with tabs"
        elif "{{" in line:
            hint = "put a value that begins with `{{` in quotes"
        return DocumentError(Problem(f"YAML: {detail}", hint, self._document.place(mark)))

    def _on_document(self, event: events.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._refusal(
                "a second document", "keep one document a file: remove the `---`", event.start_mark
            )

    def _on_scalar(self, event: events.ScalarEvent) -> None:
        stack = self._stack
        if stack and not stack[-1].waiting and event.value == "<<" and _is_merge(event, stack[-1]):
            stack[-1].key, stack[-1].key_mark, stack[-1].waiting = _MERGE, event.start_mark, True
            return
        value = self._scalar(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = value, 1
        self._add(value, event.start_mark, 1)

    def _scalar(self, event: events.ScalarEvent) -> object:
        tag = event.tag
        try:
            if tag is None or tag == "!":
                return self._scalars.plain(event.value) if event.implicit[0] else event.value
            if tag == "!unsafe":
                return Literal(event.value)
            if tag in _STANDARD_SCALARS:
                return self._scalars.tagged(tag, event.value)
        except ValueError:
            self._problem(
                "this looks like a date or a number and is none", "put it in quotes", event.start_mark
            )
            return event.value
        self._unknown_tag(tag, event.start_mark)
        return None

    def _unknown_tag(self, tag: str, mark: _Mark) -> None:
        if tag in {"!vault", "!vault-encrypted"}:
            message = "`!vault` values are not supported yet"
            hint = "keep the secret out of the inventory: use an ssh agent, a key file, or `-K` for sudo"
        else:
            message, hint = f"the tag `{tag[:60]}` is not known here", "remove the tag"
        self._problem(message, hint, mark)

    def _on_start(self, event: _StartEvent) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise self._refusal(f"nested deeper than {MAX_DEPTH} levels", "", event.start_mark)
        tag = event.tag
        if tag not in {None, "!", "!unsafe", _STANDARD + "map", _STANDARD + "seq"}:
            self._unknown_tag(tag, event.start_mark)
        container: dict[object, object] | list[object] = (
            {} if isinstance(event, events.MappingStartEvent) else []
        )
        self._stack.append(_Frame(container, event))

    def _on_end(self, _event: events.MappingEndEvent | events.SequenceEndEvent) -> None:
        frame = self._stack.pop()
        container = frame.container
        if frame.merged:
            self._merge(frame)
        self._document.values[id(container)] = frame.value_marks
        if isinstance(container, dict):
            self._document.keys[id(container)] = frame.key_marks
        if frame.anchor is not None:
            self._anchors[frame.anchor] = container, frame.size
        self._add(container, frame.mark, frame.size)

    def _on_alias(self, event: events.AliasEvent) -> None:
        known = self._anchors.get(event.anchor or "")
        if known is None:
            raise self._refusal(
                "an alias of an anchor that is not there, or not complete, yet", "", event.start_mark
            )
        self._add(known[0], event.start_mark, known[1])

    def _add(self, value: object, mark: _Mark, size: int) -> None:
        if not self._stack:
            self._document.value, self._document.root = value, mark
            return
        frame = self._stack[-1]
        frame.size += size
        if frame.size > MAX_VALUES:
            raise self._refusal(f"more than {MAX_VALUES} values once its aliases are written out", "", mark)
        if isinstance(frame.container, list):
            frame.container.append(value)
            frame.value_marks.append(mark)
        elif frame.waiting:
            self._add_value(frame, value, mark)
        else:
            self._add_key(frame, value, mark)

    def _add_key(self, frame: _Frame, key: object, mark: _Mark) -> None:
        frame.waiting = True
        if isinstance(key, dict | list):
            self._problem("a mapping or a list cannot be a key", "put a `{{ … }}` value in quotes", mark)
            frame.key = _NO_KEY
        elif key in frame.key_marks:
            first = self._document.place(frame.key_marks[key])
            self._problem(
                f"the key `{str(key)[:60]}` is here twice, first at {first}", "remove one of them", mark
            )
            frame.key = _NO_KEY
        else:
            frame.key, frame.key_mark = key, mark
            frame.key_marks[key] = mark

    def _add_value(self, frame: _Frame, value: object, mark: _Mark) -> None:
        frame.waiting = False
        if frame.key is _MERGE:
            frame.merged.append((value, mark))
        elif frame.key is not _NO_KEY and isinstance(frame.container, dict):
            frame.container[frame.key] = value
            frame.value_marks[frame.key] = mark

    def _merge(self, frame: _Frame) -> None:
        """YAML 1.1 merge keys: own keys win, then the mappings in the order they are listed."""
        target = frame.container
        for merged, mark in frame.merged:
            for source in merged if isinstance(merged, list) else [merged]:
                if not isinstance(source, dict):
                    self._problem("`<<` merges mappings only", "", mark)
                    continue
                self._merge_one(frame, target, source)

    def _merge_one(
        self, frame: _Frame, target: dict[object, object] | list[object], source: dict[object, object]
    ) -> None:
        key_marks = self._document.keys.get(id(source), {})
        value_marks = self._document.values.get(id(source), {})
        for key, value in source.items():
            if isinstance(target, dict) and key not in target:
                target[key] = value
                frame.key_marks[key] = key_marks.get(key)
                frame.value_marks[key] = value_marks.get(key)

    def _problem(self, message: str, hint: str, mark: _Mark) -> None:
        self._problems.append(Problem(message, hint, self._document.place(mark)))

    def _refusal(self, message: str, hint: str, mark: _Mark) -> DocumentError:
        return DocumentError(Problem(message, hint, self._document.place(mark)))


def _is_merge(event: events.ScalarEvent, frame: _Frame) -> bool:
    if not isinstance(frame.container, dict):
        return False
    return event.tag == MERGE_TAG or (
        event.tag is None and event.implicit[0] and plain_tag(event.value) != TEXT_TAG
    )
