"""Our mark on a file: one comment with the digest of the rest, and where in the site it comes from."""

from __future__ import annotations

import hashlib
import re

_MARK = re.compile(rb"[^\n]{0,8}written by podwright from ([^\n]{1,1024}), sha256:([0-9a-f]{64})[^\n]{0,8}\n")
_FIRST_LINES = 4096


def marked(text: str, source: str, comment: str) -> str:
    """The text with our mark, below a line that starts a program; without one if the file can hold no comment."""
    if not text.endswith("\n"):
        text += "\n"
    if not comment:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()
    line = f"{comment} written by podwright from {source}, sha256:{digest}{_closing(comment)}\n"
    first, end, rest = text.partition("\n")
    return f"{first}{end}{line}{rest}" if first.startswith("#!") else line + text


def is_marked(content: bytes) -> bool:
    return _found(content) is not None


def source_of(content: bytes) -> str:
    """Where a marked file says that it comes from; empty: it has no mark."""
    found = _found(content)
    return found[1].decode(errors="replace") if found else ""


def was_edited(content: bytes) -> bool:
    """Whether the rest of a marked file is no longer what we wrote."""
    found = _found(content)
    if found is None:
        return False
    rest = content[: found.start()] + content[found.end() :]
    return hashlib.sha256(rest).hexdigest() != found[2].decode()


def _found(content: bytes) -> re.Match[bytes] | None:
    start = content.find(b"\n") + 1 if content.startswith(b"#!") else 0
    return _MARK.match(content, start, start + _FIRST_LINES)


def _closing(comment: str) -> str:
    return {"<!--": " -->", "/*": " */"}.get(comment, "")
