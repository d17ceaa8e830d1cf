"""Secrets in a text that names them: `--token=…`, `password: …`, `scheme://user:…@host`, private keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from podwright.lazy_pattern import lazy_pattern
from podwright.redaction.names import names_a_secret, shows_no_secret

Span = tuple[int, int]

#: a text without any of these names no secret; to search for them costs less than to parse
_HINT = lazy_pattern(
    r"pass|pw|secret|token|cred|key|pat|auth|private|cookie|bearer|basic|jwt|otp|psk|salt|hmac|mnemonic|eyJ|://|@"
    r"| -[apuUw]",
    re.IGNORECASE,
)
_NAMED = lazy_pattern(
    r"""(?<![\w.-])(?P<flag>--?)?(?P<name>\w[\w.-]*+)"""
    r"""(?:(?P<assigns>\\{0,8}["']?\s{0,8}(?:=>|:=|[=:])\s{0,8})|(?:\s|\\\n)+)"""
)
_SCHEME = lazy_pattern(r"(?:Bearer|Basic|Token|Digest|ApiKey|Negotiate)\s+", re.IGNORECASE)
_QUOTE = lazy_pattern(r"""\\{0,8}["']""")
#: a word as a shell takes it: quoted and other pieces side by side
_WORD = lazy_pattern(r"""(?>"(?:\\.|[^"\\])*"|'[^']*'|\\.|\S)++""", re.DOTALL)
_WHOLE = (
    lazy_pattern(
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)", re.DOTALL
    ),
    lazy_pattern(r"\beyJ[\w-]{8,2048}+\.[\w-]{8,16384}+\.[\w-]*"),
)
#: before a colon these are words of a sentence: `cannot read the secret: not found`
_ENGLISH = lazy_pattern("secrets?|credentials?|auth|authorization|private|tokens", re.IGNORECASE)
_NAME = lazy_pattern(r"[\w.-]+")
_SHORT_FLAG = lazy_pattern(r"-\w")
_COMMAND = r"\b[^\n;|&]{0,400}?\s"
_PARTS = (
    # the password of a URL goes as far as the last `@`: a careless one may stand inside it
    lazy_pattern(r"""://[^\s:/?#"'@]{0,256}:(?!\d{1,5}(?:[/?#,]|$))([^\s"']{1,512})@"""),
    lazy_pattern(r"""://([^\s:/?#"'@]{20,512})@"""),
    lazy_pattern(r"(?<![\w.-])[\w.-]{1,64}:([^\s@/]{1,256})@(?:tcp|unix)\("),
    lazy_pattern(r"\b(?:Bearer|Basic)\s+([\w.~+/=-]{8,})", re.IGNORECASE),
    # programs whose short flag takes a password
    lazy_pattern(rf"\b(?:mysql|mariadb)[\w-]{{0,40}}{_COMMAND}-p([^\s;|&]+)"),
    lazy_pattern(rf"\b(?:sshpass|mongo\w{{0,20}}){_COMMAND}-p\s*([^\s;|&]+)"),
    lazy_pattern(rf"\bredis-cli{_COMMAND}-a\s*([^\s;|&]+)"),
    lazy_pattern(rf"\bldap\w{{1,20}}{_COMMAND}-w\s*([^\s;|&]+)"),
    lazy_pattern(
        rf"""\b(?:curl|etcdctl){_COMMAND}(?:-u|-U|--user|--proxy-user)[\s=]*["']?[^\s:"']{{1,64}}:([^\s;|&]+)"""
    ),
)


@lru_cache(maxsize=4096)
def named_spans(text: str, *, prose: bool = False) -> tuple[Span, ...]:
    """Where values stand that are secrets by their names or their forms.

    In `prose` a value after a colon is one word, not the rest of the line.
    """
    if not _HINT.search(text):
        return ()
    spans = [found.span() for pattern in _WHOLE for found in pattern.finditer(text)]
    parts = (found for pattern in _PARTS for found in pattern.finditer(text))
    spans += (found.span(1) for found in parts if not shows_no_secret(found[1].strip("\"'")))
    return (*spans, *_assigned(text, prose))


def _assigned(text: str, prose: bool) -> Iterator[Span]:
    """The values of `NAME=VALUE`, `NAME: VALUE` and `--NAME VALUE`."""
    position = 0
    while found := _NAMED.search(text, position):
        position = found.end()
        if not (found["flag"] or found["assigns"]) or not names_a_secret(found["name"]):
            continue
        if prose and ":" in (found["assigns"] or "") and _ENGLISH.fullmatch(found["name"]):
            continue
        start, end = _value(text, found, prose)
        if not shows_no_secret(text[start:end].strip("\"'\\,;")):
            yield start, end
            position = max(position, end)


def _value(text: str, name: re.Match[str], prose: bool) -> Span:
    """From where to where the value goes that stands behind a name."""
    scheme = _SCHEME.match(text, name.end())
    start = scheme.end() if scheme else name.end()
    if quote := _QUOTE.match(text, start):
        return start, _end_of_quoted(text, start, quote)
    opened = text[max(0, name.start() - 1) : name.start()]
    if opened in ("'", '"') and opened not in (name["assigns"] or ""):
        # the quote was opened before the name: 'Authorization: Bearer …'
        return start, _closing(text, opened, start)
    if opened == ";" and name["assigns"]:
        return start, _closing(text, ";", start)
    if name["assigns"] and not prose and _takes_the_line(text, name):
        return start, _end_of_block(text, name.start(), start)
    if not name["assigns"] and text.startswith("--", start):
        return start, start
    word = _WORD.match(text, start)
    return start, word.end() if word else start


def _end_of_quoted(text: str, start: int, quote: re.Match[str]) -> int:
    """The end of a quoted value, with what a shell would join to it."""
    end = _closing(text, quote[0], quote.end()) + len(quote[0])
    if text[end : end + 1].strip(",;:)}]&|\\ \t\r\n"):
        word = _WORD.match(text, start)
        return max(end, word.end() if word else 0)
    return min(end, len(text))


def _closing(text: str, quote: str, start: int) -> int:
    """Where the quote stands that closes one; the end of the text without any."""
    closing = re.compile(rf"(?<!\\){re.escape(quote)}").search(text, start)
    return closing.start() if closing else len(text)


def _takes_the_line(text: str, name: re.Match[str]) -> bool:
    """`name: value`, and in a text of several lines `name=value` too, goes as far as its line."""
    begin = text.rfind("\n", 0, name.start()) + 1
    leads = text[begin : name.start()].strip(" \t\"'") in ("", "-", "export")
    return ":" in name["assigns"] or (leads and "\n" in text)


def _end_of_block(text: str, name_at: int, start: int) -> int:
    """The end of the value's line and of the lines that go on deeper."""
    begin = text.rfind("\n", 0, name_at) + 1
    column = len(text[begin:name_at]) - len(text[begin:name_at].lstrip())
    end = _end_of_line(text, start)
    while end < len(text):
        after = _end_of_line(text, end)
        line = text[end:after]
        if line.strip() and len(line) - len(line.lstrip()) <= column:
            break
        end = after
    return start + len(text[start:end].rstrip())


def _end_of_line(text: str, start: int) -> int:
    """Behind the line end that comes next."""
    return text.find("\n", start) + 1 or len(text)


@lru_cache(maxsize=1024)
def argument_spans(arguments: tuple[str, ...]) -> dict[int, tuple[Span, ...]]:
    """The secrets in a command's arguments: by the place of each argument that holds any, where in it."""
    program = before = ""
    found: dict[int, tuple[Span, ...]] = {}
    for place, argument in enumerate(arguments):
        spans = _argument_spans(program, before, argument)
        if kept := tuple(span for span in spans if not shows_no_secret(argument[slice(*span)])):
            found[place] = kept
        program = program if argument.startswith("-") else f"{program} {argument}"[-200:]
        before = argument
    return found


def _argument_spans(program: str, before: str, argument: str) -> tuple[Span, ...]:
    if before.startswith("-") and "=" not in before and names_a_secret(before) and argument[:2] != "--":
        return ((0, len(argument)),)
    name, equals, value = argument.partition("=")
    if equals and _NAME.fullmatch(name) and names_a_secret(name):
        return ((len(argument) - len(value), len(argument)),)
    return (*named_spans(argument), *_short_flag_spans(program, before, argument))


def _short_flag_spans(program: str, before: str, argument: str) -> Iterator[Span]:
    """What `-p` means depends on the program, which stands apart from it in a list of arguments."""
    flag = before if _SHORT_FLAG.fullmatch(before) else ""
    if not (flag or _SHORT_FLAG.match(argument)):
        return
    line = f"{program} {flag} " + re.sub(r"\s", "_", argument)
    begin = len(line) - len(argument)
    yield from ((start - begin, end - begin) for start, end in named_spans(line) if start >= begin)
