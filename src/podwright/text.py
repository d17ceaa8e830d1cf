"""Text for messages: what may be shown on a terminal, lists of names, and what a misspelt name was meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# difflib compares with every candidate: enough for any list of names that a person types
_MAX_CANDIDATES = 2000


def abbreviated(names: Sequence[str]) -> str:
    """Names for a message: three at most, and how many more."""
    return ", ".join(names) if len(names) <= 3 else f"{', '.join(names[:3])} and {len(names) - 3} more nodes"


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


def did_you_mean(name: str, candidates: Iterable[object], otherwise: str = "") -> str:
    """Return a hint: "did you mean `x`?", or `otherwise` when nothing is near."""
    near = closest(name, candidates)
    return f"did you mean `{near}`?" if near else otherwise


def closest(name: str, candidates: Iterable[object]) -> str | None:
    """Return the candidate most like `name`, or None when none is near: a wrong guess is worse than none.

    A first word that all share (`podwright_`, `ansible_`) says nothing about the rest, and is not compared.
    """
    from difflib import get_close_matches  # `podwright --help` pays for none of it

    texts = [text for text in candidates if isinstance(text, str)]
    prefix = name[: name.find("_") + 1]
    names = [text for text in texts if text.startswith(prefix)]
    if not names:
        prefix, names = "", texts
    rest = {text.removeprefix(prefix).lower(): text for text in reversed(names[:_MAX_CANDIDATES])}
    near = get_close_matches(name.removeprefix(prefix)[:200].lower(), rest, n=1, cutoff=0.7)
    return rest[near[0]] if near else None
