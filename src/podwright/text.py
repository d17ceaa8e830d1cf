"""Text for messages: what may be shown on a terminal, and lists of names."""

from __future__ import annotations

from collections.abc import Sequence


def abbreviated(names: Sequence[str]) -> str:
    """Names for a message: three at most, and how many more."""
    more = counted(len(names) - 3, "more node")
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:3])} and {more}"


def printable(text: str) -> str:
    """Return `text` with every character that could steer a terminal written as an escape; tabs and line ends stay.

    Everything that comes from a node, an API, an inventory or a template passes here before a person sees it.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\n\t" or character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def counted(count: int, noun: str) -> str:
    """`1 node`, `2 nodes`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
