"""What a template, and so the file it becomes on a node, may be called."""

from __future__ import annotations

import re

_LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


def file_name_problem(name: str) -> str:
    """Why `name` cannot be a file of ours in a manifest folder; empty where it can.

    A name that starts with a dot is one the kubelet does not read; anything a shell or a glob could misread is kept out.
    """
    if _LEGAL.fullmatch(name):
        return ""
    return "is no legal name: letters, digits, `.`, `_` and `-`, beginning with a letter or digit"
