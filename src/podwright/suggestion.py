"""Finds what a mistyped name was probably meant to be; a name that is merely like another is not a mistyped one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import itemgetter

# every candidate is compared with: enough for any inventory a person types names of
_MAX_CANDIDATES = 2000
_MAX_LENGTH = 100


def closest(name: str, candidates: Iterable[object], *, of_words: bool = False) -> str | None:
    """Return the candidate that `name` is a slip of the finger away from, or None.

    That is one slip in four letters: a letter too many, too few, another, or two exchanged; case, `-` and `_` count for
    nothing. `cp-1` is not a slip of `cp-9`: a person who types a number means it. Nor is `-v` one of `-i`: of two letters
    one is half the name. `of_words`: nobody numbers the candidates, so a number is mistyped like any letter.
    """
    names = [candidate for candidate in candidates if isinstance(candidate, str)][:_MAX_CANDIDATES]
    typed = _plain(name[:_MAX_LENGTH])
    letters = len(typed.replace("_", ""))
    most = max(1, letters // 4) if letters > 2 else 0
    alike = [
        candidate
        for candidate in names
        if abs(len(candidate) - len(name)) <= most and candidate != name
        if of_words or _numbers(candidate) == _numbers(name)
    ]
    slips = [(_slips(typed, _plain(candidate[:_MAX_LENGTH])), candidate) for candidate in alike]
    return next((candidate for count, candidate in sorted(slips, key=itemgetter(0)) if count <= most), None)


def did_you_mean(
    name: str, candidates: Iterable[object], otherwise: str = "", *, of_words: bool = False
) -> str:
    """Return a hint: "did you mean `x`?", or `otherwise` if nothing is near."""
    near = closest(name, candidates, of_words=of_words)
    return f"did you mean `{near}`?" if near else otherwise


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall("[0-9]+", name)]


def _slips(one: str, other: str) -> int:
    """The optimal string alignment distance."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one):
        earlier, before, row = before, row, [at + 1]
        for place, wanted in enumerate(other):
            least = min(before[place] + (letter != wanted), before[place + 1] + 1, row[place] + 1)
            if place and at and letter == other[place - 1] and one[at - 1] == wanted:
                least = min(least, earlier[place - 1] + 1)
            row.append(least)
    return row[-1]
