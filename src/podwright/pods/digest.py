"""The canonical form of a pod's content, and its digest: equal content means no write."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def canonical(document: Mapping[str, object]) -> bytes:
    """The one form of a document's content: JSON with sorted keys and without blanks, in UTF-8."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "replace")


def digest_of(canonical_form: bytes) -> str:
    """`sha256:` and the hex digest of the canonical form of a document without our stamp."""
    return "sha256:" + hashlib.sha256(canonical_form).hexdigest()
