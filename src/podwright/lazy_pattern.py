"""Regular expressions that are compiled when they are first used: of the 150 that a push imports it uses some 30."""

from __future__ import annotations

import re
from typing import cast


def lazy_pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, at the first use; after that it costs what a compiled one does."""
    return cast("re.Pattern[str]", _Late(text, flags))


class _Late:
    """Looked for once: what the compiled pattern has becomes its own."""

    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> object:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found
