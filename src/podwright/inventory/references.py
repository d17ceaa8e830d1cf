"""Puts values into `{{ variable }}` where the inventory's own settings need it; templates get the full language."""

from __future__ import annotations

import re
from collections.abc import Mapping

MAX_TEXT = 4096

_REFERENCE = re.compile(
    r"\{\{-?\s*([A-Za-z_]\w*)((?:\.[A-Za-z_]\w*|\[\s*(?:'[^'\]]*'|\"[^\"\]]*\"|[0-9]{1,6})\s*\])*)\s*-?\}\}"
)
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[\s*(?:'([^']*)'|\"([^\"]*)\"|([0-9]+))\s*\]")


class BadReferenceError(ValueError):
    """A reference that cannot be put in; the text names variables, never their values."""


def is_template(value: object) -> bool:
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def resolve(value: str, variables: Mapping[object, object], seen: tuple[str, ...] = ()) -> object:
    """Return `value` with each `{{ name }}`, `{{ name.key }}` or `{{ name['key'] }}` replaced, recursively.

    A value that is one reference and nothing else keeps the type of what it refers to. Raises BadReferenceError for
    anything more than references, for unknown variables and for circles.
    """
    whole = _REFERENCE.fullmatch(value.strip())
    if whole:
        return _look_up(whole, variables, seen)
    text = _REFERENCE.sub(lambda found: _text(_look_up(found, variables, seen)), value)
    if "{{" in _REFERENCE.sub("", value) or "{%" in value:
        raise BadReferenceError("only `{{ variable }}` is understood here")
    if len(text) > MAX_TEXT:
        raise BadReferenceError("the result is too long")
    return text


def _look_up(found: re.Match[str], variables: Mapping[object, object], seen: tuple[str, ...]) -> object:
    name = found[1]
    if name in seen:
        raise BadReferenceError(f"`{' > '.join([*seen, name])}` goes round in a circle")
    if name not in variables:
        raise BadReferenceError(f"there is no variable `{name}`")
    value = variables[name]
    for step in _STEP.finditer(found[2]):
        value = _step(value, step, name)
    if isinstance(value, str) and is_template(value):
        return resolve(value, variables, (*seen, name))
    return value


def _step(value: object, step: re.Match[str], name: str) -> object:
    key = next((part for part in (step[1], step[2], step[3]) if part is not None), None)
    if key is not None and isinstance(value, dict) and key in value:
        return value[key]
    if key is None and isinstance(value, list) and int(step[4]) < len(value):
        return value[int(step[4])]
    raise BadReferenceError(f"`{name}` has no `{key if key is not None else step[4]}`")


def _text(value: object) -> str:
    if not isinstance(value, str | int | float):
        raise BadReferenceError("only text and numbers can stand inside a text")
    text = str(value)
    if len(text) > MAX_TEXT:
        raise BadReferenceError("the result is too long")
    return text
