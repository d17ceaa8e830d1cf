"""What a kubelet refuses of its eviction settings, once its runtime answered. Source: pkg/kubelet/eviction/helpers.go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from podwright.pods.go_fields import Record, pairs
from podwright.validation.checks.quantities import parse_quantity
from podwright.validation.findings import shown
from podwright.validation.kubelet.durations import seconds_of

_SIGNALS = (
    "memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available", "imagefs.inodesFree",
    "containerfs.available", "containerfs.inodesFree", "allocatableMemory.available", "pid.available",
)  # fmt: skip
_DIGITS = "[0-9]+(?:_[0-9]+)*"
_PERCENT = re.compile(rf"[+-]?({_DIGITS}(\.({_DIGITS})?)?|\.{_DIGITS})([eE][+-]?[0-9]{{1,3}})?")


def wrong_evictions(config: Record) -> Iterator[tuple[str, str]]:
    for field in ("evictionHard", "evictionSoft"):
        for signal, value in pairs(config, field).items():
            yield field, _threshold(signal, value)
    grace = pairs(config, "evictionSoftGracePeriod")
    for signal, value in pairs(config, "evictionSoft").items():
        if signal not in grace and value not in ("0%", "100%"):
            yield "evictionSoft", f"has {shown(signal)} without a period in `evictionSoftGracePeriod`"
    for signal, value in grace.items():
        period = seconds_of(value)
        wrong = f"has {shown(signal)}, which is not an eviction signal" if signal not in _SIGNALS else ""
        if period is None or period < 0:
            wrong = wrong or f"has {shown(value)} for {signal}, which is not a duration"
        yield "evictionSoftGracePeriod", wrong
    for signal, value in pairs(config, "evictionMinimumReclaim").items():
        amount = amount_of(value)
        wrong = f"has {shown(signal)}, which is not an eviction signal" if signal not in _SIGNALS else ""
        if amount is None or amount < 0 or (value.endswith("%") and amount == 0):
            wrong = wrong or f"has {shown(value)} for {signal}, which is not an amount"
        yield "evictionMinimumReclaim", wrong


def _threshold(signal: str, value: str) -> str:
    if signal not in _SIGNALS:
        return f"has {shown(signal)}, which is not an eviction signal"
    amount = amount_of(value)
    if amount is None:
        return f"has {shown(value)} for {signal}, which is not an amount"
    if value.endswith("%"):
        return "" if 0 <= amount <= 100 else f"has {value} for {signal}, but must be between 0% and 100%"
    return "" if amount > 0 else f"has {value} for {signal}, but must be positive"


def amount_of(value: str) -> Fraction | None:
    """A quantity, or the number of a percentage; None for anything else."""
    if not value.endswith("%"):
        return parse_quantity(value)
    bare = value.rstrip("%")
    return Fraction(bare.replace("_", "")) if _PERCENT.fullmatch(bare) else None
