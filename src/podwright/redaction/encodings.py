"""A text as its readers will decode it (base64, hex, URLs, JSON, HTML, a shell's quotes), with where each part stood."""

from __future__ import annotations

import base64
import binascii
import json
import re
import string
from collections.abc import Callable, Iterator

from msgspec import Struct

from podwright.lazy_pattern import lazy_pattern
from podwright.redaction.patterns import Span

_BASE64 = lazy_pattern(r"[A-Za-z0-9+/_-]{8,}={0,2}")
#: as `base64` writes long values: lines of one length, indented or not
_WRAPPED = lazy_pattern(r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{40,}+\s+)+[A-Za-z0-9+/_-]+={0,2}")
_HEX = lazy_pattern(r"(?:[0-9A-Fa-f]{2}){4,}")
_URL_SAFE, _TO_URL_SAFE = str.maketrans("-_", "+/"), str.maketrans("+/", "-_")
_SIGNS = frozenset(string.ascii_letters + string.digits + "+/_-=")
_BLANKS = lazy_pattern(r"\s+")
_NO_TEXT = lazy_pattern(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NOT_OF_A_URL = lazy_pattern(r"[^\w.~-]", re.ASCII)
#: fewer signs of base64 could be anything's
_FEWEST_SIGNS = 4


def spellings(secret: str) -> Iterator[str]:
    """How a secret reads inside a text that was encoded as a whole: base64 at each of its three places, and hex."""
    data = secret.encode("utf-8", "surrogatepass")
    for lead in range(3):
        # a sign holds six bits: those at the edges also hold bits of what stands beside the secret
        first, end = -(-8 * lead // 6), 8 * (lead + len(data)) // 6
        signs = base64.b64encode(b"\0" * lead + data).decode()[first:end]
        if len(signs) >= _FEWEST_SIGNS:
            yield from {signs, signs.translate(_TO_URL_SAFE)}
    yield from {data.hex(), data.hex().upper()}


def whole_run(text: str, start: int, end: int) -> Span:
    """The whole word of base64 or hex that this is a part of: its ends would reveal a little of the secret."""
    while start and text[start - 1] in _SIGNS:
        start -= 1
    while end < len(text) and text[end] in _SIGNS:
        end += 1
    return start, end


class View(Struct, frozen=True):
    """A decoded text; the character at I stood from `starts[I]` to `ends[I]` in what it was decoded from."""

    text: str
    starts: list[int]
    ends: list[int]


def decoded_runs(text: str) -> Iterator[tuple[Span, str]]:
    """Each part of the text that base64 or hex can be read from, and the text that it holds."""
    for found in _BASE64.finditer(text):
        yield found.span(), _from_base64(found[0])
    for found in _WRAPPED.finditer(text) if "\n" in text else ():
        yield found.span(), _from_base64(_BLANKS.sub("", found[0]))
    for found in _HEX.finditer(text):
        yield found.span(), bytes.fromhex(found[0]).decode("latin-1")


def is_text(decoded: str) -> bool:
    """Whether bytes are text; what happens to be spelt like base64 gives none."""
    if _NO_TEXT.search(decoded):
        return False
    try:
        return decoded.isascii() or bool(decoded.encode("latin-1").decode())
    except UnicodeError:
        return False


def _from_base64(run: str) -> str:
    signs = run.rstrip("=").translate(_URL_SAFE)
    whole = signs[:-1] if len(signs) % 4 == 1 else signs
    return binascii.a2b_base64(whole + "=" * (-len(whole) % 4)).decode("latin-1")


def unescaped_views(text: str) -> Iterator[View]:
    """The text as readers of each kind of escape in it see it."""
    for sign, pattern, decode in _ESCAPES:
        if sign in text:
            yield _view(text, pattern, decode)
    if "+" in text and "%" not in text:
        yield _view(text, re.compile(r"\+"), lambda _: " ")


def _view(text: str, pattern: re.Pattern[str], decode: Callable[[str], str]) -> View:
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for found in pattern.finditer(text):
        plain = range(position, found.start())
        character = decode(found[0])
        pieces += (text[position : found.start()], character)
        starts += (*plain, *[found.start()] * len(character))
        ends += (*(at + 1 for at in plain), *[found.end()] * len(character))
        position = found.end()
    rest = range(position, len(text))
    return View("".join((*pieces, text[position:])), [*starts, *rest], [*ends, *(at + 1 for at in rest)])


_LETTERS = {
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "f": "\f",
    "0": "\0",
    "e": "\x1b",
    "a": "\a",
    "v": "\v",
}


def _after_backslash(escape: str) -> str:
    if escape[1] in "xuU" and len(escape) > 2:
        digits = re.split(r"\\[xuU]", escape)[1:]
        units = "".join(chr(int(part, 16) % 0x110000) for part in digits)
        return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "" if escape[1] in "\r\n" else _LETTERS.get(escape[1], escape[1])


def _percent(escape: str) -> str:
    return " " if escape == "+" else bytes.fromhex(escape.replace("%", "")).decode("latin-1")


def _entity(text: str) -> str:
    # 10 ms of tables that few texts need
    from html import unescape

    return unescape(text)


#: the sign that a kind of escape cannot do without, its pattern, and what stands for it
_ESCAPES: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    (
        "\\",
        lazy_pattern(
            r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
            r"|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\\r?\n[ \t]*|\\.",
            re.DOTALL,
        ),
        _after_backslash,
    ),
    ("%", lazy_pattern(r"(?:%[0-9a-fA-F]{2})|\+"), _percent),
    ("%", lazy_pattern(r"%[0-9a-fA-F]{2}"), _percent),
    ("&", lazy_pattern(r"&#?\w{1,8};"), _entity),
    ("''", lazy_pattern("''"), lambda _: "'"),
    ("'\"'\"'", lazy_pattern("'\"'\"'"), lambda _: "'"),
    ("'\\''", lazy_pattern(r"'\\''"), lambda _: "'"),
)


def may_hold(text: str, secret: str) -> bool:
    """Whether a text may hold a secret, plain or in one encoding: a quick check before a thorough one."""
    escaped = (json.dumps(secret)[1:-1], _NOT_OF_A_URL.sub(lambda found: f"%{ord(found[0]):02X}", secret))
    return any(form in text for form in (secret, *escaped, *spellings(secret)))
