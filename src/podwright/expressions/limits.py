"""Bounds what a template may cost: steps, seconds of CPU, length of text and size of values."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

MAX_TEXT = 1 << 20
MAX_ITEMS = 100_000
MAX_STEPS = 1_000_000
MAX_CPU_SECONDS = 5.0
MAX_INTEGER_BITS = 4096
MAX_PRINTED = 8 << 20


class RefusedError(Exception):
    """A template asks for what it may not have; the text shows no values."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Budget(threading.local):
    """What is left for the render that runs in this thread; outside of one nothing is counted."""

    running = False
    steps = 0
    printed = 0
    deadline = 0.0

    @contextmanager
    def of_one_render(self) -> Iterator[None]:
        self.running, self.steps, self.printed = True, 0, 0
        self.deadline = time.thread_time() + MAX_CPU_SECONDS
        try:
            yield
        finally:
            self.running = False

    def step(self) -> None:
        """Count one turn of a loop or one call; raises RefusedError when there were too many."""
        self.steps += 1
        if self.running and self.steps % 16 == 0:
            if self.steps > MAX_STEPS:
                raise RefusedError(
                    f"the template takes more than {MAX_STEPS} steps", "is a loop inside a loop too large?"
                )
            if time.thread_time() > self.deadline:
                raise RefusedError(f"the template takes longer than {MAX_CPU_SECONDS:g} s")

    def print(self, text: str) -> str:
        """Count text that goes into the output, or into what a macro returns."""
        self.printed += len(text)
        if self.running and self.printed > MAX_PRINTED:
            raise too_long()
        return text


def too_long() -> RefusedError:
    return RefusedError(f"the template makes more than {MAX_TEXT >> 20} MiB of text")


def bounded_join(parts: Iterable[str], separator: str = "") -> str:
    """Join like str.join, but refuse before more than MAX_TEXT is allocated."""
    texts = list(parts)
    if sum(map(len, texts)) + len(separator) * max(0, len(texts) - 1) > MAX_TEXT:
        raise too_long()
    return separator.join(texts)


def bounded_replace(text: str, old: str, new: str, count: int = -1) -> str:
    hits = text.count(old) if count < 0 else min(count, text.count(old))
    if len(text) + hits * len(new) > MAX_TEXT:
        raise too_long()
    return text.replace(old, new, count)


def bounded_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_ITEMS:
        raise RefusedError(f"`range` of more than {MAX_ITEMS} numbers")
    return numbers


def check_size(value: object) -> None:
    """Refuse a value that is small in memory but large when written out (lists that hold one list many times)."""
    waiting = [value]
    items = text = 0
    while waiting:
        item = waiting.pop()
        items += 1
        if isinstance(item, str):
            text += len(item)
        elif isinstance(item, Mapping):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
        elif not isinstance(item, int | float | date | range | None):
            str(item)  # an undefined value fails here, by its name
            # anything else would be written as an address in memory, another one in each run
            raise RefusedError("only values can be written", "call a macro with `()`; `| list` makes a list")
        if text > MAX_TEXT or items > MAX_ITEMS or len(waiting) > 2 * MAX_ITEMS:
            raise too_long()


def check_result(value: object) -> None:
    """Refuse a single string or list that has grown too long."""
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise too_long()
    if isinstance(value, list | tuple) and len(value) > MAX_ITEMS:
        raise RefusedError(f"a list of more than {MAX_ITEMS} items")


def check_operation(operator: str, left: object, right: object) -> None:
    """Refuse an arithmetic operation whose result would be huge, before it is computed."""
    if operator == "**":
        _check_power(left, right)
    elif operator == "*":
        _check_product(left, right)
    elif operator == "+":
        _check_sum(left, right)
    elif operator == "%" and isinstance(left, str):
        _check_format(left, right)


def _check_power(left: object, right: object) -> None:
    huge = (
        isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MAX_INTEGER_BITS
    )
    if huge:
        raise RefusedError("a power with more than 1,200 digits")


def _check_product(left: object, right: object) -> None:
    for repeated, times in ((left, right), (right, left)):
        if isinstance(times, int) and isinstance(repeated, str) and len(repeated) * times > MAX_TEXT:
            raise too_long()
        if (
            isinstance(times, int)
            and isinstance(repeated, list | tuple)
            and len(repeated) * times > MAX_ITEMS
        ):
            raise RefusedError(f"a list of more than {MAX_ITEMS} items")
    if (
        isinstance(left, int)
        and isinstance(right, int)
        and left.bit_length() + right.bit_length() > MAX_INTEGER_BITS
    ):
        raise RefusedError("a number with more than 1,200 digits")


def _check_sum(left: object, right: object) -> None:
    if isinstance(left, str) and isinstance(right, str) and len(left) + len(right) > MAX_TEXT:
        raise too_long()
    if (
        isinstance(left, list | tuple)
        and isinstance(right, list | tuple)
        and len(left) + len(right) > MAX_ITEMS
    ):
        raise RefusedError(f"a list of more than {MAX_ITEMS} items")


def _check_format(text: str, values: object) -> None:
    check_size(values)
    digits = 0
    for character in text:
        digits = digits + 1 if character.isdigit() else 0
        if digits > 3 or character == "*":
            raise RefusedError("a `%` format with a width of more than 999 or of `*`")
    check_size([values] * min(text.count("%"), 1000))
