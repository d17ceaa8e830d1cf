"""What libyaml and go-yaml make differently of the same bytes."""

import pytest

from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode, settled
from podwright.pods.yaml_events import OddEscapeError, yaml_events


def value(text):
    return settled(decode(text.encode() if isinstance(text, str) else text).value)


def test_escapes_and_directives_are_gos():
    assert value('a: "x\\\'y\\\'"\nb: "\\e\\x41"\n') == {"a": "x'y'", "b": "\x1bA"}
    assert value('a: "\\\\/"\n') == {"a": "\\/"}
    assert value("a: \\/\n") == {"a": "\\/"}
    assert value("%YAML 1.1\n---\na: b\n") == {"a": "b"}
    for text in ('a: "\\/"', "%YAML 1.2\n---\na: b\n", 'a: "\\q"', 'a: "' + "\\'" * 101 + '"'):
        with pytest.raises(UnreadableError):
            value(text)


@pytest.mark.parametrize("bad", [b"\x07", b"\xff", b"\x00"])
def test_a_bad_byte_counts_only_if_go_reads_as_far(bad):
    first = b"a: 1\n#" + b"x" * 600 + b"\n---\n"
    assert value(first + b"y" * 600 + bad) == {"a": 1}
    for text in (b"a: 1\n---\n" + bad, first + bad, b"a: 1\n#" + b"x" * 2000 + bad, bad):
        with pytest.raises(UnreadableError):
            value(text)


def test_encodings_and_line_ends():
    assert value("a: é\n".encode("utf-16")) == {"a": "é"}
    assert value(b"\xef\xbb\xbfa: b") == {"a": "b"}
    assert value(b"\xef\xbb\xbf{a: b}") == {"a": "b"}
    assert value("a: b\r\nc: d\re: f\x85g: h\u2028") == {"a": "b", "c": "d", "e": "f", "g": "h"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"a: 'x\n", (2, 1)),
        (b"a:\n\tb: c\n", (2, 1)),
        (b"a: [1\nb: 2\n", (2, 2)),
        (b"a: b\nc: \x07\n", (2, 4)),
        (b"a: \xff\n", (1, 4)),
        (b"#" + b"x" * 600 + b"\na: [\n\x07]\n", (3, 1)),
        ("a: é\x07\n".encode("utf-16"), (None, None)),
    ],
)
def test_what_libyaml_refuses_is_told_with_its_place(text, place):
    with pytest.raises(UnreadableError) as caught:
        decode(text)
    assert (caught.value.line, caught.value.column) == place
    assert caught.value.message.startswith("yaml: ")


def test_the_one_escape_that_only_go_knows_is_rewritten():
    text = 'é: "x\\\'y"\n'
    with pytest.raises(OddEscapeError) as caught, yaml_events(text.encode()) as take:
        [take() for _ in range(10)]
    assert caught.value.without_escape(text.encode()) == 'é: "x\\x27y"\n'.encode()


def test_events_come_from_the_streams_start_to_its_end():
    with yaml_events(b"a: [b]\n") as take:
        names = [type(take()).__name__.removesuffix("Event") for _ in range(10)]
    assert names == [
        "StreamStart", "DocumentStart", "MappingStart", "Scalar", "SequenceStart", "Scalar", "SequenceEnd", "MappingEnd",
        "DocumentEnd", "StreamEnd",
    ]  # fmt: skip
