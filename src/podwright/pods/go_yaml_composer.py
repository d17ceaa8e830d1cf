"""Builds the first document of a YAML text from libyaml's events, by go-yaml's rules and without recursion.

This is the larger part of what a verdict costs, so the loop over events keeps the usual case (text without a tag, an
anchor or a merge) on its shortest way.
"""

from __future__ import annotations

import re
from itertools import repeat

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    ScalarEvent,
    StreamEndEvent,
)

from podwright.pods.go_json import MOST_VALUES
from podwright.pods.go_scalars import HINTS, MERGE_TAG, key_text, plain_value, resolve, settle
from podwright.pods.go_values import Decoded, GoList, GoMap, Repeated, Spot, UnreadableError, mark_of
from podwright.pods.yaml_events import NextEvent, yaml_events

_DEPTH = 200
_START = yaml.Mark("", 0, 0, 0, None, 0)
# go-yaml does not know the escape `\/`, which libyaml takes
_SLASH_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\/")


class _Open:
    """A collection whose end has not been seen; of a mapping, the key whose value is awaited."""

    __slots__ = (
        "anchor",
        "awaits",
        "in_brackets",
        "key",
        "key_spot",
        "merges",
        "result",
        "weight",
        "written",
    )

    def __init__(self, result: GoMap | GoList, anchor: str | None, in_brackets: bool, weight: int) -> None:
        self.result = result
        self.anchor = anchor
        self.in_brackets = in_brackets
        self.weight = weight
        self.awaits = self.merges = False
        self.key = ""
        self.key_spot = result.spot
        # the keys that stand here themselves, apart from the merged ones; None while nothing was merged
        self.written: dict[str, tuple[Spot, Spot]] | None = None


class _Anchored:
    """What an anchor names: `weight` counts the decoder's steps for it; `value` is missing until its end."""

    __slots__ = ("scalar", "value", "weight")

    def __init__(self, value: object, weight: int, *, scalar: bool) -> None:
        self.value = value
        self.weight = weight
        self.scalar = scalar


class Composer:
    """Composes one text."""

    def __init__(self, data: bytes) -> None:
        self._data = data or b"\n"
        self._slashes = data.decode("utf-8", "replace") if b"\\/" in data else ""
        self._anchors: dict[str, _Anchored | None] = {}
        self._repeated: list[Repeated] = []
        self._stack: list[_Open] = []
        self._weight = self._borrowed = 0

    def first_document(self) -> Decoded:
        """Raises UnreadableError, and OddEscapeError for an escape that libyaml does not know."""
        with yaml_events(self._data) as take:
            take()
            start = take()
            if isinstance(start, StreamEndEvent):
                return Decoded(None)
            if isinstance(start, DocumentStartEvent) and start.version not in {None, (1, 1)}:
                raise UnreadableError(
                    "yaml: found incompatible YAML document: only `%YAML 1.1` is known", 1, 1
                )
            value = self._compose(take)
            _refuse_alias_bomb(self._weight, self._borrowed)
            take()
            return Decoded(value, tuple(self._repeated), more_documents=_goes_on(take))

    def _compose(self, take: NextEvent) -> object:
        stack = self._stack
        for _ in repeat(None, MOST_VALUES):
            event = take()
            spot: Spot = event.start_mark or _START
            scalar = merge = False
            if type(event) is ScalarEvent:
                value, merge = self._scalar(event, spot)
                scalar = True
            elif isinstance(event, CollectionStartEvent):
                self._open(event, GoMap(spot) if isinstance(event, MappingStartEvent) else GoList(spot))
                continue
            elif isinstance(event, CollectionEndEvent):
                opened = stack.pop()
                value, spot = opened.result, opened.result.spot
                if opened.anchor:
                    weight = self._weight - opened.weight
                    self._anchors[opened.anchor] = _Anchored(value, weight, scalar=False)
            elif isinstance(event, AliasEvent):
                value, scalar = self._alias(str(event.anchor), spot)
            else:
                raise _refused("the document is incomplete", spot)
            if not stack:
                return _settled(value, spot) if type(value) is float else value
            self._place(stack[-1], value, spot, scalar, merge)
        raise UnreadableError(f"more than {MOST_VALUES} values, which no pod has")

    def _scalar(self, event: ScalarEvent, spot: Spot) -> tuple[object, bool]:
        """The value of a scalar, and whether it is a merge key."""
        text = event.value
        self._weight += 1
        if event.style:
            if self._slashes and event.style == '"':
                self._refuse_slash_escape(event, spot)
        elif "?" in text and self._stack and self._stack[-1].in_brackets:
            raise _question_mark(spot)
        if event.tag is not None or event.anchor:
            return self._tagged(event, text, spot)
        if not event.implicit[0]:
            return text, False
        if not text or text[0] in HINTS:
            return plain_value(text), False
        return text, text == "<<"

    def _refuse_slash_escape(self, event: ScalarEvent, spot: Spot) -> None:
        end = event.end_mark
        if (
            event.start_mark
            and end
            and _SLASH_ESCAPE.search(self._slashes, event.start_mark.index, end.index)
        ):
            raise _refused("yaml: found unknown escape character `\\/`", spot)

    def _tagged(self, event: ScalarEvent, text: str, spot: Spot) -> tuple[object, bool]:
        tag, implicit = event.tag or "", bool(event.implicit[0])
        try:
            value = resolve(tag, text, implicit=implicit)
        except UnreadableError as error:
            raise _refused(f"yaml: {error.message}", spot) from None
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(value, 1, scalar=True)
        return value, text == "<<" and (tag == MERGE_TAG or (implicit and tag in {"", "!"}))

    def _open(self, event: CollectionStartEvent, result: GoMap | GoList) -> None:
        if event.anchor:
            self._anchors[event.anchor] = None
        if len(self._stack) >= _DEPTH:
            raise _refused(f"nested deeper than {_DEPTH} levels", result.spot)
        self._stack.append(_Open(result, event.anchor, bool(event.flow_style), self._weight))
        self._weight += 1

    def _alias(self, anchor: str, spot: Spot) -> tuple[object, bool]:
        if anchor not in self._anchors:
            raise _refused(f"unknown anchor '{anchor[:80]}' referenced", spot)
        target = self._anchors[anchor]
        if target is None:
            raise _refused(f"anchor '{anchor[:80]}' value contains itself", spot)
        self._weight += target.weight + 1
        self._borrowed += target.weight
        return target.value, target.scalar

    def _place(self, top: _Open, value: object, spot: Spot, scalar: bool, merge: bool) -> None:
        """Put a value that is whole into the collection around it: as an item, a key, or the value of the last key."""
        result = top.result
        if type(result) is GoList:
            result.append(_settled(value, spot) if type(value) is float else value)
            result.spots.append(spot)
        elif not top.awaits:
            top.awaits, top.merges, top.key_spot = True, merge, spot
            if not merge:
                top.key = value if type(value) is str and scalar else _key(value, spot, scalar=scalar)
        elif type(result) is GoMap:
            top.awaits = False
            if top.merges:
                _merge(top, result, value, spot)
                return
            name, seen = top.key, result.spots if top.written is None else top.written
            if name in seen:
                self._repeated.append(Repeated(name, mark_of(top.key_spot), mark_of(seen[name][0])))
            if top.written is not None:
                top.written[name] = top.key_spot, spot
            result[name] = _settled(value, spot) if type(value) is float else value
            result.spots[name] = top.key_spot, spot


