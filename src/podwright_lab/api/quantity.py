"""Kubernetes quantities (`500m`, `1Gi`): their value, and the one way the API server writes each."""

from __future__ import annotations

import re
from fractions import Fraction

_QUANTITY = re.compile(r"([+-]?[0-9]*\.?[0-9]*)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]{1,3})?")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_TEN = Fraction(10)
_BINARY = {"": 0, "Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def parse_quantity(text: object) -> Fraction:
    """Raises ValueError on what is not a quantity."""
    number, suffix = _split(str(text))
    if suffix in _BINARY and suffix:
        return number * Fraction(1024) ** _BINARY[suffix]
    exponent = int(suffix[1:]) if suffix[:1] in ("e", "E") and suffix[1:] else _DECIMAL[suffix]
    return number * _TEN**exponent


def _split(text: str) -> tuple[Fraction, str]:
    found = _QUANTITY.fullmatch(text.strip())
    if found is None or not any(character.isdigit() for character in found[1]) or len(text) > 64:
        raise ValueError(f"`{text[:64]}` is not a quantity")
    return Fraction(found[1]), found[2] or ""


def canonical_quantity(text: object) -> str:
    """The shortest form in the suffixes of the given one (`1000m` is `1`, `0.5Gi` is `512Mi`)."""
    return written_like(text, parse_quantity(text))


def written_like(text: object, value: Fraction) -> str:
    """A value in the kind of suffix that a quantity has: a sum keeps that of its first part."""
    _, suffix = _split(str(text))
    return _binary(value) if suffix.endswith("i") and abs(value) >= 1024 else decimal_quantity(value)


def _binary(value: Fraction) -> str:
    for suffix, power in sorted(_BINARY.items(), key=lambda item: -item[1]):
        scaled = value / 1024**power
        if scaled.denominator == 1:
            return f"{scaled.numerator}{suffix}"
    return decimal_quantity(value)


def decimal_quantity(value: Fraction) -> str:
    """In powers of 1000, with the largest suffix that leaves a whole number."""
    if value == 0:
        return "0"
    for suffix, exponent in sorted(_DECIMAL.items(), key=lambda item: -item[1]):
        scaled = value / Fraction(10) ** exponent
        if scaled.denominator == 1:
            return f"{scaled.numerator}{suffix}"
    return f"{-(-value * 10**9 // 1)}n"
