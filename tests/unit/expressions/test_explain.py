"""Every mistake has a message without values, and a hint that helps."""

from __future__ import annotations

import jinja2
import pytest

from podwright.expressions.explain import explain
from podwright.expressions.failure import ExpressionError
from podwright.expressions.missing import MissingError


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (ExpressionError("this", "that"), "this", "that"),
        (MissingError("`prot` is undefined", "prot", "", None), "`prot` is undefined", "did you mean `port`?"),
        (MissingError("`now` is undefined", "now", "", None), "`now` is undefined", "equal input must give equal"),
        (MissingError("`zz` is undefined", "zz", "", None), "`zz` is undefined", "define it in the inventory"),
        (MissingError("there is no `said` in x", "said", "x", None), "there is no `said` in x", "`| default(…)`"),
        (MissingError("there is no `pw` in x", "pw", "x", None), "there is no such key in x", "came from a variable"),
        (MissingError("`_x` is closed", "", "", None), "`_x` is closed", ""),
        (RecursionError(), "the template calls or includes itself without an end", ""),
        (MemoryError(), "the template needs too much memory", ""),
        (TypeError("unhashable type: 'list'"), "this does not work: unhashable type: 'list'", "`| string`"),
        (TypeError("hunter2"), "this cannot be computed (TypeError)", "check the types"),
        (ValueError("hunter2"), "this cannot be computed (ValueError)", "check the types"),
        (jinja2.TemplateSyntaxError("Unexpected end.", 1), "jinja: Unexpected end", "check the braces"),
        (jinja2.TemplateSyntaxError("No filter named 'to_yml'.", 1), "there is no filter `to_yml`", "`to_yaml`?"),
        (jinja2.TemplateSyntaxError("No test named 'defned'.", 1), "there is no test `defned`", "`defined`?"),
        (jinja2.TemplateRuntimeError("No filter named 'qqq' found."), "there is no filter `qqq`", "docs/templates.md"),
        (jinja2.TemplateSyntaxError("No filter named 'ansible.builtin.d'", 1), "there is no filter `ansible.builtin.d`", ""),
        (jinja2.TemplatesNotFound(["a"]), "none of these templates is there", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_explained(error, message, hint):
    found = explain(error, ["port", "inventory_hostname"], "the template says said")
    assert found[0] == message
    assert hint in found[1]
