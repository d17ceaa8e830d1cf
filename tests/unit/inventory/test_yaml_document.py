"""YAML with places; hostile files end as problems, never as tracebacks."""

from __future__ import annotations

import datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from podwright.expressions.inventory_text import Literal, PlacedText, place_in
from podwright.inventory import yaml_nodes
from podwright.inventory.yaml_document import parse_document
from podwright.inventory.yaml_nodes import DocumentError, PythonLoader
from podwright.problem import Place, Problem


def problems_of(text: str) -> list[str]:
    problems: list = []
    try:
        parse_document("f.yaml", text, problems)
    except DocumentError as error:
        problems.append(error.problem)
    return [str(problem) for problem in problems]


def duplicates_of(text: str) -> list[str]:
    return [str(warning) for warning in parse_document("f.yaml", text, []).duplicates]


def test_of_a_key_that_is_there_twice_the_last_counts_as_in_ansible():
    text = "a: 1\nb: 2\na: {x: 1, x: 2}\n"
    assert list(parse_document("f.yaml", text, []).value.items()) == [("a", {"x": 2}), ("b", 2)]
    assert duplicates_of(text) == [
        "f.yaml:3:11: the key `x` is here twice, first at f.yaml:3:5; the last one counts",
        "f.yaml:3:1: the key `a` is here twice, first at f.yaml:1:1; the last one counts",
    ]


def test_json_is_read_as_json_and_keeps_its_places():
    found = parse_document("f", '{"a": 1e3, "b": [true, null, "yes", 0.5],\n "c": "{{ a }}"}', [])
    assert found.value == {"a": 1000.0, "b": [True, None, "yes", 0.5], "c": "{{ a }}"}
    assert str(found.key_place(found.value, "c")) == "f:2:2"
    assert str(place_in(found.value["c"], 1)) == "f:2:8"
    surrogates = parse_document("f", '{"a": "\\ud83d\\ude00", "b": "{{ a }}"}', [])
    assert surrogates.value["a"] == "\U0001f600"
    assert str(place_in(surrogates.value["b"], 1)) == "f"


def test_each_key_and_value_has_its_place():
    text = "a:\n  b: 1\n  c:\n    - x\n    - y: z\n"
    found = parse_document("f.yaml", text, [])
    assert found.value == {"a": {"b": 1, "c": ["x", {"y": "z"}]}}
    assert str(found.key_place(found.value, "a")) == "f.yaml:1:1"
    assert str(found.key_place(found.value["a"], "c")) == "f.yaml:3:3"
    assert str(found.value_place(found.value["a"], "b")) == "f.yaml:2:6"
    assert str(found.value_place(found.value["a"]["c"], 1)) == "f.yaml:5:7"
    assert str(found.value_place(found.value["a"]["c"], "nowhere")) == "f.yaml"


def test_scalars_mean_what_pyyaml_says():
    text = "[1, 1.5, 0x1f, 012, 12:30:45, yes, Off, ~, null, 2026-01-02, 'yes', \"1\", !!str 5, !unsafe '{{ x }}', =, 1_000]"
    value = parse_document("f", text, []).value
    expected = [
        1,
        1.5,
        31,
        10,
        45045,
        True,
        False,
        None,
        None,
        datetime.date(2026, 1, 2),
        "yes",
        "1",
        "5",
        "{{ x }}",
    ]
    assert value[:14] == expected
    assert value[15] == 1000


def test_merge_keys_give_what_pyyaml_gives():
    text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz: {<<: [*x, *y], a: 9}\nw: {b: 0, <<: *y}\n"
    # in its order too: a template that walks over a mapping shows it
    assert repr(parse_document("f", text, []).value) == repr(yaml.safe_load(text))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_what_pyyaml_writes_is_read_back(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    assert parse_document("f", text, []).value == yaml.safe_load(text)


@given(st.text())
def test_any_text_is_a_value_or_a_problem(text):
    problems_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n",
            "f.yaml:1:4: the tag `!vault` is not known here",
        ),
        (
            "a: !python/object:os.system {}",
            "f.yaml:1:4: the tag `!python/object:os.system` is not known here",
        ),
        ("a: *b", "f.yaml:1:4: an alias of an anchor that is not there, or not complete, yet"),
        ("a: &a [*a]", "f.yaml:1:4: an alias of an anchor that is not there, or not complete, yet"),
        ("{a: 1}: 2", "f.yaml:1:1: a mapping or a list cannot be a key"),
        ("a: {{ b }}", "f.yaml:1:5: a mapping or a list cannot be a key"),
        ("a: 2026-99-99", "f.yaml:1:4: this looks like a date or a number, but is neither"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document"),
        ("a: {<<: 1}", "f.yaml:1:9: `<<` merges mappings only"),
        ("a: \x01", "f.yaml:1: a character that YAML does not allow"),
        ("[" * 100 + "]" * 100, "f.yaml:1:65: nested deeper than 64 levels"),
        ("- " * 100_000, "f.yaml:1:129: nested deeper than 64 levels"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text, expected):
    assert problems_of(text)[0] == expected


def test_text_with_an_expression_knows_where_it_is_written():
    text = "a: '{{ x }}'\nb: |\n  one\n  {{ x }}\nc: [\"{% x %}\", !unsafe '{{ x }}', plain]\n"
    value = parse_document("f", text, []).value
    assert [str(place_in(value["a"], 1)), str(place_in(value["b"], 2))] == ["f:1:5", "f:4:3"]
    assert str(place_in(value["c"][0], 1)) == "f:5:6"
    assert [type(item) for item in value["c"]] == [PlacedText, Literal, str]


def test_an_alias_is_the_value_of_its_anchor():
    value = parse_document("f", "a: &a {x: [1]}\nb: *a\n", []).value
    assert value["a"] is value["b"]


def test_problems_below_what_is_wrong_are_told_too():
    found = problems_of("a: 1\na: {b: !x 1}\n[1]: {c: !y 1}\n")
    assert [problem.partition(": ")[0] for problem in found] == [
        "f.yaml:2:8",
        "f.yaml:3:10",
        "f.yaml:3:1",
    ]


def test_a_tab_is_named_in_the_hint():
    with pytest.raises(DocumentError) as caught:
        parse_document("f", "a:\n\tb: 1\n", [])
    assert caught.value.problem.hint == "YAML indents with spaces, never with tabs"
    assert str(caught.value.problem.place) == "f:2:1"


def test_aliases_that_would_fill_the_memory_are_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "once its aliases are written out" in problems_of("\n".join(lines))[0]


def test_a_tag_of_its_own_is_constructed_by_whoever_knows_it():
    def reversed_text(text: str, place: Place) -> str:
        if text == "bad":
            raise DocumentError(Problem("cannot be reversed", "", place))
        return f"{text[::-1]} at {place}"

    problems: list = []
    found = parse_document(
        "f", "a: !rev abc\nb: !rev |\n  x\nc: !rev bad\n", problems, {"!rev": reversed_text}
    )
    assert found.value == {"a": "cba at f:1:4", "b": "\nx at f:3:3", "c": None}
    assert [str(problem) for problem in problems] == ["f:4:4: cannot be reversed"]


def test_without_libyaml_the_same_is_read(monkeypatch):
    monkeypatch.setattr(yaml_nodes, "Loader", PythonLoader)
    assert duplicates_of("a: 1\na: 2\n") == [
        "f.yaml:2:1: the key `a` is here twice, first at f.yaml:1:1; the last one counts"
    ]
    assert problems_of("[" * 2000)[0].startswith("f.yaml:1:65: nested deeper")
