"""Finds the secrets of an inventory in a text by their value, in whatever encoding they stand there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from podwright.lazy_pattern import lazy_pattern
from podwright.redaction.encodings import decoded_runs, is_text, spellings, unescaped_views, whole_run
from podwright.redaction.names import names_a_secret, shows_no_secret
from podwright.redaction.patterns import Span, named_spans

REDACTED = "[redacted]"
#: shorter values, and these, would black out half of every text: they are redacted only under a name of a secret
MIN_SECRET_LENGTH = 4
_COMMON = lazy_pattern(
    "admin|changeme|data|default|demo|develop|development|dummy|example|guest|https?|localhost|master|node|none|null|pass"
    "|passwd|password|prod|production|public|root|secret|service|staging|system|test|testing|token|user|username",
    re.IGNORECASE,
)
MIN_DIGITS = 6
_MIN_LINE = 12
_HEAD = 4
#: base64 inside JSON inside a URL: deeper ones are not decoded
_DEPTH = 2
_REMEMBERED, _LONGEST_REMEMBERED = 20_000, 1024

Mask = Callable[[str], str]


class Redactor:
    """What a run knows of secrets; built once, and pure: the same text always gives the same answer."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._plain = frozenset(form for secret in secrets for form in _forms(secret))
        self._heads: dict[str, list[str]] = {}
        spelt = {encoded for secret in self._plain for encoded in spellings(secret)}
        for form in sorted(self._plain | spelt, key=len, reverse=True):
            self._heads.setdefault(form[:_HEAD], []).append(form)
        self._known: dict[str, tuple[Span, ...]] = {}
        self._messages: dict[str, str] = {}

    def text(self, text: str) -> str:
        """The text without secrets: the inventory's by value, others by what they are called there."""
        return masked(text, self.spans(text), lambda _: REDACTED)

    def values_hidden(self, text: str) -> str:
        """The text without the inventory's secrets; what is only named like one stays."""
        return masked(text, merged(text, self.by_value(text)), lambda _: REDACTED)

    def message(self, text: str) -> str:
        """The same for prose, such as a program's messages and ours: there only one word after a colon is a value."""
        known = self._messages.get(text)
        if known is None:
            spans = merged(text, [*named_spans(text, prose=True), *self.by_value(text)])
            known = masked(text, spans, lambda _: REDACTED)
            if len(self._messages) < _REMEMBERED and len(text) < _LONGEST_REMEMBERED:
                self._messages[text] = known
        return known

    def spans(self, text: str) -> tuple[Span, ...]:
        """Where secrets stand in the text, in order and apart."""
        known = self._known.get(text)
        if known is None:
            known = merged(text, [*named_spans(text), *self.by_value(text)])
            if len(self._known) < _REMEMBERED and len(text) < _LONGEST_REMEMBERED:
                self._known[text] = known
        return known

    def is_secret(self, text: str) -> bool:
        """Whether the whole text is one of the secrets."""
        return text in self._plain

    def by_value(self, text: str) -> list[Span]:
        """Where one of the secrets stands, encoded or not."""
        return list(self._found(text, _DEPTH)) if self._heads else []

    def _found(self, text: str, depth: int) -> Iterator[Span]:
        yield from self._spelt(text)
        if depth == 0:
            return
        for span, decoded in decoded_runs(text):
            if is_text(decoded) and any(self._found(decoded, depth - 1)):
                yield span
        for view in unescaped_views(text):
            for start, end in self._found(view.text, depth - 1):
                yield view.starts[start], view.ends[end - 1]

    def _spelt(self, text: str) -> Iterator[Span]:
        heads = self._heads
        for start in [at for at in range(len(text) - _HEAD + 1) if text[at : at + _HEAD] in heads]:
            for form in heads[text[start : start + _HEAD]]:
                end = _end_of(form, text, start)
                if end and not (form.isdecimal() and _in_number(text, start, end)):
                    yield (start, end) if form in self._plain else whole_run(text, start, end)
                    break


def _end_of(form: str, text: str, start: int) -> int:
    """Where the form that begins here ends, in whole or cut short as long values are in messages; 0 if it does not."""
    if text.startswith(form, start):
        return start + len(form)
    cut = text.find("…", start)
    end = cut if cut >= 0 else len(text)
    return end if end - start >= _MIN_LINE and form.startswith(text[start:end]) else 0


def _in_number(text: str, start: int, end: int) -> bool:
    return text[max(0, start - 1) : start].isdecimal() or text[end : end + 1].isdecimal()


def _forms(secret: str) -> Iterator[str]:
    """The secret, each long line of it, and its UTF-8 as a decoder of bytes hands it on."""
    stripped = secret.strip()
    lines = [line.strip() for line in stripped.splitlines()] if "\n" in stripped else []
    for text in (stripped, *(line for line in lines if len(line) >= _MIN_LINE and "-----" not in line)):
        if worth_finding(text):
            yield text
            if not text.isascii():
                yield text.encode("utf-8", "replace").decode("latin-1")


def worth_finding(text: str) -> bool:
    """Whether a value is distinct enough to be searched for anywhere."""
    if text.isdecimal():
        return len(text) >= MIN_DIGITS
    return len(text) >= MIN_SECRET_LENGTH and not _COMMON.fullmatch(text) and not shows_no_secret(text)


def merged(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """The spans in order, those that overlap or have only blanks between them as one, so that no length is shown."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and (start <= apart[-1][1] or not text[apart[-1][1] : start].strip()):
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((start, end))
    return tuple(apart)


def masked(text: str, spans: Iterable[Span], mask: Mask) -> str:
    """The text with what `mask` makes of each span in its place."""
    pieces: list[str] = []
    position = 0
    for start, end in spans:
        pieces += (text[position:start], mask(text[start:end]))
        position = end
    return "".join((*pieces, text[position:])) if pieces else text


def secret_values(variables: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    """The texts and numbers among nodes' variables that are named like secrets, however deep, each once."""
    found: dict[str, None] = {}
    walked: set[tuple[int, bool]] = set()
    for one in variables:
        _collect(one, False, found, walked)
    return tuple(found)


def _collect(value: object, named: bool, found: dict[str, None], walked: set[tuple[int, bool]]) -> None:
    """`walked` spares what nodes share from being walked again."""
    if isinstance(value, Mapping | list | tuple):
        if (id(value), named) in walked:
            return
        walked.add((id(value), named))
        if isinstance(value, Mapping):
            for key, item in value.items():
                _collect(item, named or names_a_secret(str(key)), found, walked)
        else:
            for item in value:
                _collect(item, named, found, walked)
    elif named and isinstance(value, str | int | float) and not shows_no_secret(value):
        found[str(value)] = None
