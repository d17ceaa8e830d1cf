"""Bytes are read as go-yaml and Go's JSON decoder read them; each case was checked against kubectl's own decoder."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import LIMIT, decode, settled


def value(text):
    return settled(decode(text.encode() if isinstance(text, str) else text).value)


@pytest.mark.parametrize(
    "text",
    [
        "a: [1,", "a: 'x", "\ta: b", "a:\n\tb: c", "- a\nb: c", "a: *x", "&a [*a]", "{a: b", "a: b: c", "? [a]\n: b", "~: a",
        "99999999999999999999: a\n18446744073709551615: b", "18446744073709551615: b", "a: .inf", "a: .nan", "!!int x",
        "!!bool 1", "!!null x", "!!binary '!'", "a: @b", "<<: 1", "<<: [1]", "a: \x07", b"a: \xff", b"a: \xc3", b"\xff\xfea",
        '{"a": 1} x', "{a: b}", '{"a": 01}', '{"a": 1.}', '{"a": NaN}', '{"a": "\t"}', '{"a": "\\x"}', "{", '{"a" 1}',
        '{"a": [1 2]}', '{"a": 1,}', '{"a": 1e999}', "[" * 300, "{" * 300, "a: " * 300 + "b", "[[" * 150 + "]]" * 150,
    ],
)  # fmt: skip
def test_what_go_refuses_is_refused_without_a_crash(text):
    with pytest.raises(UnreadableError) as caught:
        value(text)
    assert caught.value.message


@pytest.mark.parametrize(
    "text", ["[a?b]", "[a?]", "{a: b?c}", "[http://x/?a=b]", "[a ? b]", "[[a, b?]]", "{a?: b}"]
)
def test_a_question_mark_inside_brackets_needs_quotes(text):
    with pytest.raises(UnreadableError, match="needs quotes"):
        value(f"v: {text}\n")


def test_a_question_mark_elsewhere_is_only_text():
    read = value("a: b?c\nd: ['e?', \"f?\"]\ng: [?h]\ni?: j\nk:\n- l?m\n")
    assert read == {"a": "b?c", "d": ["e?", "f?"], "g": [{"h": None}], "i?": "j", "k": ["l?m"]}


def test_only_the_first_document_counts():
    read = decode(b"a: 1\n---\n]]]\n")
    assert (read.value, read.more_documents) == ({"a": 1}, True)
    assert decode(b"--- \na: 1\n...\n").more_documents is False
    assert value("") is None
    assert value("# nothing\n") is None
    assert value("---\n# x\n---\na: 1\n") is None


def test_the_last_of_two_keys_counts_and_both_places_are_known():
    read = decode(b"a: 1\nb: 2\na: 3\n")
    assert read.value == {"a": 3, "b": 2}
    (repeated,) = read.repeated
    assert (repeated.key, repeated.first.line, repeated.mark.line) == ("a", 1, 3)


def test_merge_keys_take_effect_where_they_stand():
    text = "base: &b {x: 1, z: 2}\nafter: {<<: *b, x: 3}\nbefore: {x: 3, <<: *b}\nlist: {<<: [{x: 5}, *b]}\n'<<': 1\n"
    read = value(text)
    assert read["after"] == {"x": 3, "z": 2}
    assert read["before"] == {"x": 1, "z": 2}
    assert read["list"] == {"x": 5, "z": 2}
    assert read["<<"] == 1


def test_an_alias_bomb_is_refused_in_no_time():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(UnreadableError, match="excessive aliasing"):
        decode("\n".join(lines).encode())


def test_ten_mebibytes_are_too_many():
    assert value(b"a: b\n#" + b"x" * 100_000) == {"a": "b"}
    with pytest.raises(UnreadableError, match="read limit"):
        decode(b"#" * LIMIT)


@settings(max_examples=300)
@given(
    st.binary(max_size=120)
    | st.text(alphabet="{}[]:,-#&*!|>'\"%@`~\n\t ab01.\x85\ufeff", max_size=80).map(str.encode)
)
def test_no_bytes_crash_the_decoder(data):
    with contextlib.suppress(UnreadableError):
        settled(decode(data).value)