def _merge(top: _Open, result: GoMap, source: object, spot: Spot) -> None:
    """`<<` takes effect where it stands: it overrides keys before it, keys after override it (go-yaml v2)."""
    if top.written is None:
        top.written = dict(result.spots)
    for each in reversed(source) if isinstance(source, GoList) else (source,):
        if not isinstance(each, GoMap):
            raise _refused("yaml: map merge requires map or sequence of maps as the value", spot)
        result.update(each)
        result.spots.update(each.spots)


def _settled(value: float, spot: Spot) -> object:
    try:
        return settle(value)
    except UnreadableError as error:
        raise _refused(error.message, spot) from None


def _key(value: object, spot: Spot, *, scalar: bool) -> str:
    if not scalar:
        raise _refused("yaml: invalid map key: a key must be a scalar", spot)
    try:
        return key_text(value)
    except UnreadableError as error:
        raise _refused(error.message, spot) from None


def _question_mark(spot: Spot) -> UnreadableError:
    """Inside `[]` and `{}` go-yaml ends a text without quotes at a `?`, as YAML 1.1 did; libyaml no longer does."""
    return _refused("yaml: did not find expected ',': inside [] and {} a text with a `?` needs quotes", spot)


def _goes_on(take: NextEvent) -> bool:
    """Whether a further document follows; unreadable bytes there count as one: the kubelet never looks."""
    try:
        return type(take()) is not StreamEndEvent
    except (yaml.YAMLError, ValueError):
        return True


def _refuse_alias_bomb(weight: int, borrowed: int) -> None:
    """go-yaml's guard (`decode.go:allowedAliasRatio`): a large document must not come through aliases."""
    if borrowed <= 100 or weight <= 1000:
        return
    allowed = 0.99 - 0.89 * min(max(weight - 400_000, 0) / 3_600_000, 1)
    if borrowed / weight > allowed:
        raise UnreadableError("yaml: document contains excessive aliasing")


def _refused(message: str, spot: Spot) -> UnreadableError:
    return UnreadableError(message, *mark_of(spot))
