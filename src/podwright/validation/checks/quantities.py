"""Kubernetes quantities: `500m`, `1.5Gi`, `1e3`. Source: apimachinery `api/resource/quantity.go`, `suffix.go`."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

_FORM = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*)([+-]?[0-9]*)")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_LARGEST = Fraction(2**63 - 1)
# Python reads integers of up to 4300 digits from text
_LONGEST = 4000
_MOST_POWER, _COUNTED_POWER = 2**31 - 1, 400


@lru_cache(maxsize=4096)
def parse_quantity(text: str) -> Fraction | None:
    """Return the value of a quantity, rounded up to nano and cut off at 2^63-1 as Kubernetes does; None if it is none."""
    match = _FORM.fullmatch(text) if 0 < len(text) <= _LONGEST else None
    if match is None:
        return None
    sign, whole, part, suffix, exponent = match[1], match[2] or "0", match[3] or "", match[4], match[5]
    factor = _factor(suffix, exponent)
    if factor is None:
        return None
    value = Fraction(int(whole + part), 10 ** len(part)) * factor
    nano = -(-value.numerator * 10**9 // value.denominator)
    bounded = min(Fraction(nano, 10**9), _LARGEST)
    return -bounded if sign == "-" else bounded


def int64_of(text: str) -> int | None:
    """What Go makes of it as an integer (`AsInt64`): none of a fraction, nor of what was too long to be read as one."""
    match = _FORM.fullmatch(text) if parse_quantity(text) is not None else None
    if match is None:
        return None
    whole, part, suffix = match[2].lstrip("0") or "0", match[3] or "", match[4]
    digits = len(whole) + len(part)
    if suffix in _BINARY:
        power = _BINARY[suffix]
        # as many digits as the kubelet leaves to one that is shifted
        value = None if part or digits > 14 - power * 3 // 10 else int(whole) << power
    else:
        power = (int(match[5]) if match[5] else _DECIMAL[suffix]) - len(part)
        value = int(whole + part) * 10**power if digits <= 18 and 0 <= power < 19 else None
    return None if value is None or value >= 2**63 else (-value if match[1] == "-" else value)


def _factor(suffix: str, exponent: str) -> Fraction | None:
    if exponent:
        power = int(exponent) if suffix in {"e", "E"} and exponent not in {"+", "-"} else None
        if power is None or abs(power) > _MOST_POWER:
            return None
        # beyond this any value is cut off or rounded up
        return Fraction(10) ** max(-_COUNTED_POWER, min(power, _COUNTED_POWER))
    if suffix in _BINARY:
        return Fraction(2 ** _BINARY[suffix])
    return Fraction(10) ** _DECIMAL[suffix] if suffix in _DECIMAL else None


@lru_cache(maxsize=4096)
def resource_amount(value: object) -> Fraction:
    """A quantity in a list of resources, which Kubernetes rounds up to thousandths (`SetDefaults_ResourceList`)."""
    amount = quantity(value)
    return Fraction(-(-amount.numerator * 1000 // amount.denominator), 1000)


def quantity(value: object) -> Fraction:
    """The value of a quantity that was fitted before; 0 for anything else."""
    return (parse_quantity(value) if isinstance(value, str) else None) or Fraction(0)
