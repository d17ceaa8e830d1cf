"""What a value in an INI inventory means: a Python literal if it is one, otherwise text, as in Ansible."""

from __future__ import annotations

import ast
import re
import warnings

# most values are words, addresses and paths: never literals, and the parser is slow
_WORD = re.compile(r"(?!(?:True|False|None)\Z)[A-Za-z_/~][\w./:@-]*")
_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){2,}")


def literal(text: str) -> object:
    """Return what `text` means (`1`, `True`, `[1, 'a']`, `{'a': 1}`, `'1'`); itself if it is no literal."""
    if _WORD.fullmatch(text) or _ADDRESS.fullmatch(text):
        return text
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
    return _plain(value)


def _plain(value: object) -> object:
    """Ansible knows no tuples, sets, bytes, complex numbers and ellipses."""
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_plain_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, complex):
        return str(value)
    return "..." if value is ... else value


def _plain_key(key: object) -> object:
    plain = _plain(key)
    return str(key) if isinstance(plain, list | dict) else plain
