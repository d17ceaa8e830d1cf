"""The unified diff between a node's pod and what would be written: both in one layout, with secrets left out."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from podwright.plan.changes import Change, Subject
from podwright.plan.encodings import may_hold
from podwright.plan.redaction import masked_document
from podwright.plan.redactor import REDACTED, Redactor
from podwright.pods.emit import to_yaml
from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode_again, settled

CHANGED = "[redacted, changed]"
#: a pod is a thousandth of it; what is larger is somebody's attempt to keep us busy
MAX_SHOWN_BYTES = 256 * 1024
_NUMBERED = re.compile(r"\[redacted#([0-9]+)\]")
_NOTHING_KNOWN = Redactor()


def unified_diff(change: Change[Subject], redactor: Redactor = _NOTHING_KNOWN) -> str:
    """`diff -u` of one change, `a/` being the node's file; empty when nothing is written.

    Shown is what each file means, not its bytes: comments and layout are left out, and so are secrets. A secret that
    changes reads `[redacted, changed]`; what cannot be read as a pod is not shown at all.
    """
    if not change.pending:
        return ""
    old, new = change.subject.before, change.subject.after
    documents = tuple(None if content is None else _document(content) for content in (old, new))
    before, after = _texts(documents, redactor)
    if old is not None and documents[0] is None:
        before = _not_shown(old)
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        "/dev/null" if old is None else f"a/{change.name}",
        "/dev/null" if new is None else f"b/{change.name}",
    )
    return "".join(_without_numbers(lines))


def _document(content: bytes) -> Mapping[str, object] | None:
    """The pod that the bytes define; None when they define none."""
    if len(content) > MAX_SHOWN_BYTES:
        return None
    try:
        document = settled(decode_again(content).value)
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

    def __call__(self, secret: str) -> str:
        return f"[redacted#{self.numbers.setdefault(secret, len(self.numbers))}]"


def _texts(documents: Iterable[Mapping[str, object] | None], redactor: Redactor) -> list[str]:
    """Each document in the one layout, its secrets masked by their numbers."""
    documents, mask = tuple(documents), _Masks()

    def shown(found: Redactor | None = None) -> list[str]:
        masked = (masked_document(one, redactor, mask, found) if one else {} for one in documents)
        return [to_yaml(one) if one else "" for one in masked]

    texts = shown()
    # what a file calls a secret once may stand there a second time without that name
    again = [secret for secret in mask.numbers if any(may_hold(text, secret) for text in texts)]
    return shown(Redactor(again)) if again else texts


def _without_numbers(lines: Iterable[str]) -> Iterator[str]:
    """A secret on an added line that is none of those on the removed lines before it has changed."""
    removed: set[str] = set()
    last = ""
    for line in lines:
        sign = line[:1]
        if sign != "+" and not sign == last == "-":
            removed = set()
        last = sign
        numbers = set(_NUMBERED.findall(line))
        if sign == "-":
            removed |= numbers
        changed = numbers - removed if sign == "+" and removed else set()
        for number in changed:
            line = line.replace(f"[redacted#{number}]", CHANGED)  # noqa: PLW2901
        yield _NUMBERED.sub(REDACTED, line)
