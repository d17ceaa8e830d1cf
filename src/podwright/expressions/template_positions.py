"""Finds where in a template a name stands: Jinja knows lines only."""

from __future__ import annotations

import re
from types import FrameType
from typing import TypeAlias

from jinja2 import Template

#: a compiled template and a line of it
Spot: TypeAlias = tuple[Template, int]

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_STAND_IN = re.compile(r"t_[0-9]+")


def spot_of(frame: FrameType | None) -> Spot | None:
    """The template that is at work in `frame` or called what is, and the line it has reached."""
    while frame is not None:
        spot = spot_in(frame, frame.f_lineno)
        if spot is not None:
            return spot
        frame = frame.f_back
    return None


def spot_in(frame: FrameType, line: int) -> Spot | None:
    """The template whose code `frame` runs, if any, and what its line is in the source."""
    template = frame.f_globals.get("__jinja_template__")
    # what stands for a filter that is not there is defined above all lines
    if not isinstance(template, Template) or _STAND_IN.fullmatch(frame.f_code.co_name):
        return None
    return template, template.get_corresponding_lineno(line)


def find_name(source: str, line: int, name: str) -> tuple[int, int]:
    """Return line and column (from 1) of `name` in the tags of `source` from `line` on.

    Without a name, or if it came from a variable, of the tag there.
    """
    start = _offset(source, line)
    tags = [tag for tag in _TAG.finditer(source) if tag.end() > start]
    patterns = [rf"(?<![\w.'\"]){re.escape(name)}(?!\w)", rf"(?<!\w){re.escape(name)}(?!\w)"] if name else []
    for tag in tags:
        for pattern in patterns:
            if found := re.compile(pattern).search(source, max(start, tag.start()), tag.end()):
                return _line_and_column(source, found.start())
    # the last tag may be open
    opened = tags[0].start() if tags else source.find("{", start)
    text = start + len(source[start:]) - len(source[start:].lstrip(" \t"))
    return _line_and_column(source, max(opened, text))


def _offset(source: str, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = source.find("\n", offset) + 1
    return offset


def _line_and_column(source: str, offset: int) -> tuple[int, int]:
    return source.count("\n", 0, offset) + 1, offset - source.rfind("\n", 0, offset)
