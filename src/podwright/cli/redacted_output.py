"""Keeps the secrets of the inventory out of what is printed, whichever command prints it.

Like the standard streams this is the process's own: a command that had to pass it on to all it calls could forget to.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from podwright.errors import UsageError

_hide: list[Callable[[str], str]] = []


def hide_with(*hide: Callable[[str], str]) -> None:
    """From now on what is printed passes `hide`; without any, nothing is known that is secret."""
    _hide[:] = hide


def hidden(text: str) -> str:
    """The text as it may be printed."""
    for hide in _hide:
        text = hide(text)
    return text


def hidden_document(value: object, *, own_words: bool = True) -> object:
    """The same for every text of a document; its `own_words`, such as `unchanged`, stay if it has any."""
    if isinstance(value, str):
        return value if own_words and value.isalpha() and value.islower() else hidden(value)
    if isinstance(value, Mapping):
        return {key: hidden_document(item, own_words=own_words) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [hidden_document(item, own_words=own_words) for item in value]
    return value


def refuse_secrets_off_a_terminal() -> None:
    """Raises UsageError unless a person reads standard output: what is piped or logged is kept, and read by others."""
    if not sys.stdout.isatty():
        raise UsageError(
            "`--show-secrets` shows them on a terminal only, and standard output is not one",
            "leave it out; `podwright manifest render --output-dir DIR` writes files for their owner",
        )
