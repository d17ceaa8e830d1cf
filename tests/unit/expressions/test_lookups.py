"""Lookups read the controller and nothing else."""

from __future__ import annotations

import pytest

from podwright.expressions.errors import ExpressionError
from podwright.expressions.evaluation import Evaluator
from podwright.expressions.file_lookups import Controller

NAMES = {"v": 1, "key": "v", "m": {"a": 1, "b": 2}, "l": [1, 2]}


def looked_up(expression: str, folder=None) -> object:
    return Evaluator(Controller((folder,)) if folder else Controller()).evaluate(
        f"{{{{ {expression} }}}}", NAMES
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("lookup('env', 'PODS')", "of the shell"),
        ("lookup('env', 'NOT_SET')", ""),
        ("lookup('env', 'NOT_SET', default='x')", "x"),
        ("query('ansible.builtin.env', 'PODS')", ["of the shell"]),
        ("lookup('vars', key)", 1),
        ("lookup('vars', 'nope', default=2)", 2),
        ("lookup('vars', 'nope') | default(3)", 3),
        ("q('vars', 'v', 'key')", [1, "v"]),
        ("lookup('items', l, 3)", [1, 2, 3]),
        ("lookup('list', l)", [1, 2]),
        ("lookup('dict', m) | map(attribute='key') | join(',')", "a,b"),
        ("lookup('together', l, ['a', 'b'])", [[1, "a"], [2, "b"]]),
        ("lookup('nested', l, ['a'])", [[1, "a"], [2, "a"]]),
        ("lookup('indexed_items', ['a', 'b'])", [[0, "a"], [1, "b"]]),
        ("lookup('varnames', '^ke', wantlist=true)", ["key"]),
        ("lookup('items', 'a', 'b')", "a,b"),
        ("lookup('file', 'nope', errors='ignore')", None),
    ],
)
def test_a_lookup_gives_what_ansible_gives(monkeypatch, expression, expected):
    monkeypatch.setenv("PODS", "of the shell")
    monkeypatch.delenv("NOT_SET", raising=False)
    assert looked_up(expression) == expected


def test_files_are_read_below_the_folders_of_the_site(tmp_path):
    (tmp_path / "a.txt").write_text(" one\n\n")
    assert looked_up("lookup('file', 'a.txt')", tmp_path) == " one"
    assert looked_up("lookup('file', 'a.txt', rstrip=false, lstrip=true)", tmp_path) == "one\n\n"
    assert looked_up(f"lookup('file', '{tmp_path}/a.txt')") == " one"
    assert looked_up("query('fileglob', '*.txt')", tmp_path) == [str(tmp_path / "a.txt")]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("lookup('file', 'nope')", "a lookup finds no file `nope`"),
        ("lookup('sequence', '0-100000')", "`sequence` ends at 100000 numbers"),
        ("lookup('sequence', '3:%099999d')", "`sequence` cannot read this"),
        ("lookup('template', 'x')", "the lookup `template` works in templates only"),
        ("lookup('varnames', '(')", "the regular expression cannot be read"),
        ("lookup('pipe', 'date')", "there is no lookup `pipe`"),
        ("lookup('community.general.random_string')", "there is no lookup `community.general.random_string`"),
        ("lookup('file', 'binary')", "a lookup cannot read the file `binary`"),
    ],
)
def test_what_cannot_be_read_is_an_error(tmp_path, expression, message):
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(ExpressionError) as caught:
        looked_up(expression, tmp_path)
    assert caught.value.message == message
