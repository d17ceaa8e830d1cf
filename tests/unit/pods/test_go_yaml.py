"""Bytes are read as go-yaml and Go's JSON decoder read them; each case was checked against kubectl's own decoder."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podwright.pods.go_scalars import float_text, key_text, resolve, settle
from podwright.pods.go_values import UnreadableError, locate, plain, walk
from podwright.pods.go_yaml import LIMIT, decode, settled


def value(text):
    return settled(decode(text.encode() if isinstance(text, str) else text).value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y", True), ("N", False), ("yes", True), ("Off", False), ("tRue", "tRue"), ("~", None), ("", None), ("NULL", None),
        ("1", 1), ("+1", 1), ("012", 10), ("08", 8), ("0o17", 15), ("0x1F", 31), ("0X1f", 31), ("0b11", 3), ("-0b11", -3),
        ("1_000", 1000), ("1__0", 10), ("1_", 1), ("_1", "_1"), ("07_7", 63), ("0x", "0x"), ("0b2", "0b2"), ("0o8", "0o8"),
        ("1e3", 1000), ("1.5e+3", 1500), ("1.0", 1), ("5.", 5), (".5", 0.5), (".1_0", 0.1), ("-.5", -0.5), (".", "."),
        ("1e-7", 1e-7), ("1e21", 1e21), ("1e400", "1e400"), ("-0", 0), ("e3", "e3"), ("1e", "1e"),
        ("18446744073709551615", 18446744073709551615), ("18446744073709551616", 18446744073709552000),
        ("-9223372036854775809", -9223372036854776000), ("1:20", "1:20"), ("190:20:30.15", "190:20:30.15"),
        ("2001-01-01", "2001-01-01"), ("2001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"), ("=", "="), ("!!str 1", "1"),
        ('!!int "3"', 3), ("!!float 1", 1), ('!!bool "yes"', True), ("!!binary aGk=", "hi"), ("!foo bar", "bar"),
        ("!!timestamp 2001-01-01", "2001-01-01"), ("'1'", "1"), ('"y"', "y"), ('"\\u263a"', "☺"), ("|\n  a\n  b", "a\nb\n"),
        ("a#b", "a#b"), ("a #b", "a"), ("http://x:1/y", "http://x:1/y"), ("[a, 1]", ["a", 1]), ("{a: b}", {"a": "b"}),
    ],
)  # fmt: skip
def test_scalars_mean_what_they_mean_to_go(text, expected):
    read = value(f"v: {text}\n")["v"]
    assert (type(read), read) == (type(expected), expected)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("1", "1"), ("01", "1"), ("1.1", "1.1"), ("1.0", "1"), ("1e3", "1000"), ("1e10", "1e+10"), ("y", "true"),
        ("no", "false"),         ("123456789.125", "1.2345679e+08"), ("0.1", "0.1"), ("1e-5", "1e-05"),
        ("2001-01-01", "2001-01-01"),
        (".inf", ".inf"),         ("-.inf", "-.inf"), (".nan", ".nan"), ('"1"', "1"),
    ],
)  # fmt: skip
def test_keys_become_text(key, name):
    assert list(value(f"{key}: x\n")) == [name]


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


def test_escapes_and_directives_are_gos():
    assert value('a: "x\\\'y\\\'"\nb: "\\e\\x41"\n') == {"a": "x'y'", "b": "\x1bA"}
    assert value('a: "\\\\/"\n') == {"a": "\\/"}
    assert value("a: \\/\n") == {"a": "\\/"}
    assert value("%YAML 1.1\n---\na: b\n") == {"a": "b"}
    for text in ('a: "\\/"', "%YAML 1.2\n---\na: b\n", 'a: "\\q"', 'a: "' + "\\'" * 101 + '"'):
        with pytest.raises(UnreadableError):
            value(text)


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


@pytest.mark.parametrize("bad", [b"\x07", b"\xff", b"\x00"])
def test_a_bad_byte_counts_only_if_go_reads_as_far(bad):
    first = b"a: 1\n#" + b"x" * 600 + b"\n---\n"
    assert value(first + b"y" * 600 + bad) == {"a": 1}
    for text in (b"a: 1\n---\n" + bad, first + bad, b"a: 1\n#" + b"x" * 2000 + bad, bad):
        with pytest.raises(UnreadableError):
            value(text)


def test_the_last_of_two_keys_counts_and_both_places_are_known():
    read = decode(b"a: 1\nb: 2\na: 3\n")
    assert read.value == {"a": 3, "b": 2}
    (repeated,) = read.repeated
    assert (repeated.key, repeated.first.line, repeated.mark.line) == ("a", 1, 3)


def test_json_merges_what_stands_twice():
    assert value('{"a": {"b": 1}, "a": {"c": 2}, "l": [{"x": 1}, 2], "l": [{"y": 1}]}') == {
        "a": {"b": 1, "c": 2},
        "l": [{"x": 1, "y": 1}],
    }


def test_keys_that_stand_twice_in_json_are_told_too():
    (repeated,) = decode(b'{"a": 1,\n "a": 2}').repeated
    assert (repeated.key, repeated.mark, repeated.first) == ("a", (2, 2), (1, 2))


def test_merge_keys_take_effect_where_they_stand():
    text = "base: &b {x: 1, z: 2}\nafter: {<<: *b, x: 3}\nbefore: {x: 3, <<: *b}\nlist: {<<: [{x: 5}, *b]}\n'<<': 1\n"
    read = value(text)
    assert read["after"] == {"x": 3, "z": 2}
    assert read["before"] == {"x": 1, "z": 2}
    assert read["list"] == {"x": 5, "z": 2}
    assert read["<<"] == 1


def test_encodings_and_line_ends():
    assert value("a: é\n".encode("utf-16")) == {"a": "é"}
    assert value(b"\xef\xbb\xbfa: b") == {"a": "b"}
    assert value(b"\xef\xbb\xbf{a: b}") == {"a": "b"}
    assert value("a: b\r\nc: d\re: f\x85g: h\u2028") == {"a": "b", "c": "d", "e": "f", "g": "h"}


def test_an_alias_bomb_is_refused_in_no_time():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(UnreadableError, match="excessive aliasing"):
        decode("\n".join(lines).encode())


def test_ten_mebibytes_are_too_many():
    assert value(b"a: b\n#" + b"x" * 100_000) == {"a": "b"}
    with pytest.raises(UnreadableError, match="read limit"):
        decode(b"#" * LIMIT)


def test_places_are_known():
    read = decode(b"a:\n  - b\n  - {c: d}\n").value
    assert locate(read, ("a", 1, "c")) == (3, 9)
    assert locate(read, ("a", 1, "c"), key=True) == (3, 6)
    assert locate(read, ("a", 1, "missing")) == (3, 5)
    json = decode(b'{"a":\n [1,\n  {"b": 2}]}').value
    assert locate(json, ("a", 1, "b")) == (3, 9)
    assert [path for path, _ in walk(plain(read))] == [(), ("a",), ("a", 0), ("a", 1), ("a", 1, "c")]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_comes_back_from_its_text(number):
    assert settle(float(float_text(number))) == settle(number)


@settings(max_examples=300)
@given(
    st.binary(max_size=120)
    | st.text(alphabet="{}[]:,-#&*!|>'\"%@`~\n\t ab01.\x85\ufeff", max_size=80).map(str.encode)
)
def test_no_bytes_crash_the_decoder(data):
    with contextlib.suppress(UnreadableError):
        settled(decode(data).value)


def test_resolve_and_key_text_refuse_what_go_refuses():
    with pytest.raises(UnreadableError):
        resolve("tag:yaml.org,2002:int", "x", implicit=True)
    with pytest.raises(UnreadableError):
        key_text(None)
