"""Templates render by name; what goes wrong has the file and line it is in."""

from __future__ import annotations

import pytest

from podwright.expressions import rendering
from podwright.expressions.errors import ExpressionError, ExpressionSyntaxError, UnknownTemplateError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.inventory_text import PlacedText
from podwright.expressions.rendering import Templates
from podwright.expressions.scope import Evaluation
from podwright.expressions.site_variables import SiteVariables
from podwright.problem import Place

VARIABLES = {
    "wrong": PlacedText.at("{{ nowhere }}", Place("vars.yaml", 7, 10)),
    "long": PlacedText.at("a\nb{{ nowhere }}\n", Place("vars.yaml", 9, 1)),
    "outer": PlacedText.at("x{{ wrong }}", Place("other.yaml", 1, 1)),
    "bad": PlacedText.at("{{ 'a' + 1 }}", Place("vars.yaml", 20, 3)),
    "unread": PlacedText.at("{{ a b", Place("vars.yaml", 30, 3)),
}


def templates(files: dict[str, str]) -> Templates:
    def load(name: str) -> tuple[str, str]:
        if name not in files:
            raise UnknownTemplateError(f"no template `{name}`", "make it")
        return files[name], f"folder/{name}"

    return Templates(load)


def render(text: str, **parts: str) -> str:
    scope = Evaluation(SiteVariables({"n": VARIABLES}), Evaluator()).scope("n")
    return templates({"t": text, **parts}).render("t", scope)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("\n{{ nope }}", "folder/t:2:4"),
        ("{% for i in [1] %}\n\n{{ nope }}\n{% endfor %}", "folder/t:3:4"),
        ("{% macro m() %}\n{{ nope }}\n{% endmacro %}\n\n{{ m() }}", "folder/t:2:4"),
        ("a\n{% include 'part' %}", "folder/part:2:4"),
        ("a\n{{ wrong }}", "vars.yaml:7:13"),
        ("a\n{{ long }}", "vars.yaml:10:5"),
        ("a\n{{ outer }}", "vars.yaml:7:13"),
        ("a\n{{ bad }}", "vars.yaml:20:3"),
        ("a\n{% include 'other' %}", "vars.yaml:7:13"),
        ("a\n{% include 'gone' %}", "folder/t:2:1"),
        ("{% if x %}\n", "folder/t:1:1"),
        ("a\n\n{{ x | nonsense }}", "folder/t:3:8"),
        ("a\n{% if true %}\n{{ 1 is nonsense }}\n{% endif %}", "folder/t:3:9"),
        ("a\n{{ 1 }} {{ [].append(2) }}", "folder/t:2:15"),
        ("{{ unread }}", "vars.yaml:30:3"),
        ("#jinja2: lstrip_blocks: True\n\n{{ nope }}", "folder/t:3:4"),
        ("#jinja2: lstrip_blocks: True\n\n {{ nope", "folder/t:3:2"),
        ("a\n {{ 'x' * 1000000 }}\n {{ 'x' * 1000000 }}", "folder/t:3:2"),
        ("a\n{% do [].append(1) %}", "folder/t:2:1"),
        ("#jinja2: lstrip_block: True\na", "folder/t:1:1"),
    ],
)
def test_a_mistake_has_the_place_it_is_in(text, place):
    with pytest.raises(ExpressionError) as caught:
        render(text, part="\n{{ nope }}", other="{{ wrong }}")
    assert str(caught.value.place) == place


def test_a_syntax_error_is_one_whatever_the_node():
    with pytest.raises(ExpressionSyntaxError):
        render("{% nonsense %}")


def test_what_is_not_there_may_be_ignored_when_the_template_says_so():
    assert render("a{% include 'gone' ignore missing %}b") == "ab"
    assert render("{% include ['gone', 'part'] %}", part="c") == "c"
    with pytest.raises(ExpressionError, match="none of these templates is there"):
        render("{% include ['gone', 'lost'] %}")


def test_the_output_is_bounded(monkeypatch):
    monkeypatch.setattr(rendering, "MAX_TEXT", 100)
    with pytest.raises(ExpressionError, match="MiB of text"):
        render("{% for i in range(99) %}abc{% endfor %}")


def test_only_what_is_used_is_evaluated():
    assert (
        render("{% set wrong = 1 %}{% include 'part' %}", part="{{ wrong }}{{ wrong is defined }}") == "1True"
    )
    assert render("{{ hostvars.n | length }}") == "9"
