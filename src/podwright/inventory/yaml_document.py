"""Reads one YAML file into plain values, and knows the line and column of every key and value in it."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from msgspec import Struct, field
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from podwright.expressions.inventory_text import Literal, PlacedText, is_expression
from podwright.inventory.file_reader import FileReader, LockedFileError, Tags
from podwright.inventory.yaml_nodes import DocumentError, Mark, compose
from podwright.inventory.yaml_scalars import MERGE_TAG, STANDARD_TAGS, TEXT_TAG, ScalarReader
from podwright.problem import Place, Problem

#: Values after every alias is written out: a file of nested aliases ("billion laughs") stays small on disk only.
MAX_VALUES = 2_000_000

#: how `ansible-inventory --list` writes a value under `!vault`
_VAULT_KEY = "__ansible_vault"
#: and one under `!unsafe`
_UNSAFE_KEY = "__ansible_unsafe"
_CONTAINER_TAGS = frozenset({"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!unsafe"})


class Line(Struct, frozen=True):
    """The mark of every key and value of a mapping that stands on one line (counted from 0)."""

    line: int
    column: None = None

    def get(self, _key: object) -> Line:
        return self


class Document(Struct):
    """A file's value in plain dicts, lists and scalars; places are looked up by container and key (or index).

    In one that is `literal` a number was written as it is shown: `0123` is text there.
    """

    file: str
    value: object = None
    root: Mark = None
    keys: dict[int, Any] = field(default_factory=dict)
    values: dict[int, Any] = field(default_factory=dict)
    literal: bool = False
    duplicates: list[Problem] = field(default_factory=list)

    def place(self, mark: Mark = None) -> Place:
        if mark is None:
            return Place(self.file)
        return Place(self.file, mark.line + 1, None if mark.column is None else mark.column + 1)

    def key_place(self, mapping: object, key: object) -> Place:
        """Where `key` stands; a key that a merge (`<<`) brought stands where it was written."""
        return self.place(self.keys.get(id(mapping), {}).get(key))

    def value_place(self, container: object, key: object) -> Place:
        """Where the value of a key, or the item of a list by its index, begins."""
        marks = self.values.get(id(container))
        if isinstance(marks, list) and isinstance(key, int):
            return self.place(marks[key])
        return self.place(marks.get(key) if isinstance(marks, dict | Line) else None)


def read_document(
    path: Path,
    problems: list[Problem],
    reader: FileReader | None = None,
    locked: list[Problem] | None = None,
) -> Document | None:
    """Return the document in `path`, or None when it cannot be read as one; what is wrong goes to `problems`.

    That no password fits an encrypted file goes to `locked` if that is given.
    """
    reader = reader or FileReader()
    try:
        document = parse_document(str(path), reader.text(path), problems, reader.tags)
        reader.seal(path, document.value)
    except OSError as error:
        problems.append(Problem(f"cannot be read: {error.strerror}", "", Place(str(path))))
    except LockedFileError as error:
        (problems if locked is None else locked).append(error.problem)
    except DocumentError as error:
        problems.append(error.problem)
    else:
        return document
    return None


def parse_document(file: str, text: str, problems: list[Problem], tags: Tags | None = None) -> Document:
    """Parse `text`; unknown tags and the like go to `problems`, all of them; keys that are there twice are `duplicates`.

    What is JSON is read as JSON, as in Ansible: `1e3` is a number there. Raises DocumentError when the text is not
    YAML, or bigger than any inventory.
    """
    is_json, value = _json(text)
    document = Document(file, literal=is_json)
    try:
        root = compose(file, text)
    except DocumentError:
        if not (is_json and "\\u" in text):
            raise  # what JSON writes as two escapes, YAML does not know
        document.value = placed(value, Place(file))
        return document
    if root is not None:
        document.value = _Walk(document, problems, tags or {}, text).value(root)
        document.root = root.start_mark
    return document


def placed(value: object, place: Place) -> object:
    """`value`, in which every text that is an expression knows where it is written."""
    if isinstance(value, str):
        return PlacedText.at(value, place) if is_expression(value) else value
    if isinstance(value, list):
        return [placed(item, place) for item in value]
    if isinstance(value, dict):
        return {key: placed(item, place) for key, item in value.items()}
    return value


def _json(text: str) -> tuple[bool, object]:
    """Whether `text` is a mapping or a list in JSON, and its value."""
    if not text.lstrip().startswith(("{", "[")):
        return False, None
    try:
        return True, json.loads(text)
    except (ValueError, RecursionError):
        return False, None


class _Walk:
    """Turns nodes into values; each node once, however many aliases it has."""

    def __init__(self, document: Document, problems: list[Problem], tags: Tags, text: str) -> None:
        self._document = document
        self._tags = tags
        self._text = text
        self._problems = problems
        self._scalars = ScalarReader()
        self._count = 0
        self._known: dict[int, tuple[object, int] | None] = {}

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")

    def value(self, node: Node) -> object:
        self._count += 1
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if id(node) in self._known:
            return self._again(node)
        if node.tag not in _CONTAINER_TAGS:
            self._unknown_tag(node)
        self._known[id(node)] = None
        before = self._count
        value: object = (
            self._sequence(node)
            if isinstance(node, SequenceNode)
            else self._mapping(cast("MappingNode", node))
        )
        if isinstance(value, dict) and value.keys() == {_VAULT_KEY} and "!vault" in self._tags:
            value = self._tags["!vault"](str(value[_VAULT_KEY]), self._document.place(node.start_mark))
        elif isinstance(value, dict) and value.keys() == {_UNSAFE_KEY}:
            value = Literal(value[_UNSAFE_KEY])
        self._known[id(node)] = value, self._count - before
        return value

    def _again(self, node: Node) -> object:
        known = self._known[id(node)]
        if known is None:
            raise self._refusal("an alias of an anchor that is not there, or not complete, yet", node)
        self._count += known[1]
        if self._count > MAX_VALUES:
            raise self._refusal(f"more than {MAX_VALUES} values once its aliases are written out", node)
        return known[0]

    def _scalar(self, node: ScalarNode) -> object:
        tag, text = node.tag, node.value
        if self._document.literal and tag in STANDARD_TAGS and not node.style:
            return json.loads(text)
        if tag == TEXT_TAG:
            return self._placed(node, text) if is_expression(text) else text
        if tag in STANDARD_TAGS:
            try:
                return self._scalars.value(tag, text)
            except ValueError:
                message = "this looks like a date or a number, but is neither"
                self._problem(message, "put it in quotes", node)
                return text
        if tag == "!unsafe":
            return Literal(text)
        if tag in self._tags:
            return self._tagged(node)
        self._unknown_tag(node)
        return None

    def _tagged(self, node: ScalarNode) -> object:
        try:
            return self._tags[node.tag](node.value, self._placed(node, node.value).place)
        except DocumentError as error:
            self._problems.append(error.problem)
            return None

    def _placed(self, node: ScalarNode, text: str) -> PlacedText:
        """Text with the place where it begins; that of a block (`|`, `>`) begins on the line below."""
        file, mark = self._document.file, node.start_mark
        if node.style not in ("|", ">"):
            place = Place(file, mark.line + 1, mark.column + 1 + bool(node.style))
            return PlacedText.at(text, place, as_written=mark.line == node.end_mark.line and "\n" not in text)
        indentation = len(self._lines[mark.line + 1]) - len(text.partition("\n")[0])
        place = Place(file, mark.line + 2, max(indentation, 0) + 1)
        return PlacedText.at(text, place, as_written=node.style == "|")

    def _sequence(self, node: SequenceNode) -> list[object]:
        values = [self.value(item) for item in node.value]
        self._document.values[id(values)] = [item.start_mark for item in node.value]
        return values

    def _mapping(self, node: MappingNode) -> dict[object, object]:
        found: dict[object, object] = {}
        key_marks: dict[object, Mark] = {}
        value_marks: dict[object, Mark] = {}
        merges: list[Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == MERGE_TAG:
                merges.append(value_node)
                continue
            value = self.value(value_node)
            if not isinstance(key_node, ScalarNode):
                hint = "put a `{{ … }}` value in quotes"
                self._problem("a mapping or a list cannot be a key", hint, key_node)
                continue
            key = self._scalar(key_node)
            if key in key_marks:
                first = self._document.place(key_marks[key])
                message = f"the key `{str(key)[:60]}` is here twice, first at {first}; the last one counts"
                place = self._document.place(key_node.start_mark)
                self._document.duplicates.append(Problem(message, "remove one of them", place))
            found[key], key_marks[key], value_marks[key] = value, key_node.start_mark, value_node.start_mark
        return self._merged(merges, found, key_marks, value_marks)

    def _merged(
        self,
        merges: list[Node],
        own: dict[object, object],
        key_marks: dict[object, Mark],
        value_marks: dict[object, Mark],
    ) -> dict[object, object]:
        """YAML 1.1 merge keys: what is merged comes first, own values win, and of a list the mappings further up."""
        found: dict[object, object] = {}
        keys, values = self._document.keys, self._document.values
        marks: tuple[dict[object, Mark], dict[object, Mark]] = ({}, {})
        for node in merges:
            for part in reversed(node.value) if isinstance(node, SequenceNode) else [node]:
                source = self.value(part) if isinstance(part, MappingNode) else None
                if not isinstance(source, dict):
                    self._problem("`<<` merges mappings only", "", part)
                    continue
                found |= source
                marks[0].update(keys[id(source)])
                marks[1].update(values[id(source)])
        found |= own
        keys[id(found)], values[id(found)] = marks[0] | key_marks, marks[1] | value_marks
        return found

    def _unknown_tag(self, node: Node) -> None:
        self._problem(f"the tag `{node.tag[:60]}` is not known here", "remove the tag", node)

    def _problem(self, message: str, hint: str, node: Node) -> None:
        self._problems.append(Problem(message, hint, self._document.place(node.start_mark)))

    def _refusal(self, message: str, node: Node) -> DocumentError:
        return DocumentError(Problem(message, "", self._document.place(node.start_mark)))
