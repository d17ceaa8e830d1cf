"""The unified diff between a node's file and what would be written, with secrets left out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from podwright.plan.changes import Action, Change

REDACTED = "[redacted]"
#: shorter values would black out half of every line
MIN_SECRET_LENGTH = 4
_SECRET_NAME = re.compile(
    r"pass(word|wd|phrase)?\b|pass$|secret|token|credential|private|api_?key", re.IGNORECASE
)
_ENV_NAME = re.compile(r"""^\s*(?:- )?["']?name["']?\s*: *["']?([^"'\n,]+)["']?\s*,?\s*$""")
_VALUE = re.compile(r"""^((\s*(?:- )?)["']?value["']?\s*:) *\S.*$""")
_QUOTED = r""""(?:[^"\\]|\\.)*"|'[^']*'"""
_FLOW_MAPPING = re.compile(r"\{(?:[^{}\"']|" + _QUOTED + r")*\}")
_FLOW_NAME = re.compile(r"""["']?\bname["']?\s*:\s*["']?([\w.-]+)""")
_FLOW_VALUE = re.compile(r"""(["']?\bvalue["']?\s*:\s*)(?:""" + _QUOTED + r"|[^,{}]*)")


def unified_diff(change: Change, secrets: Iterable[str] = ()) -> str:
    """`diff -u` of one change, `a/` being the node's file; empty where nothing is written.

    Every string of `secrets`, and the value of each environment variable that is named like a secret, is redacted.
    """
    if not change.writes:
        return ""
    old = change.observed.content.decode("utf-8", "replace") if change.observed else ""
    new = "" if change.action is Action.DELETE else change.text
    before, after = (_redacted(text, secrets).splitlines(keepends=True) for text in (old, new))
    lines = difflib.unified_diff(
        before,
        after,
        f"a/{change.file_name}" if change.observed else "/dev/null",
        "/dev/null" if change.action is Action.DELETE else f"b/{change.file_name}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _redacted(text: str, secrets: Iterable[str]) -> str:
    for secret in sorted(set(secrets), key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    return "".join(_without_env_secrets(text.splitlines(keepends=True)))


def _without_env_secrets(lines: list[str]) -> Iterable[str]:
    """`name:` and `value:` stand side by side, in either order; a value may go on over deeper lines."""
    position = 0
    while position < len(lines):
        value, end = _VALUE.match(lines[position]), position + 1
        while value and end < len(lines) and _goes_on(lines[end], len(value.group(2))):
            end += 1
        neighbours = [*lines[max(0, position - 1) : position], *lines[end : end + 1]]
        named = (match.group(1) for match in map(_ENV_NAME.match, neighbours) if match)
        if value and any(_SECRET_NAME.search(name) for name in named):
            yield f"{value.group(1)} {REDACTED}\n"
        else:
            yield from (_FLOW_MAPPING.sub(_without_flow_secret, line) for line in lines[position:end])
        position = end


def _goes_on(line: str, column: int) -> bool:
    return not line.strip() or len(line) - len(line.lstrip()) > column


def _without_flow_secret(mapping: re.Match[str]) -> str:
    name = _FLOW_NAME.search(mapping[0])
    if not name or not _SECRET_NAME.search(name[1]):
        return mapping[0]
    return _FLOW_VALUE.sub(rf"\1{REDACTED}", mapping[0])


def secret_values(variables: Mapping[str, object]) -> tuple[str, ...]:
    """The strings among a node's variables that are named like secrets, however deep."""
    return tuple(_secrets(variables, named=False))


def _secrets(value: object, *, named: bool) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _secrets(entry, named=named or bool(_SECRET_NAME.search(str(key))))
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from _secrets(entry, named=named)
    elif named and isinstance(value, str) and len(value) >= MIN_SECRET_LENGTH:
        yield value
