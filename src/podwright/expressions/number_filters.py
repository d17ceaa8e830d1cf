"""Filters on numbers and times, and what is random from a seed: it never differs from run to run."""

from __future__ import annotations

import math
import re
import time
import uuid
from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import Any

from podwright.expressions.errors import ExpressionError
from podwright.expressions.text_filters import string

_UNITS = "BKMGTPEZY"
_SIZE = re.compile(r"([0-9]*\.?[0-9]+)\s*([A-Za-z]+)?\s*")
#: the name space of Ansible's `to_uuid`
_UUIDS = "361e6d51-faec-444a-9079-341386da8e2e"
_NO_SEED = "equal input must give equal text: write `{}(seed=inventory_hostname)`"


def log(number: float, base: float = math.e) -> float:
    return math.log10(number) if base == 10 else math.log(number, base)


def root(number: float, base: float = 2) -> float:
    return math.sqrt(number) if base == 2 else math.pow(number, 1.0 / float(base))


def human_readable(size: float, isbits: bool = False, unit: str | None = None) -> str:
    limits = [(letter, 1 << 10 * power) for power, letter in enumerate(_UNITS)]
    fitting = [
        (letter, limit)
        for letter, limit in limits
        if (size >= limit if unit is None else letter == unit.upper())
    ]
    letter, limit = fitting[-1] if fitting else limits[0]
    word = "bits" if isbits else "Bytes"
    return f"{size / limit:.2f} {word if limit == 1 else letter + word[0]}"


def human_to_bytes(size: object, default_unit: str | None = None, isbits: bool = False) -> int:
    found = _SIZE.fullmatch(string(size))
    if found is None:
        raise ExpressionError("`human_to_bytes` was given no size", "write it as in `10M` or `1.5 GB`")
    unit = found[2] or default_unit or "B"
    power = _UNITS.find(unit[0].upper())
    mark, word = ("b", "bit") if isbits else ("B", "byte")
    if power < 0 or (unit[1:] not in ("", mark) and not unit.lower().endswith(word)):
        raise ExpressionError(f"`human_to_bytes` knows no unit `{unit[:60]}`", f"write `M` or `M{mark}`")
    return round(float(found[1]) * (1 << 10 * power))


def random(end: Any, start: int = 0, step: int = 1, seed: object = None) -> object:  # noqa: ANN401
    if seed is None:
        raise ExpressionError("`random` without a seed differs from run to run", _NO_SEED.format("random"))
    chosen = Random(seed)  # type: ignore[arg-type] # noqa: S311
    return chosen.randrange(start or 0, end, step or 1) if isinstance(end, int) else chosen.choice(end)


def shuffle(items: Iterable[object], seed: object = None) -> list[object]:
    if not seed:
        raise ExpressionError("`shuffle` without a seed differs from run to run", _NO_SEED.format("shuffle"))
    shuffled = list(items)
    Random(seed).shuffle(shuffled)  # type: ignore[arg-type] # noqa: S311
    return shuffled


def strftime(form: str, second: float | str | None = None, utc: bool = False) -> str:
    if second is None:
        raise ExpressionError(
            "`strftime` of the present differs from run to run", "give it the seconds: `'%Y' | strftime(0)`"
        )
    return time.strftime(form, (time.gmtime if utc else time.localtime)(float(second)))


def to_datetime(text: str, form: str = "%Y-%m-%d %H:%M:%S") -> datetime:
    return datetime.strptime(text, form)


def to_uuid(text: object, namespace: str = _UUIDS) -> str:
    return str(uuid.uuid5(uuid.UUID(namespace), string(text)))
