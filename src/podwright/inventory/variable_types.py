"""What a value of the inventory may be: a rule for cerberus, the words for it, and how it is converted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec import Struct

Rule: TypeAlias = dict[str, Any]

_TEXT: Rule = {"type": "string", "minlength": 1, "maxlength": 4096}
_DNS_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_TRUE_WORDS = frozenset({"yes", "true", "on", "y", "t", "1", "1.0"})
_FALSE_WORDS = frozenset({"no", "false", "off", "n", "f", "0", "0.0"})
_SECONDS = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)([smh]?)")
_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Kind(Struct, frozen=True):
    """`name` is the word of docs/inventory.md, `expected` that of messages; secrets are never shown."""

    name: str
    expected: str
    rule: Rule
    convert: Callable[[object], object] = lambda value: value
    secret: bool = False


def _seconds(value: object) -> object:
    found = _SECONDS.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        return float(found[1]) * _UNITS[found[2]]
    # for cerberus a truth value is a number, and what is not a number is neither too small nor too large
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number else str(value)  # type: ignore[arg-type]


def _number(value: object) -> object:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 9:
        return int(value)
    return str(value) if isinstance(value, bool) else value


def _truth(value: object) -> object:
    word = str(value).lower()
    if word in _TRUE_WORDS or word in _FALSE_WORDS:
        return word in _TRUE_WORDS
    return value


def _text(pattern: str, longest: int = 4096) -> Rule:
    return {**_TEXT, "maxlength": longest, "regex": pattern + r"\Z"}


# host and user: what OpenSSH takes (`ssh.c`: valid_hostname, valid_ruser), because both end up in commands of
# ssh_config; no wildcards either, because host names are written to known_hosts
HOST = Kind("host", "a host name or an address", _text(r"(?!-)[^\s\x00-\x1f\x7f'`\"$\\;&<>|(){}*?,!]+"))
USER = Kind("user", "the name of a user", _text(r"(?!-)(?:[^\s\x00-\x1f\x7f'`\"\\;&<>|(){}]|\\(?!\Z))+"))
# a leading `-` would be read as an option
NAME = Kind("name", "a name without spaces that does not begin with `-`", _text(r"(?!-)[^\s\x00-\x1f\x7f]+"))
PATH = Kind("path", "a text", _TEXT)
FOLDER = Kind(
    "folder", "an absolute path without `..`", _text(r"/(?!.*(?:^|/)\.\.?(?:/|$))[^\x00-\x1f\x7f]*")
)
NODE_NAME = Kind("node name", "a lower-case DNS name", _text(rf"{_DNS_LABEL}(\.{_DNS_LABEL})*", 253))
VERSION = Kind(
    "version",
    "a Kubernetes version such as `1.36` or `1.36.2`, in quotes",
    _text(r"v?1\.[0-9]{1,3}(\.[0-9]{1,4})?([-+][0-9A-Za-z.+-]{1,64})?"),
)
SECRET = Kind(
    "text",
    "a single line of text",
    {"type": "string", "maxlength": 4096, "regex": r"[^\r\n\x00]*\Z"},
    secret=True,
)
WAIT_FOR = Kind(
    "word",
    "one of `file`, `running`, `mirror`, `ready`",
    {"type": "string", "allowed": ["file", "running", "mirror", "ready"]},
)
# one type each: values are converted first
DURATION = Kind(
    "seconds",
    "a number of seconds (or `90s`, `5m`, `1h`)",
    {"type": "float", "min": 0, "max": 604_800},
    _seconds,
)
PORT = Kind("port", "a port from 1 to 65535", {"type": "integer", "min": 1, "max": 65_535}, _number)
REVISIONS = Kind("number", "a number from 1 to 100", {"type": "integer", "min": 1, "max": 100}, _number)
MEBIBYTES = Kind("number", "a number from 1 to 16", {"type": "integer", "min": 1, "max": 16}, _number)
BOOLEAN = Kind("boolean", "true or false", {"type": "boolean"}, _truth)


def is_host(name: str) -> bool:
    """Whether `name` may be connected to."""
    return re.fullmatch(HOST.rule["regex"], name) is not None


def is_node_name(name: str) -> bool:
    """Whether Kubernetes takes `name` for a node."""
    return re.fullmatch(NODE_NAME.rule["regex"], name) is not None and len(name) <= 253
