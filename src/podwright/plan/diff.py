"""The unified diff between a node's pod and what would be written: both in one layout, with secrets left out."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from podwright.plan.changes import Change, Subject
from podwright.plan.provision.item import Thing
from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode_again
from podwright.pods.yaml_writer import to_yaml
from podwright.redaction.documents import masked_document
from podwright.redaction.encodings import may_hold
from podwright.redaction.redactor import REDACTED, Redactor

CHANGED = "[redacted, changed]"
#: a pod is a thousandth of it; anything larger was made to keep us busy
MAX_SHOWN_BYTES = 256 * 1024
_NUMBERED = re.compile(r"\[redacted#([0-9]+)\]")
_NOTHING_KNOWN = Redactor()


def unified_diff(
    change: Change[Subject], redactor: Redactor = _NOTHING_KNOWN, replaced: Change[Subject] | None = None
) -> str:
    """`diff -u` of one change, `a/` being the node's file; empty when nothing is written.

    Shown is what each file means, not its bytes: comments and layout are left out, and so are secrets. A secret that
    changes reads `[redacted, changed]`; what cannot be read as a pod is not shown at all. A file in another slot is compared
    with the one that is `replaced` by it.
    """
    if not change.pending:
        return ""
    before = replaced or change
    old, new = before.subject.before, change.subject.after
    names = (
        "/dev/null" if old is None else f"a/{before.name.removeprefix('/')}",
        "/dev/null" if new is None else f"b/{change.name.removeprefix('/')}",
    )
    if isinstance(change.subject, Thing):
        return _text_difference(old, new, names, redactor)
    return difference(old, new, names, redactor)


def _text_difference(old: bytes | None, new: bytes | None, names: tuple[str, str], redactor: Redactor) -> str:
    """Of files that are no pods, line by line; what is no text is not shown."""
    shown = [_shown_text(content, redactor).splitlines(keepends=True) for content in (old, new)]
    return "".join(difflib.unified_diff(shown[0], shown[1], *names))


def _shown_text(content: bytes | None, redactor: Redactor) -> str:
    if not content:
        return ""
    try:
        text = content[:MAX_SHOWN_BYTES].decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return (
            f"# not shown: not a text ({len(content)} bytes, sha256:{hashlib.sha256(content).hexdigest()})\n"
        )
    return redactor.text(text if text.endswith("\n") else f"{text}\n")


def difference(
    old: bytes | None, new: bytes | None, names: tuple[str, str], redactor: Redactor = _NOTHING_KNOWN
) -> str:
    """The unified diff of two files' pods, with secrets left out; `names` stand for the two."""
    documents = tuple(None if content is None else _document(content) for content in (old, new))
    (before, after), changed = _texts(documents, redactor)
    if old is not None and documents[0] is None:
        before = _not_shown(old)
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), *names)
    return "".join(_without_numbers(lines, changed))


def _document(content: bytes) -> Mapping[str, object] | None:
    """The pod that the bytes define; None when they define none."""
    if len(content) > MAX_SHOWN_BYTES:
        return None
    try:
        document = decode_again(content).value
    except (UnreadableError, RecursionError):
        return None
    return document if isinstance(document, Mapping) and document.get("kind") == "Pod" else None


def _not_shown(content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    return f"# not shown: cannot be read as a pod ({len(content)} bytes, sha256:{digest})\n"


class _Masks:
    """A number for each secret that was met, so that the diff sees whether one changes."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.places: list[dict[str, int]] = []

    def __call__(self, secret: str, place: str) -> str:
        number = self.places[-1][place] = self.numbers.setdefault(secret, len(self.numbers))
        return f"[redacted#{number}]"

    def changed(self) -> frozenset[str]:
        """The numbers of the last document's secrets in whose places the one before has others."""
        before, after = self.places[-2:]
        return frozenset(
            str(number) for place, number in after.items() if before.get(place, number) != number
        )


def _texts(
    documents: tuple[Mapping[str, object] | None, ...], redactor: Redactor
) -> tuple[list[str], frozenset[str]]:
    """Each document in the one layout with its secrets masked by their numbers, and the numbers of those that change."""
    mask = _Masks()

    def shown(found: Redactor | None = None) -> list[str]:
        texts = []
        for document in documents:
            mask.places.append({})
            texts.append(to_yaml(masked_document(document, redactor, mask, found)) if document else "")
        return texts

    texts = shown()
    # what a file calls a secret once may stand there a second time without that name
    again = [secret for secret in mask.numbers if any(may_hold(text, secret) for text in texts)]
    return shown(Redactor(again)) if again else texts, mask.changed()


def _without_numbers(lines: Iterable[str], changed: frozenset[str]) -> Iterator[str]:
    for line in lines:
        found = changed.intersection(_NUMBERED.findall(line)) if line[:1] == "+" else ()
        for number in found:
            line = line.replace(f"[redacted#{number}]", CHANGED)  # noqa: PLW2901
        yield _NUMBERED.sub(REDACTED, line)
