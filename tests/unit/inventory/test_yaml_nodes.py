"""YAML becomes nodes; whatever cannot is one problem with its place."""

from __future__ import annotations

import pytest

from podwright.inventory import yaml_nodes as module
from podwright.inventory.yaml_nodes import MAX_DEPTH, DocumentError, PythonLoader, compose


@pytest.fixture(params=["libyaml", "python"])
def _loader(request, monkeypatch):
    if request.param == "python":
        monkeypatch.setattr(module, "Loader", PythonLoader)


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\n---\nb: 2\n", "f:2:1: a second document"),
        ("a: *b", "f:1:4: an alias of an anchor that is not there, or not complete, yet"),
        ("[" * 100_000, "f:1:65: nested deeper than 64 levels"),
        ("- " * 100_000, "f:1:129: nested deeper than 64 levels"),
        ("{a: " * 100_000, "f:1:257: nested deeper than 64 levels"),
        ("a: \x01", "f:1: a character that YAML does not allow"),
        ("a: ]", "f:1:4: YAML: "),
    ],
)
def test_what_is_not_a_document_is_said_with_its_place(text, expected):
    with pytest.raises(DocumentError) as caught:
        compose("f", text)
    assert str(caught.value.problem).startswith(expected)


@pytest.mark.usefixtures("_loader")
def test_what_is_as_deep_as_allowed_is_read():
    assert compose("f", "[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    assert compose("f", "[[1], [2], [3]]" * 1) is not None
    assert compose("f", "# nothing\n") is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a:\n\tb: 1\n", "YAML indents with spaces, never with tabs"),
        ("a: {{ b }} c\n", "put a value that begins with `{{` in quotes"),
        ("a: b: c\n", "check the indentation, colons and quotes here and on the line above"),
    ],
)
def test_the_hint_says_what_to_look_for(text, hint):
    with pytest.raises(DocumentError) as caught:
        compose("f", text)
    assert caught.value.problem.hint == hint
