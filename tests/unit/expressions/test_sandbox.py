"""Jinja's sandbox, with names that are looked up only when they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.sandbox import Sandbox, ValueSandbox


class Asked(Mapping[str, object]):
    """Remembers what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> object:
        if name not in "abc":
            raise KeyError(name)
        self.asked.append(name)
        return name.upper()

    def __iter__(self) -> Iterator[str]:
        return iter("abc")

    def __len__(self) -> int:
        return 3

    def __contains__(self, name: object) -> bool:
        return str(name) in "abc"


def written(text: str, names: Mapping[str, object], **parts: str) -> str:
    sandbox = Sandbox(lambda name: ({"t": text, **parts}[name], name))
    template = sandbox.get_template("t")
    return "".join(template.root_render_func(template.new_context(names)))


def test_only_the_names_that_are_used_are_looked_up():
    names = Asked()
    text = "{{ a }}{% set x = 1 %}{% include 'part' %}{% import 'macros' as m with context %}{{ m.show() }}"
    assert written(text, names, part="{{ x }}", macros="{% macro show() %}{{ b }}{% endmacro %}") == "A1B"
    assert names.asked == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ ''.__class__ }}", "`__class__` of a text is closed to templates"),
        ("{{ [].append(1) }}", "`append` of a list is closed to templates"),
        ("{{ {}.update({}) }}", "`update` of a mapping is closed to templates"),
        ("{{ [].append(1) | default('', true) }}", "`append` of a list is closed to templates"),
        ("{{ ''.join.__self__ }}", "`__self__` of a value is closed to templates"),
    ],
)
def test_the_interpreter_is_closed(text, message):
    with pytest.raises(ExpressionError, match=message):
        written(text, {})


def test_a_method_that_changes_a_value_has_a_replacement():
    with pytest.raises(ExpressionError) as caught:
        written("{% set _ = l.append(1) %}", {"l": []})
    assert "x + [item]" in caught.value.hint


@pytest.mark.parametrize("text", ["{{ 1() }}", "{{ a() }}"])
def test_only_functions_are_called(text):
    with pytest.raises(ExpressionError, match="this cannot be called"):
        written(text, {"a": "x"})


def test_a_function_that_writes_other_text_in_each_run_is_not_there():
    assert "lipsum" not in Sandbox().globals


def test_one_value_keeps_its_type():
    assert ValueSandbox.concat([None, [1]]) == [1]
    assert ValueSandbox.concat(iter(["a", 1, None])) == "a1"
    assert ValueSandbox.concat([None, None]) is None
    assert ValueSandbox.concat(["", ""]) == ""
