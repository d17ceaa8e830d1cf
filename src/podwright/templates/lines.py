"""Finds the template line that a rendered line came from, where that can be known."""

from __future__ import annotations

from collections import Counter


def template_lines(template: str, rendered: str) -> dict[int, int]:
    """Map numbers of rendered lines to numbers of template lines (both from 1).

    Only a rendered line that stands exactly once in the template, as it is, is mapped; its columns are the same too.
    """
    lines = template.splitlines()
    counts = Counter(line.rstrip() for line in lines)
    unique = {line.rstrip(): number for number, line in enumerate(lines, 1) if counts[line.rstrip()] == 1}
    found = (
        (number, unique.get(line.rstrip()))
        for number, line in enumerate(rendered.splitlines(), 1)
        if line.strip()
    )
    return {number: origin for number, origin in found if origin is not None}
