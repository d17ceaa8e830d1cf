"""Finds what a misspelled name was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

# difflib compares with every candidate: enough for any inventory a person types names of
_MAX_CANDIDATES = 2000


def closest(name: str, candidates: Iterable[object]) -> str | None:
    """Return the candidate most like `name`, or None where nothing is near enough."""
    names = [candidate for candidate in candidates if isinstance(candidate, str)][:_MAX_CANDIDATES]
    near = get_close_matches(name[:200], names, n=1, cutoff=0.6)
    return near[0] if near else None


def did_you_mean(name: str, candidates: Iterable[object], otherwise: str = "") -> str:
    """Return a hint: "did you mean `x`?", or `otherwise` where nothing is near."""
    near = closest(name, candidates)
    return f"did you mean `{near}`?" if near else otherwise
