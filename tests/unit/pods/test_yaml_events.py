"""What libyaml and go-yaml make differently of the same bytes."""

import pytest

from podwright.pods.go_values import UnreadableError
from podwright.pods.go_yaml import decode, settled


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
