"""One program's exchange over a channel that does as it is told; real ones are in tests/contract."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from podwright.remote.ssh.exchange import (
    DeadlineError,
    Exchange,
    Password,
    SilenceError,
    Wakeup,
    WrongPasswordError,
)
from podwright.remote.ssh.output_stream import TooMuchOutputError

BEGIN = b"M\n"
END = b"\nM 0\n"


@dataclass
class FakeChannel:
    """`answers` are what comes on both streams once so many bytes were sent, an end counting as one: (bytes, out, err)."""

    answers: list[tuple[int, bytes, bytes]]
    window: int = 1 << 20
    closed: bool = False
    ends: bool = False
    exit_status: int = -1
    sent: bytearray = field(default_factory=bytearray)
    ended_input: bool = False
    status_event: threading.Event = field(default_factory=threading.Event)
    _out: list[bytes] = field(default_factory=list)
    _err: list[bytes] = field(default_factory=list)

    @property
    def eof_received(self) -> bool:
        return self.ends and not self.answers

    def _come(self) -> None:
        while self.answers and len(self.sent) + self.ended_input >= self.answers[0][0]:
            _sent, out, err = self.answers.pop(0)
            self._out += [out] if out else []
            self._err += [err] if err else []

    def recv_ready(self) -> bool:
        self._come()
        return bool(self._out)

    def recv_stderr_ready(self) -> bool:
        self._come()
        return bool(self._err)

    def recv(self, _size: int) -> bytes:
        return self._out.pop(0)

    def recv_stderr(self, _size: int) -> bytes:
        return self._err.pop(0)

    def send_ready(self) -> bool:
        return True

    def send(self, content: bytes) -> int:
        took = content[: self.window]
        self.sent += took
        return len(took)

    def shutdown_write(self) -> None:
        self.ended_input = True


class Now:
    """A clock that goes on by itself, so that nothing waits for ever."""

    def __init__(self, step: float = 0.001) -> None:
        self.now, self.step = 0.0, step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def exchange(channel: FakeChannel, text: bytes = b"program", **options: object) -> Exchange:
    made: dict[str, object] = {"deadline": 5.0, "first": True, "clock": Now(), **options}
    return Exchange(channel, Wakeup(), "M", text, **made)  # type: ignore[arg-type]


def test_what_comes_is_yielded_and_errors_are_kept() -> None:
    channel = FakeChannel([(7, BEGIN + b"one", BEGIN + b"oops"), (7, b"two" + END, END)])
    run = exchange(channel)
    assert list(run.output()) == [b"one", b"two"]
    assert (run.status(), bytes(run.errors), bytes(channel.sent)) == (0, b"oops", b"program")
    assert run.began
    assert run.ended


def test_text_is_sent_as_the_window_takes_it() -> None:
    channel = FakeChannel([(90_000, BEGIN + END, BEGIN + END)], window=1000)
    run = exchange(channel, b"x" * 90_000)
    assert list(run.output()) == []
    assert len(channel.sent) == 90_000
    assert run.sent


def test_input_is_taken_piece_by_piece_and_only_once_the_program_began() -> None:
    pulled: list[int] = []

    def pieces() -> Iterator[bytes]:
        for _number in range(3):
            pulled.append(len(channel.sent))
            yield b"x" * 10

    channel = FakeChannel([(7, BEGIN, BEGIN), (38, b"got it" + END, END)])
    run = exchange(channel, stdin=pieces())
    assert list(run.output()) == [b"got it"]
    assert pulled == [7, 17, 27]
    assert channel.ended_input
    assert run.had_input


def test_input_that_the_program_did_not_want_is_not_taken() -> None:
    channel = FakeChannel([(7, BEGIN + END, BEGIN + END)])
    run = exchange(channel, stdin=iter([b"x"] * 1000))
    assert list(run.output()) == []
    assert len(channel.sent) < 20
    assert not channel.ended_input


def test_the_program_is_sent_only_behind_the_password_and_its_greeting() -> None:
    channel = FakeChannel([(3, b"motd G\n", b"ask"), (10, BEGIN + END, BEGIN + END)])
    run = exchange(channel, password=Password(b"pw\n", b"ask", b"G\n"))
    list(run.output())
    assert bytes(channel.sent) == b"pw\nprogram"


def test_a_second_prompt_is_a_wrong_password() -> None:
    channel = FakeChannel([(3, b"", b"ask"), (3, b"", b"ask")])
    with pytest.raises(WrongPasswordError):
        list(exchange(channel, password=Password(b"pw\n", b"ask", b"G\n")).output())
    assert b"program" not in channel.sent


@pytest.mark.parametrize("stream", [1, 2])
def test_output_has_a_bound_over_both_streams(stream: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("podwright.remote.ssh.exchange.MAX_OUTPUT_BYTES", 100)
    flood: list[bytes] = [BEGIN, BEGIN]
    flood[stream - 1] += b"x" * 101
    with pytest.raises(TooMuchOutputError):
        list(exchange(FakeChannel([(7, *flood)])).output())


@pytest.mark.parametrize(("stream", "fits"), [(1, True), (2, False)])
def test_a_watch_may_come_to_more_in_its_own_time(
    stream: int, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What 400 containers show, each time one of them changes, passes any bound that is for one answer."""
    monkeypatch.setattr("podwright.remote.ssh.exchange.MAX_OUTPUT_BYTES", 100)
    shown = [(7, b"x" * 50, b"") if stream == 1 else (7, b"", b"x" * 50)] * 10
    run = exchange(
        FakeChannel([(7, BEGIN, BEGIN), *shown, (7, END, END)]), clock=Now(1), deadline=1000.0, steady=50
    )
    if fits:
        assert len(b"".join(run.output())) == 500
    else:
        with pytest.raises(TooMuchOutputError):
            list(run.output())


def test_a_deadline_holds_while_nothing_and_while_something_comes() -> None:
    for answers in ([], [(7, BEGIN, BEGIN), *[(7, b"x", b"")] * 1000]):
        with pytest.raises(DeadlineError):
            list(exchange(FakeChannel(list(answers)), clock=Now(0.5)).output())


def test_an_end_without_a_status_is_the_channels_own() -> None:
    channel = FakeChannel([(7, BEGIN + b"cut\nM", BEGIN)], ends=True, exit_status=-1)
    channel.status_event.set()
    run = exchange(channel)
    assert b"".join(run.output()) == b"cut\nM"
    assert (run.status(), run.ended) == (-1, False)


def test_a_wakeup_is_unset_by_nobody_else() -> None:
    wakeup = Wakeup()
    wakeup.set()
    wakeup.clear()
    assert wakeup.is_set()
    wakeup.reset()
    assert not wakeup.is_set()


def test_a_program_that_reports_nothing_for_too_long_is_given_up() -> None:
    channel = FakeChannel([(7, BEGIN + b"one", BEGIN)])
    run = exchange(channel, silence=0.05, clock=Now(0.02))
    with pytest.raises(SilenceError):
        list(run.output())


def test_a_shell_that_does_not_start_has_its_whole_deadline() -> None:
    with pytest.raises(DeadlineError):
        list(exchange(FakeChannel([]), silence=0.01, deadline=0.1, clock=Now(0.02)).output())


def test_a_long_text_has_time_to_arrive_before_anything_is_expected() -> None:
    channel = FakeChannel([(1 << 20, BEGIN, BEGIN)])
    run = exchange(channel, b"x" * (1 << 20), silence=0.01, deadline=2.0, clock=Now(0.02))
    with pytest.raises(DeadlineError):
        list(run.output())
