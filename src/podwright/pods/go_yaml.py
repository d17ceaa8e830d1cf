"""Reads a file as the kubelet does: the first YAML document by go-yaml's rules, or JSON after a `{`.

libyaml, through PyYAML, scans and parses (go-yaml is a port of it); what the parts mean is decided here.
Source: apimachinery `util/yaml/decoder.go:ToJSON`, sigs.k8s.io/yaml `YAMLToJSON`, go.yaml.in/yaml/v2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from podwright.pods.go_json import MOST_VALUES, decode_json
from podwright.pods.go_scalars import INT64_MIN, MERGE_TAG, UINT64_MAX, key_text, resolve, settle
from podwright.pods.go_values import Decoded, GoList, GoMap, Mark, Repeated, UnreadableError
from podwright.pods.yaml_events import BadByteError, OddEscapeError, yaml_events

LIMIT = 10 * 1024 * 1024
_DEPTH = 200
_MOST_QUOTES = 100
_PIECE = 512
# go-yaml does not know the escape `\/`, which libyaml takes
_SLASH_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\/")
_SPACES = b" \t\n\v\f\r"


def decode(data: bytes) -> Decoded:
    """Return what the kubelet's decoder makes of the bytes of a file; an empty one is `None`.

    Raises UnreadableError for what it refuses, and for nesting beyond 200 levels, which no pod has.
    """
    if len(data) >= LIMIT:
        raise UnreadableError("the read limit is reached: the kubelet reads less than 10 MiB")
    if data.lstrip(_SPACES).startswith(b"{"):
        value, repeated = decode_json(data)
        return Decoded(value, repeated, is_json=True)
    try:
        return _first_document(data)
    except BadByteError as error:
        return _before_bad_byte(data, error)


def _first_document(data: bytes) -> Decoded:
    for _ in range(_MOST_QUOTES):
        try:
            return _Composer(data).first_document()
        except OddEscapeError as error:
            data = error.without_escape(data)
    raise UnreadableError("too many escaped quotes")


def _before_bad_byte(data: bytes, error: BadByteError) -> Decoded:
    """go-yaml reads in pieces of 512 bytes and stops after the first document: what comes later it never sees."""
    read = _first_document(data[: error.offset - error.offset % _PIECE] or b"\x00")
    if not read.more_documents:
        raise error
    return read


@lru_cache(maxsize=64)
def decode_again(data: bytes) -> Decoded:
    """`decode`, remembering the last few answers; take them as read-only."""
    return decode(data)


def settled(value: object) -> object:
    """A decoded value in built-in dicts and lists, each number in the one form YAML and JSON agree on."""
    if isinstance(value, Mapping):
        return {name: settled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [settled(item) for item in value]
    if isinstance(value, int) and not INT64_MIN <= value <= UINT64_MAX:
        return settle(float(value))
    return settle(value) if isinstance(value, float) else value


class _Node(NamedTuple):
    """A parsed value: `weight` counts the decoder's steps for it, `borrowed` those through aliases."""

    value: object
    mark: Mark
    weight: int = 1
    borrowed: int = 0
    merge: bool = False
    scalar: bool = False


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been seen."""

    mark: Mark
    anchor: str | None
    is_map: bool
    in_brackets: bool
    children: list[_Node] = field(default_factory=list)


class _Composer:
    """Builds the first document of a stream from parser events, without recursion."""

    def __init__(self, data: bytes) -> None:
        self._data = data or b"\n"
        self._slashes = data.decode("utf-8", "replace") if b"\\/" in data else ""
        self._anchors: dict[str, _Node | None] = {}
        self._repeated: list[Repeated] = []

    def first_document(self) -> Decoded:
        events = yaml_events(self._data)
        next(events)
        start = next(events)
        if isinstance(start, StreamEndEvent):
            return Decoded(None)
        if getattr(start, "version", None) not in {None, (1, 1)}:
            raise UnreadableError("yaml: found incompatible YAML document: only `%YAML 1.1` is known", 1, 1)
        root = self._compose(events)
        _refuse_alias_bomb(root)
        next(events)
        return Decoded(_settled(root), tuple(self._repeated), more_documents=_goes_on(events))

    def _compose(self, events: Iterator[Event]) -> _Node:
        stack: list[_Open] = []
        for count, event in enumerate(events):
            if count > MOST_VALUES:
                raise UnreadableError(f"more than {MOST_VALUES} values, which no pod has")
            node = self._step(event, stack)
            if node is None:
                continue
            if not stack:
                return node
            stack[-1].children.append(node)
        raise UnreadableError("the document has no end")

    def _step(self, event: Event, stack: list[_Open]) -> _Node | None:
        mark = _mark(event)
        if isinstance(event, ScalarEvent):
            self._refuse_slash_escape(event, mark)
            if "?" in event.value and stack and stack[-1].in_brackets:
                _refuse_question_mark(event, mark)
            return self._remember(event.anchor, _scalar(event, mark))
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            if event.anchor:
                self._anchors[event.anchor] = None
            if len(stack) >= _DEPTH:
                raise UnreadableError(f"nested deeper than {_DEPTH} levels", mark.line, mark.column)
            is_map, in_brackets = isinstance(event, MappingStartEvent), bool(event.flow_style)
            stack.append(_Open(mark, event.anchor, is_map, in_brackets))
            return None
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            opened = stack.pop()
            node = self._mapping(opened) if opened.is_map else _sequence(opened)
            return self._remember(opened.anchor, node)
        if isinstance(event, AliasEvent):
            return self._alias(str(event.anchor), mark)
        raise UnreadableError("the document is not whole", mark.line, mark.column)

    def _refuse_slash_escape(self, event: ScalarEvent, mark: Mark) -> None:
        if not self._slashes or event.style != '"' or event.start_mark is None or event.end_mark is None:
            return
        if _SLASH_ESCAPE.search(self._slashes[event.start_mark.index : event.end_mark.index]):
            raise UnreadableError("yaml: found unknown escape character `\\/`", mark.line, mark.column)

    def _remember(self, anchor: str | None, node: _Node) -> _Node:
        if anchor:
            self._anchors[anchor] = node
        return node

    def _alias(self, anchor: str, mark: Mark) -> _Node:
        if anchor not in self._anchors:
            raise UnreadableError(f"unknown anchor '{anchor[:80]}' referenced", mark.line, mark.column)
        target = self._anchors[anchor]
        if target is None:
            raise UnreadableError(f"anchor '{anchor[:80]}' value contains itself", mark.line, mark.column)
        weight = target.weight + 1
        return _Node(target.value, mark, weight, weight - 1, scalar=target.scalar)

    def _mapping(self, opened: _Open) -> _Node:
        result = GoMap(opened.mark)
        written: dict[str, Mark] = {}
        pairs = zip(opened.children[::2], opened.children[1::2], strict=True)
        for key, item in pairs:
            if key.merge:
                _merge(result, item)
                continue
            name = _key(key)
            if name in written:
                self._repeated.append(Repeated(name, key.mark, written[name]))
            written[name] = key.mark
            _place(result, name, _settled(item), key.mark, item.mark)
        return _weighed(result, opened)


def _refuse_question_mark(event: ScalarEvent, mark: Mark) -> None:
    """Inside `[]` and `{}` go-yaml ends a text without quotes at a `?`, as YAML 1.1 did; libyaml no longer does."""
    if not event.style and "?" in event.value:
        reason = "yaml: did not find expected ',': inside [] and {} a text with a `?` needs quotes"
        raise UnreadableError(reason, mark.line, mark.column)


def _goes_on(events: Iterator[Event]) -> bool:
    """Whether a further document follows; unreadable bytes there count as one: the kubelet never looks."""
    try:
        return not isinstance(next(events), StreamEndEvent)
    except UnreadableError:
        return True


def _mark(event: Event) -> Mark:
    start = event.start_mark
    return Mark(1, 1) if start is None else Mark(start.line + 1, start.column + 1)


def _scalar(event: ScalarEvent, mark: Mark) -> _Node:
    tag, implicit = event.tag or "", bool(event.implicit[0])
    merge = event.value == "<<" and (tag == MERGE_TAG or (implicit and tag in {"", "!"}))
    try:
        value = resolve(tag, event.value, implicit=implicit)
    except UnreadableError as error:
        raise UnreadableError(f"yaml: {error.message}", mark.line, mark.column) from None
    return _Node(value, mark, merge=merge, scalar=True)


def _settled(node: _Node) -> object:
    if type(node.value) is not float:
        return node.value
    try:
        return settle(node.value)
    except UnreadableError as error:
        raise UnreadableError(error.message, node.mark.line, node.mark.column) from None


def _key(node: _Node) -> str:
    if not node.scalar:
        raise UnreadableError(
            "yaml: invalid map key: a key must be a scalar", node.mark.line, node.mark.column
        )
    try:
        return key_text(node.value)
    except UnreadableError as error:
        raise UnreadableError(error.message, node.mark.line, node.mark.column) from None


def _sequence(opened: _Open) -> _Node:
    result = GoList(opened.mark)
    for item in opened.children:
        result.append(_settled(item))
        result.values_at.append(item.mark)
    return _weighed(result, opened)


def _place(result: GoMap, name: str, value: object, key: Mark, mark: Mark) -> None:
    result[name] = value
    result.keys_at[name] = key
    result.values_at[name] = mark


def _merge(result: GoMap, source: _Node) -> None:
    """`<<` takes effect where it stands: it overrides keys before it, keys after override it (go-yaml v2)."""
    value = source.value
    maps = list(reversed(value)) if isinstance(value, GoList) else [value]
    for each in maps:
        if not isinstance(each, GoMap):
            message = "yaml: map merge requires map or sequence of maps as the value"
            raise UnreadableError(message, source.mark.line, source.mark.column)
        for name, item in each.items():
            _place(result, name, item, each.keys_at[name], each.values_at[name])


def _refuse_alias_bomb(root: _Node) -> None:
    """go-yaml's guard (`decode.go:allowedAliasRatio`): a large document must not come through aliases."""
    if root.borrowed <= 100 or root.weight <= 1000:
        return
    allowed = 0.99 - 0.89 * min(max(root.weight - 400_000, 0) / 3_600_000, 1)
    if root.borrowed / root.weight > allowed:
        raise UnreadableError("yaml: document contains excessive aliasing")


def _weighed(value: object, opened: _Open) -> _Node:
    weight = 1 + sum(child.weight for child in opened.children)
    return _Node(value, opened.mark, weight, sum(child.borrowed for child in opened.children))
