"""Every mistake has a message without values, and a hint that helps."""

from __future__ import annotations

import jinja2
import pytest

from podwright.expressions.error_messages import explain
from podwright.expressions.errors import ExpressionError
from podwright.expressions.undefined import MissingError, MissingValue


def missing(message: str, name: str, owner: str = "") -> MissingError:
    return MissingError(message, MissingValue(), name, owner, None)


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (ExpressionError("this", "that"), "this", "that"),
        (missing("`prot` is undefined", "prot"), "`prot` is undefined", "did you mean `port`?"),
        (missing("`now` is undefined", "now"), "`now` is undefined", "equal input must give equal"),
        (missing("`zz` is undefined", "zz"), "`zz` is undefined", "define it in the inventory"),
        (missing("there is no `said` in x", "said", "x"), "there is no `said` in x", "`| default(…)`"),
        (missing("there is no `pw` in x", "pw", "x"), "there is no such key in x", "came from a variable"),
        (missing("`ansible_eth0` is undefined", "ansible_eth0"), "`ansible_eth0` is undefined", "gathers no facts"),
        (RecursionError(), "the template calls or includes itself without an end", ""),
        (MemoryError(), "the template needs too much memory", ""),
        (TypeError("unhashable type: 'list'"), "this does not work: unhashable type: 'list'", "`| string`"),
        (TypeError("hunter2"), "this cannot be computed (TypeError)", "check the types"),
        (ValueError("hunter2"), "this cannot be computed (ValueError)", "check the types"),
        (jinja2.TemplateSyntaxError("Unexpected end.", 1), "jinja: Unexpected end", "check the braces"),
        (jinja2.TemplateSyntaxError("No filter named 'to_yml'.", 1), "there is no filter `to_yml`", "`to_yaml`?"),
        (jinja2.TemplateSyntaxError("No test named 'defned'.", 1), "there is no test `defned`", "`defined`?"),
        (jinja2.TemplateRuntimeError("No filter named 'qqq' found."), "there is no filter `qqq`", "docs/templates.md"),
        (jinja2.TemplateSyntaxError("No filter named 'password_hash'", 1), "there is no filter `password_hash`", "the hash"),
        (jinja2.TemplatesNotFound(["a"]), "none of these templates is there", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_explained(error, message, hint):
    found = explain(error, ["port", "inventory_hostname"], "the template says said")
    assert found[0] == message
    assert hint in found[1]
