"""Compiles regular expressions that cannot run for ever: Python's engine backtracks, and nothing can stop it."""

from __future__ import annotations

import math
import re

from podwright.expressions.limits import MAX_TEXT, RefusedError

MAX_PATTERN = 1000
#: Positions the engine may try in the worst case; some seconds on a slow machine.
MAX_TRIES = 500_000_000

_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?[#P<=!:aiLmsux-]*|[()|]|[*+?]|\{[0-9]*,?[0-9]*\}|.", re.DOTALL
)

_AMBIGUOUS_SET = re.compile(r"(?<!\\)\[|--|&&|~~|\|\|")


def compile_pattern(pattern: str, text: str, flags: int = 0) -> re.Pattern[str]:
    """Return `pattern` compiled for use on `text`.

    Raises RefusedError where it is no regular expression, where a repeat stands inside a repeat or an alternative
    inside one (exponential), or where the number of repeats and the length of `text` allow too many tries.
    """
    if len(pattern) > MAX_PATTERN or len(text) > MAX_TEXT:
        raise RefusedError("a regular expression or its text is too long")
    repeats = _count_repeats(pattern)
    if math.comb(len(text) + repeats, repeats + 1) > MAX_TRIES:
        raise RefusedError(
            "this regular expression could take too long on a text of this length", "use fewer `*` and `+`"
        )
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise RefusedError("this is no regular expression", "Python's `re` must understand it") from error


def _count_repeats(pattern: str) -> int:
    """Count the repeats; refuse those that nest."""
    total = 0
    groups = [False]
    closed: bool | None = None
    for piece in _TOKEN.findall(pattern):
        if piece in {"*", "+"} or (piece[0] == "{" and len(piece) > 2):
            if closed:
                hint = "write it without a repeat or `|` inside the repeated group"
                raise RefusedError("a repeat inside a repeated group could take for ever", hint)
            total += 1
            groups[-1] = True
            closed = None
        elif piece[0] == "[" and (len(piece) == 1 or _AMBIGUOUS_SET.search(piece, 1)):
            # Python warns that these may mean something else one day
            raise RefusedError(
                "a set in this regular expression has no end or could be read in two ways",
                "escape `[`, `&`, `-` in it",
            )
        elif piece[0] == "(":
            groups.append(False)
            closed = None
        elif piece == ")" and len(groups) > 1:
            closed = groups.pop()
            groups[-1] = groups[-1] or closed
        else:
            groups[-1] = groups[-1] or piece in {"|", "?"}
            closed = None
    return total
