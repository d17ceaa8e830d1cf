"""The unified diff between a node's pod and what would be written: both in one layout, with secrets left out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from podwright.manifests.manifest import Manifest
from podwright.manifests.stamp import with_stamp
from podwright.plan.changes import Action, Change
from podwright.plan.encodings import may_hold
from podwright.plan.observed import ObservedFile
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


def unified_diff(change: Change, redactor: Redactor = _NOTHING_KNOWN) -> str:
    """`diff -u` of one change, `a/` being the node's file; empty when nothing is written.

    Shown is what each file means, not its bytes: comments and layout are left out, and so are secrets. A secret that
    changes reads `[redacted, changed]`; what cannot be read as a pod is not shown at all.
    """
    if not change.writes:
        return ""
    old = _document(change.observed.content) if change.observed else None
    new = _stamped(change.manifest, change.generation) if change.manifest else None
    before, after = _texts((old, new), redactor)
    if change.observed and old is None:
        before = _not_shown(change.observed)
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{change.file_name}" if change.observed else "/dev/null",
        "/dev/null" if change.action is Action.DELETE else f"b/{change.file_name}",
    )
    return "".join(_without_numbers(lines))


def _stamped(manifest: Manifest, generation: int) -> dict[str, object]:
    return with_stamp(manifest.document, manifest.digest, generation, manifest.workload, manifest.owner)


def _document(content: bytes) -> Mapping[str, object] | None:
    """The pod that the bytes define; None when they define none."""
    if len(content) > MAX_SHOWN_BYTES:
        return None
    try:
        document = settled(decode_again(content).value)
    except (UnreadableError, RecursionError):
        return None
    return document if isinstance(document, Mapping) and document.get("kind") == "Pod" else None


def _not_shown(file: ObservedFile) -> str:
    return f"# not shown: cannot be read as a pod ({len(file.content)} bytes, sha256:{file.sha256})\n"


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
