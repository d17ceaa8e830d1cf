"""`#jinja2:` lines override options as in Ansible, and a wrong one is an error."""

from __future__ import annotations

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.plain_values import with_line_ends
from podwright.expressions.sandbox import Sandbox
from podwright.expressions.template_header import split_header


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        # as ansible-core 2.19 renders them
        ("#jinja2: trim_blocks: False\n{% if true %}\na\n{% endif %}\nb", "\na\n\nb"),
        ("#jinja2: lstrip_blocks: True\n  {% if true %}\na\n  {% endif %}\nb", "a\nb"),
        ("#jinja2:trim_blocks:False , lstrip_blocks:True\n  {% if true %}\na{% endif %}", "\na"),
        ("#jinja2: variable_start_string: '[[', variable_end_string: ']]'\n[[ 1 ]]{{ 1 }}", "1{{ 1 }}"),
        ("#jinja2: lstrip_blocks: True\n\n\na\n", "\n\na\n"),
        ("#jinja2: trim_blocks: False\n\na\n", "\na\n"),
        ("#jinja2: keep_trailing_newline: False\na\n", "a\n"),
    ],
)
def test_a_header_counts_and_is_not_written(source, expected):
    template = Sandbox().compiled(source)
    assert with_line_ends(template.render(), source) == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("trim_block: False", "there is no option `trim_block`"),
        ("trim_blocks", "`trim_blocks` has no value that can be read"),
        ("trim_blocks: yes", "`trim_blocks` has no value that can be read"),
        ("trim_blocks: 1", "`trim_blocks` is `True` or `False`"),
        ("trim_blocks: True,", "there is no option ``"),
        ("block_start_string: ''", "`block_start_string` is a text in quotes"),
        ("block_start_string: '{{'", "blocks, variables and comments begin in the same way"),
        ("newline_sequence: 'x'", "`newline_sequence` is a line end"),
    ],
)
def test_a_wrong_header_is_an_error(line, message):
    with pytest.raises(ExpressionError) as caught:
        split_header(f"#jinja2: {line}\na: b\n")
    assert caught.value.message == f"`#jinja2:` line: {message}"
    assert "trim_blocks, lstrip_blocks" in caught.value.hint


def test_a_header_alone_is_an_error():
    with pytest.raises(ExpressionError, match="and nothing else"):
        split_header("#jinja2: trim_blocks: False")
