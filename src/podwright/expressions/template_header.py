"""Reads the line `#jinja2: trim_blocks: False, …` with which a template overrides Jinja's options, as in Ansible."""

from __future__ import annotations

import ast
from typing import Any

from podwright.expressions.errors import ExpressionSyntaxError

PREFIX = "#jinja2:"
_OPTIONS: dict[str, type] = {
    **dict.fromkeys(("trim_blocks", "lstrip_blocks", "keep_trailing_newline"), bool),
    **dict.fromkeys(
        (
            "block_start_string", "block_end_string", "variable_start_string", "variable_end_string",
            "comment_start_string", "comment_end_string", "line_statement_prefix", "line_comment_prefix",
            "newline_sequence",
        ),
        str,
    ),
}  # fmt: skip
_STARTS = {"block_start_string": "{%", "variable_start_string": "{{", "comment_start_string": "{#"}


def split_header(source: str) -> tuple[dict[str, Any], str]:
    """Return the options of the header and the template without it. Raises ExpressionSyntaxError for a wrong header."""
    line, newline, rest = source.partition("\n")
    if not newline:
        raise ExpressionSyntaxError(
            f"the template is a `{PREFIX}` line and nothing else", "write the pod below it"
        )
    options = dict(_option(pair) for pair in line.removeprefix(PREFIX).split(","))
    if len({options.get(name, default) for name, default in _STARTS.items()}) < len(_STARTS):
        raise _wrong("blocks, variables and comments begin in the same way")
    return options, rest


def _option(pair: str) -> tuple[str, Any]:
    name, _, text = (part.strip() for part in pair.partition(":"))
    if name not in _OPTIONS:
        raise _wrong(f"there is no option `{name[:60]}`")
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise _wrong(f"`{name}` has no value that can be read") from error
    if type(value) is not _OPTIONS[name] or value == "":
        raise _wrong(f"`{name}` is {'`True` or `False`' if _OPTIONS[name] is bool else 'a text in quotes'}")
    if name == "newline_sequence" and value not in ("\n", "\r\n", "\r"):
        raise _wrong("`newline_sequence` is a line end")
    return name, value


def _wrong(message: str) -> ExpressionSyntaxError:
    return ExpressionSyntaxError(
        f"`{PREFIX}` line: {message}", f"write `{PREFIX} trim_blocks: False`; there are {', '.join(_OPTIONS)}"
    )
