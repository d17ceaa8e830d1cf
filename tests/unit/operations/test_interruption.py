"""Who asks to stop, and how signals do."""

from __future__ import annotations

import signal

import pytest

from podwright.operations.interruption import END_SIGNALS, Interruption, signals_ask


def test_the_first_time_asks_and_the_second_is_impatient() -> None:
    heard = []
    interruption = Interruption(lambda: heard.append("once"))
    assert (interruption(), interruption.impatient) == (False, False)
    interruption.ask()
    assert (interruption(), interruption.impatient) == (True, False)
    interruption.ask()
    assert (interruption.impatient, heard) == (True, ["once"])


def test_what_was_begun_is_finished_until_the_second_time() -> None:
    interruption = Interruption()
    begun = interruption.of_what_was_begun()
    interruption.ask()
    assert (begun(), begun.impatient) == (False, False)
    interruption.ask()
    assert (begun(), begun.impatient) == (True, True)


@pytest.mark.parametrize("number", END_SIGNALS)
def test_a_signal_asks_twice_and_then_raises(number) -> None:
    before = signal.signal(number, signal.default_int_handler)
    interruption = Interruption()
    try:
        with signals_ask(interruption):
            signal.raise_signal(number)
            signal.raise_signal(number)
            assert interruption.impatient
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, before)
