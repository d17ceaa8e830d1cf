"""Lines by their file; what is not there differs from what may not be read."""

from __future__ import annotations

from tests.fakes.texts import texts

from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_files import MAX_LINE, MAX_LINES, texts_of, whole_number
from podwright.remote.node.records import Record


def test_a_word_is_the_first_line_or_unknown_for_a_reason() -> None:
    found = texts(etc__machine_0id=" 12ab \nmore", unread="unreadable etc/secret\nmasked etc/none")
    assert found.word("etc/machine-id") == "12ab"
    assert found.word("etc/secret") == Unknown("the login may not read /etc/secret")
    assert found.word("etc/none") == Unknown("/etc/none is not there or empty")
    assert found.masked == {"etc/none"}


def test_a_number_has_digits_alone_and_not_too_many() -> None:
    assert whole_number("17", "x") == 17
    for word in ("", "-1", "1.5", "0x10", "9" * 30, "\u0661"):
        assert isinstance(whole_number(word, "x"), Unknown), word


def test_lines_and_their_length_are_bounded() -> None:
    body = ("a:" + "x" * 100_000 + "\n" + "b:1\n" * 100_000).encode()
    found = texts_of([Record("machine-texts", "", body)])
    assert len(found.of("a")[0]) < MAX_LINE
    assert len(found.of("b")) < MAX_LINES


def test_a_line_without_a_name_counts_for_nothing() -> None:
    assert (
        texts_of([Record("machine-texts", "", b"grep: binary file matches\nno name\n")]).of("no name") == ()
    )
