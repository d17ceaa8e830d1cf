"""Rules silenced by a comment in the file: `# podwright: allow RULE because REASON`."""

from __future__ import annotations

import re

_COMMENT = re.compile(
    rb"^[ \t]*#[ \t]*podwright:[ \t]*allow[ \t]+([a-z-]+)[ \t]+because[ \t]+\S", re.MULTILINE
)


def silenced_in(data: bytes) -> frozenset[str]:
    """The ids of the rules that comments of their own line silence; a comment without a reason silences nothing."""
    if b"podwright:" not in data:
        return frozenset()
    return frozenset(match.decode("ascii") for match in _COMMENT.findall(data))
