"""What many nodes report alike: grouped by cause, whatever names, addresses, uids and numbers stand in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec import Struct

from podwright.lazy_pattern import lazy_pattern
from podwright.text import abbreviated

Member = TypeVar("Member")

#: uids, digests, addresses and how often a file was written: another on every node
_PARTICULARS = lazy_pattern(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b(?=[a-f]*[0-9])[0-9a-f]{8,}\b"
    r"|\b[0-9]+(?:\.[0-9]+){3}(?::[0-9]+)?\b"
    r"|(?<=podwright\.dev/generation: \")[0-9]+"
    r"|\b(?:[0-9a-f]{1,4}:+){3,7}[0-9a-f]{1,4}\b",
    re.IGNORECASE,
)
_VALUE = lazy_pattern(r"`[^`\n]*`|[0-9]+(?:\.[0-9]+)?")
#: what is shown of one cause; the rest is counted
MOST_SHOWN = 3

#: a node and what it reports
Entry = tuple[str, str]


class Alike(Struct, frozen=True):
    """Texts of some nodes that differ in particulars at most; `text` is the first of them."""

    nodes: tuple[str, ...]
    text: str
    equal: bool


def alike(reported: Iterable[Entry], by: Callable[[str, str], str] | None = None) -> tuple[Alike, ...]:
    """What is reported, with those together for which `by` gives the same: by default whose texts differ in the node's
    name, addresses, uids and digests at most."""
    key = by or without_particulars
    groups = _grouped((key(node, text), (node, text)) for node, text in reported)
    return tuple(
        Alike(_nodes(entries), entries[0][1], len({text for _, text in entries}) == 1)
        for entries in groups.values()
    )


def lines_by_cause(reported: Iterable[Entry]) -> Iterator[str]:
    """`NODES: TEXT` with what has one cause side by side: texts that differ in their values alone."""
    for entries in by_cause((node, text, (node, text)) for node, text in reported):
        yield from _lines(entries)


def by_cause(reported: Iterable[tuple[str, str, Member]]) -> list[list[Member]]:
    """Members (node, text, member) of one cause: their texts differ in values alone; if there are more than a few of those
    groups, in a third of their words at most: names that stand in no quotes, say."""
    #: the first node's, since a text that nodes share may name them all
    shaped: dict[str, str] = {}

    def shape_of(node: str, text: str) -> str:
        if text not in shaped:
            shaped[text] = _VALUE.sub("…", without_particulars(node, text))
        return shaped[text]

    shapes = _grouped((shape_of(node, text), member) for node, text, member in reported)
    if len(shapes) <= MOST_SHOWN:
        return list(shapes.values())
    causes: list[tuple[list[str], list[list[Member]]]] = []
    for shape, members in shapes.items():
        words = shape.split()
        near = next((found for known, found in causes if _near(words, known)), None)
        if near is None:
            causes.append((words, [members]))
        else:
            near.append(members)
    return [merged for _, found in causes for merged in _merged(found)]


def _near(words: list[str], others: list[str]) -> bool:
    if len(words) != len(others):
        return False
    return 3 * sum(word != other for word, other in zip(words, others, strict=True)) <= len(words)


def _merged(groups: list[list[Member]]) -> list[list[Member]]:
    """A few are told apart all the same."""
    if len(groups) <= MOST_SHOWN:
        return groups
    return [[member for group in groups for member in group]]


def _lines(entries: list[Entry]) -> Iterator[str]:
    """Equal texts once; of more than a few those of a different shape, and which other nodes report alike."""
    nodes = _grouped((text, node) for node, text in entries)
    texts = list(nodes)
    if len(texts) > MOST_SHOWN and len(_nodes(entries)) > MOST_SHOWN:
        texts = list(_unique(one.text for one in alike(entries)))[:MOST_SHOWN]
    for text in texts:
        yield f"{abbreviated(_unique(nodes[text]))}: {text}"
    others = _nodes((node, text) for node, text in entries if text not in texts)
    if others:
        yield f"{abbreviated(others)}: alike"


def _grouped(pairs: Iterable[tuple[str, Member]]) -> dict[str, list[Member]]:
    groups: dict[str, list[Member]] = {}
    for key, member in pairs:
        groups.setdefault(key, []).append(member)
    return groups


def _nodes(entries: Iterable[Entry]) -> tuple[str, ...]:
    return _unique(node for node, _ in entries)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def without_particulars(node: str, text: str) -> str:
    """A text without its particulars."""
    named = text
    if node and node in text:  # compiling a pattern for each of many nodes costs more than searching
        named = re.sub(rf"(?<!\w){re.escape(node)}(?!\w)", "NODE", text)
    return _PARTICULARS.sub("#", named)
