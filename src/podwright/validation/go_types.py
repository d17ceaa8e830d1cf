"""Fits a decoded document into the Go types of a Pod, as the kubelet's decoder does.

Unknown fields are dropped, nulls leave a field unset, and a value of a wrong type is fatal.
Source: sigs.k8s.io/json (case-sensitive, not strict), apimachinery `resource.Quantity`, `intstr`, `metav1.Time`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from podwright.pods.go_scalars import float_text
from podwright.pods.go_values import Path
from podwright.suggestion import did_you_mean
from podwright.validation.checks.quantities import parse_quantity
from podwright.validation.findings import Report, shown
from podwright.validation.kubelet.durations import seconds_of
from podwright.validation.schema import Types

_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01]?[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_MOST_GUESSES = 50
_NAMES = {
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "a map",
}
_WANTED = {
    "string": "a string",
    "bool": "`true` or `false`",
    "int32": "a whole number",
    "int64": "a whole number",
    "int-or-string": "a whole number or a string",
    "quantity": "a quantity",
    "time": "a time such as `2026-01-31T12:00:00Z`",
    "duration": "a duration such as `20s` or `1h30m`",
    "duration-or-number": "a duration such as `5s`",
    "float64": "a number",
    "uint32": "a whole number from 0",
}


def fit(document: Mapping[str, object], types: Types, report: Report, kind: str = "Pod") -> dict[str, object]:
    """Return the document as a `kind` of these types, without what Go drops; what is wrong goes to the report."""
    return _Fitter(types, report).record(document, kind, ())


class _Fitter:
    def __init__(self, types: Types, report: Report) -> None:
        self._types = types
        self._report = report

    def record(self, value: Mapping[str, object], name: str, path: Path) -> dict[str, object]:
        fields = self._types[name]
        result: dict[str, object] = {}
        for key, item in value.items():
            kind = fields.get(key)
            if kind == "string" and type(item) is str:
                result[key] = item
            elif kind is None:
                self._unknown(key, name, path)
            elif item is not None:
                fitted = self._fit(item, kind, path, key)
                if fitted is not None:
                    result[key] = fitted
        return result

    def _fit(self, value: object, kind: str, path: Path, step: str | int) -> object:
        """The value as its type has it; None for null, and for what does not fit, which is noted."""
        if value is None or kind == "raw":
            return value
        match kind[0]:
            case "@" if isinstance(value, dict):
                return self.record(value, kind[1:], (*path, step))
            case "[" if isinstance(value, list):
                of, here = kind[2:], (*path, step)
                items = (self._fit(item, of, here, index) for index, item in enumerate(value))
                return [_zero(of) if item is None else item for item in items]
            case "{" if isinstance(value, dict):
                of, here = kind[2:], (*path, step)
                fitted = {key: self._fit(item, of, here, key) for key, item in value.items()}
                return {key: _zero(of) if item is None else item for key, item in fitted.items()}
            case "@" | "[" | "{":
                self._wrong(value, kind, (*path, step))
                return None
        fitting = _SCALARS[kind](value)
        if fitting is None:
            self._wrong(value, kind, (*path, step))
        return fitting

    def _wrong(self, value: object, kind: str, path: Path) -> None:
        if kind == "quantity" and isinstance(value, str | int | float) and not isinstance(value, bool):
            hint = "write a number with a suffix such as `m`, `k`, `M`, `G`, `Ki`, `Mi` or `Gi`"
            number = float_text(value) if isinstance(value, float) else value
            self._report.add("wrong-type", path, f"is {shown(number)}, which is not a quantity", hint)
            return
        wanted = _WANTED.get(kind, "a list" if kind[0] == "[" else "a map")
        found = next(name for shape, name in _NAMES.items() if isinstance(value, shape))
        exact = ""
        if isinstance(value, int | float) and _MAY_HOLD_SECRETS.isdisjoint(path):
            exact = f" ({shown(_as_json(value))})"
        hint = "put it in quotes" if kind == "string" and isinstance(value, bool | int | float) else ""
        self._report.add("wrong-type", path, f"is {found}{exact} but Kubernetes wants {wanted}", hint)

    def _unknown(self, key: str, name: str, path: Path) -> None:
        otherwise = "the kubelet drops unknown fields without an error"
        few = len(self._report.notes) < _MOST_GUESSES
        hint = f"{did_you_mean(key, self._types[name])} {otherwise}".lstrip() if few else otherwise
        message = f"is not a field of a {name}"
        self._report.add("unknown-field", (*path, key), message, hint, key=True)


def _is_int(value: object, bits: int) -> bool:
    return type(value) is int and -(1 << bits) <= value < 1 << bits


_BLANKS = "".join(
    chr(code) for code in range(0x20, 0x3001) if chr(code).isspace() and code not in (0x2028, 0x2029)
)


def _quantity(value: object) -> str | None:
    text = float_text(value) if isinstance(value, float) else value
    if isinstance(text, bool) or not isinstance(text, str | int):
        return None
    # `Quantity.UnmarshalJSON` trims the JSON text, in which a tab or a line's end is an escape, no blank
    bare = str(text).strip(_BLANKS)
    return bare if parse_quantity(bare) is not None else None


#: fields whose values are the user's own; whether one is a secret a message cannot know
_MAY_HOLD_SECRETS = frozenset(["annotations", "args", "command", "value"])

_SCALARS: dict[str, Callable[[object], object]] = {
    "string": lambda value: value if isinstance(value, str) else None,
    "bool": lambda value: value if isinstance(value, bool) else None,
    "int32": lambda value: value if _is_int(value, 31) else None,
    "int64": lambda value: value if _is_int(value, 63) else None,
    "int-or-string": lambda value: value if isinstance(value, str) or _is_int(value, 31) else None,
    "quantity": _quantity,
    "time": lambda value: value if isinstance(value, str) and _is_time(value) else None,
    "duration": lambda value: value if isinstance(value, str) and seconds_of(value) is not None else None,
    "duration-or-number": lambda value: value if _is_int(value, 63) else _SCALARS["duration"](value),
    "float64": lambda value: value if type(value) in (int, float) else None,
    "uint32": lambda value: value if type(value) is int and 0 <= value < 1 << 32 else None,
}


def _as_json(value: float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _zero(kind: str) -> object:
    """Go's zero value, for a null inside a list or map."""
    if kind[0] in "@{":
        return {}
    if kind[0] == "[":
        return []
    return {"bool": False, "int32": 0, "int64": 0, "int-or-string": 0, "quantity": "0"}.get(kind, "")


def _is_time(value: str) -> bool:
    try:
        return bool(_TIME.fullmatch(value) and date.fromisoformat(value[:10].replace("0000", "0004", 1)))
    except ValueError:
        return False
