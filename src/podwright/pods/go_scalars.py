"""What a YAML scalar means to Go: the resolver of go-yaml v2, which Kubernetes reads manifests with."""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from decimal import Decimal

from podwright.pods.go_values import UnreadableError

_PREFIX = "tag:yaml.org,2002:"
_STR, _INT, _FLOAT, _BOOL, _NULL = (_PREFIX + name for name in ("str", "int", "float", "bool", "null"))
_BINARY, _TIMESTAMP = _PREFIX + "binary", _PREFIX + "timestamp"
MERGE_TAG = _PREFIX + "merge"

_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_WORDS: dict[str, tuple[str, object]] = {
    **dict.fromkeys(_TRUE, (_BOOL, True)),
    **dict.fromkeys(_FALSE, (_BOOL, False)),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), (_NULL, None)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), (_FLOAT, math.nan)),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), (_FLOAT, math.inf)),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), (_FLOAT, -math.inf)),
}
# so many digits fit an int64
_SHORT = 19
#: what the text of a scalar begins with that may be anything else than text; nothing, too
HINTS = frozenset("+-0123456789yYnNtTfFoO~.")
_DECIMAL_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<bin>[01]+)|0[oO]?(?P<oct>[0-7]+)|(?P<dec>0|[1-9][0-9]*))"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt ].+)")
_LARGEST_FLOAT32 = 3.4028235677973366e38
_BASES = {"hex": 16, "bin": 2, "oct": 8, "dec": 10}
INT64_MIN, INT64_MAX, UINT64_MAX = -(2**63), 2**63 - 1, 2**64 - 1


def resolve(tag: str, text: str, *, implicit: bool) -> object:
    """Return the Go value of a scalar with this tag (`""` for none); `implicit` is false for a quoted one.

    Raises UnreadableError where go-yaml fails: a tag that the text does not fit.
    Source: go.yaml.in/yaml/v2 `resolve.go` and `decode.go:scalar`.
    """
    if tag in {"", "!"} and not implicit:
        return text
    if tag == _BINARY:
        return _binary(text)
    if tag == _STR or (tag not in {"", "!"} and tag not in {_INT, _FLOAT, _BOOL, _NULL, _TIMESTAMP}):
        return text
    found, value = _guess(text)
    if tag in {"", "!"} or tag == found or (tag == _FLOAT and found == _INT):
        return value
    raise UnreadableError(f"cannot decode !!{_short(found)} `{text[:80]}` as a !!{_short(tag)}")


def plain_value(text: str) -> object:
    """The Go value of a scalar without quotes and without a tag."""
    if text.isdigit() and text.isascii() and text[0] != "0" and len(text) < _SHORT:
        return int(text)
    return _guess(text)[1]


def _short(tag: str) -> str:
    return tag.removeprefix(_PREFIX)


def _binary(text: str) -> str:
    try:
        return base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        raise UnreadableError("!!binary value contains invalid base64 data") from None


def _guess(text: str) -> tuple[str, object]:
    if text and text[0] not in HINTS:
        return _STR, text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] == ".":
        bare = text.replace("_", "")
        return _float(bare, text) if _DECIMAL_FLOAT.fullmatch(bare) else (_STR, text)
    if text[0] in "+-0123456789":
        return _number(text)
    return _STR, text


def _number(text: str) -> tuple[str, object]:
    if _DATE.fullmatch(text):
        return _TIMESTAMP, text
    bare = text.replace("_", "")
    integer = parse_integer(bare)
    if integer is not None:
        return _INT, integer
    if _DECIMAL_FLOAT.fullmatch(bare):
        return _float(bare, text)
    return _STR, text


def parse_integer(text: str) -> int | None:
    """Go's `strconv.ParseInt(text, 0, 64)`, then `ParseUint`: None where both fail."""
    match = _INTEGER.fullmatch(text)
    if match is None or match.lastgroup is None or len(text) > 70:
        return None
    value = int(match[match.lastgroup], _BASES[match.lastgroup])
    signed = -value if match["sign"] == "-" else value
    ceiling = INT64_MAX if match["sign"] else UINT64_MAX
    return signed if INT64_MIN <= signed <= ceiling else None


def _float(digits: str, text: str) -> tuple[str, object]:
    value = float(digits)
    return (_STR, text) if math.isinf(value) else (_FLOAT, value)


def float_text(value: float) -> str:
    """Write a float as Go's `encoding/json` does: plain digits from 1e-6 up to 1e21, otherwise an exponent."""
    digits = repr(value)
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return _without_exponent(digits).removesuffix(".0")
    mantissa, _, exponent = digits.partition("e")
    if not exponent:
        mantissa, _, exponent = f"{value:e}".partition("e")
    sign = "-" if exponent.startswith("-") else "+"
    return f"{mantissa.removesuffix('.0')}e{sign}{exponent.lstrip('+-0') or '0'}"


def _without_exponent(digits: str) -> str:
    if "e" not in digits:
        return digits
    return format(Decimal(digits), "f")


def _shortest32(value: float) -> str:
    for precision in range(1, 10):
        digits = f"{value:.{precision}g}"
        if struct.pack("f", float(digits)) == struct.pack("f", value):
            return repr(float(digits))
    return repr(value)


def settle(value: float) -> int | float:
    """A float after its way through JSON: whole numbers below 1e21 lose their point and read as integers."""
    if not math.isfinite(value):
        raise UnreadableError(f"json: unsupported value: {'NaN' if math.isnan(value) else 'Inf'}")
    return int(float_text(value)) if value.is_integer() and abs(value) < 1e21 else value


def key_text(key: object) -> str:
    """The JSON member name that sigs.k8s.io/yaml makes of a mapping key.

    Raises UnreadableError for keys that it refuses (null, integers above int64, and non-scalars).
    """
    if isinstance(key, str):
        return key
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int) and INT64_MIN <= key <= INT64_MAX:
        return str(key)
    if isinstance(key, float):
        return _float_key(key)
    raise UnreadableError("unsupported map key: it is neither text, a number nor a boolean")


def _float_key(key: float) -> str:
    """Go's `strconv.FormatFloat(key, 'g', -1, 32)`: an exponent below 1e-4 and from 1e6 on."""
    if math.isnan(key):
        return ".nan"
    if abs(key) > _LARGEST_FLOAT32:
        return ".inf" if key > 0 else "-.inf"
    digits = Decimal(_shortest32(key))
    if not digits or 1e-4 <= abs(key) < 999999.5:
        return format(digits, "f").removesuffix(".0")
    mantissa, _, exponent = format(digits, "e").partition("e")
    mantissa = mantissa.rstrip("0").removesuffix(".") if "." in mantissa else mantissa
    return f"{mantissa}e{exponent[0]}{exponent[1:]:0>2}"
