"""A program's output between its two lines, however the bytes come."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podwright.remote.ssh.output_stream import MAX_NOISE_BYTES, Stream, TooMuchOutputError


def fed(*chunks: bytes) -> tuple[Stream, bytes]:
    stream = Stream("M")
    output = b"".join(map(stream.feed, chunks))
    assert stream.size == len(output)
    return stream, output


@pytest.mark.parametrize(
    ("text", "noise", "output", "status"),
    [
        (b"M\nout\n\nM 0\n", b"", b"out\n", 0),
        (b"M\n\nM 3\n", b"", b"", 3),
        (b"motd\nM\nout\nM 255\n", b"motd\n", b"out", 255),
        (b"M\nM 0\n\nM x\n\nM 1234\n\nM 7\n", b"", b"M 0\n\nM x\n\nM 1234\n", 7),
        (b"M\nout\n\nM 0\nlate\n", b"", b"out\n", 0),
    ],
)
def test_what_stands_between_the_lines_is_the_output(text, noise, output, status) -> None:
    for size in range(1, len(text) + 1):
        stream, shown = fed(*(text[at : at + size] for at in range(0, len(text), size)))
        assert (bytes(stream.noise), shown, stream.status) == (noise, output, status)


@pytest.mark.parametrize("tail", [b"", b"\n", b"\nM", b"\nM 1", b"\nM 12"])
def test_what_may_become_the_last_line_is_held_back_until_nothing_more_comes(tail) -> None:
    stream, shown = fed(b"M\nout" + tail)
    assert (shown, stream.status) == (b"out", None)
    assert stream.rest() == tail
    assert stream.size == 3 + len(tail)


@pytest.mark.parametrize("text", [b"M\nout", b"M\nout\n\n", b"M\na\nN"])
def test_output_that_cannot_become_the_last_line_is_shown_at_once(text) -> None:
    stream = Stream("M")
    assert stream.feed(text).rstrip(b"\n") == text[2:].rstrip(b"\n")


@given(st.lists(st.sampled_from([b"\n", b"M", b" ", b"0", b"12", b"x", b"\nM 1", b"1\n"]), max_size=20))
def test_nothing_is_lost_or_made_up(pieces) -> None:
    body = b"".join(pieces).replace(b"\nM ", b"\nm ")
    stream, shown = fed(b"M\n", *[bytes([byte]) for byte in body], b"\nM 9\n")
    assert (shown, stream.status) == (body, 9)


def test_endless_noise_is_refused() -> None:
    with pytest.raises(TooMuchOutputError):
        fed(*[b"x" * 1000] * (MAX_NOISE_BYTES // 1000 + 2))


def test_noise_that_comes_byte_by_byte_and_false_ends_cost_little() -> None:
    began = time.process_time()
    stream = Stream("M" * 30)
    for _ in range(MAX_NOISE_BYTES - 100):
        stream.feed(b"x")
    stream.feed(b"M" * 30 + b"\n")
    for _ in range(8):
        stream.feed((b"\n" + b"M" * 30 + b" x") * 8000)
    assert stream.started
    assert stream.status is None
    assert time.process_time() - began < 2


def test_a_later_program_of_a_shell_has_no_noise_before_it() -> None:
    stream = Stream("M", first=False)
    assert stream.feed(b"out\n\nM 4\n") == b"out\n"
    assert (stream.status, bytes(stream.noise)) == (4, b"")
