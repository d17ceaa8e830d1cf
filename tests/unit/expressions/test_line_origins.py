"""Every place in a rendered text leads to the line of the template that says it."""

from __future__ import annotations

import pytest

from podwright.expressions.evaluation import Evaluator
from podwright.expressions.line_origins import Origins
from podwright.expressions.rendering import Templates
from podwright.expressions.scope import Evaluation
from podwright.expressions.site_variables import SiteVariables


def origins(text: str, **parts: str) -> Origins:
    files = {"t": text, **parts}
    scope = Evaluation(SiteVariables({"n": {"x": "one\ntwo"}}), Evaluator()).scope("n")
    return Templates(lambda name: (files[name], name)).origins("t", scope)


LOOP = "a: 1\n{% for i in [1, 2] %}\nb{{ i }}: 2\n  c: 3\n{% endfor %}\nd: 4\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "place"),
    [
        ("a\nb\n", 2, None, "t:2"),
        ("a\nbcd\n", 2, 3, "t:2:3"),
        (LOOP, 1, 1, "t:1:1"),
        (LOOP, 2, 1, "t:3:1"),
        (LOOP, 2, 2, "t:3"),
        (LOOP, 3, 3, "t:4:3"),
        (LOOP, 4, None, "t:3"),
        (LOOP, 6, 4, "t:6:4"),
        ("{# one\ntwo #}\n{% set y = 1 %}\nz: 1\n", 1, 1, "t:4:1"),
        ("{{ x }}\nb\n", 2, 1, "t:1"),
        ("{{ x }}\nb\n", 3, 1, "t:2:1"),
        ("{% macro m() %}\na\nb\n{% endmacro %}\n{{ m() }}\nc\n", 2, 1, "t:5"),
        ("a\n{% if true %}\nb\n{% else %}\nc\n{% endif %}\nd\n", 3, 1, "t:7:1"),
        ("#jinja2: trim_blocks: False\na\nb\n", 2, 1, "t:3:1"),
        ("a: {{ 1 }} c\n", 1, 6, "t:1:12"),
    ],
)
def test_a_place_leads_to_the_template(text, line, column, place):
    assert str(origins(text).place(line, column)) == place


def test_includes_and_blocks_lead_to_their_own_file():
    found = origins("a\n{% for i in [1, 2] %}\n{% include 'part' %}\n{% endfor %}\nb\n", part="c\nd{{ i }}\n")
    # as in Ansible, what is included ends without its last line end
    places = [str(found.place(line)) for line in range(1, 5)]
    assert places == ["t:1", "part:1", "part:2", "part:2"]
    found = origins(
        "{% extends 'base' %}{% block x %}\ny\n{% endblock %}", base="a\n{% block x %}{% endblock %}\nb\n"
    )
    assert [str(found.place(line)) for line in (1, 2, 3)] == ["base:1", "t:2", "base:3"]


def test_past_the_end_is_nowhere():
    assert origins("a\n").place(9) is None
    assert origins("").place(1) is None
