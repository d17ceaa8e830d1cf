"""The few request bodies that newer kubectls send as protobuf, read into the JSON they would be.

The envelope is `runtime.Unknown` behind the magic `k8s\\0`; the field numbers are those of the `generated.proto`
files in `staging/src/k8s.io/api`. kubectl sends all else as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from podwright_lab.api.api_error import bad_request
from podwright_lab.api.objects import Object

MEDIA_TYPE = "application/vnd.kubernetes.protobuf"
_MAGIC = b"k8s\0"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Message:
    """Fields by number: a name, and what it holds.

    `str`, `int`, `bool`, `bytes`, `list` (of strings), `dict` (string to string), `Fraction` (string to quantity), or
    a Message.
    """

    fields: dict[int, tuple[str, type | Message]]


_METADATA = Message(
    {
        1: ("name", str),
        2: ("generateName", str),
        3: ("namespace", str),
        5: ("uid", str),
        6: ("resourceVersion", str),
        11: ("labels", dict),
        12: ("annotations", dict),
        14: ("finalizers", list),
    }
)
_ATTRIBUTES = Message(
    {
        1: ("namespace", str),
        2: ("verb", str),
        3: ("group", str),
        4: ("version", str),
        5: ("resource", str),
        6: ("subresource", str),
        7: ("name", str),
    }
)
_NON_RESOURCE = Message({1: ("path", str), 2: ("verb", str)})
_KINDS = {
    "Namespace": Message({1: ("metadata", _METADATA)}),
    "SelfSubjectReview": Message({1: ("metadata", _METADATA)}),
    "SelfSubjectAccessReview": Message(
        {
            1: ("metadata", _METADATA),
            2: (
                "spec",
                Message(
                    {1: ("resourceAttributes", _ATTRIBUTES), 2: ("nonResourceAttributes", _NON_RESOURCE)}
                ),
            ),
        }
    ),
    "SelfSubjectRulesReview": Message(
        {1: ("metadata", _METADATA), 2: ("spec", Message({1: ("namespace", str)}))}
    ),
    "ResourceQuota": Message(
        {1: ("metadata", _METADATA), 2: ("spec", Message({1: ("hard", Fraction), 2: ("scopes", list)}))}
    ),
    "PriorityClass": Message(
        {
            1: ("metadata", _METADATA),
            2: ("value", int),
            3: ("globalDefault", bool),
            4: ("description", str),
            5: ("preemptionPolicy", str),
        }
    ),
    "DeleteOptions": Message(
        {
            1: ("gracePeriodSeconds", int),
            2: ("preconditions", Message({1: ("uid", str), 2: ("resourceVersion", str)})),
            4: ("propagationPolicy", str),
            5: ("dryRun", list),
        }
    ),
}
_ENVELOPE = Message({1: ("type", Message({1: ("apiVersion", str), 2: ("kind", str)})), 2: ("raw", bytes)})


def decode(body: bytes) -> Object:
    """Raises ApiError 400 for what is damaged, or of a kind that is not read here."""
    if not body.startswith(_MAGIC):
        raise bad_request(
            "the object provided is unrecognized: provided data does not appear to be a protobuf message"
        )
    try:
        envelope = _message(_ENVELOPE, body[len(_MAGIC) :])
        kind = envelope.get("type", {}).get("kind", "")
        if kind not in _KINDS:
            raise bad_request(f"the lab's API reads no {kind or 'unnamed kind'} from protobuf, send JSON")
        return {**envelope["type"], **_message(_KINDS[kind], envelope.get("raw", b""))}
    except (IndexError, ValueError):
        raise bad_request("the object provided is unrecognized: damaged protobuf") from None


def _message(message: Message, data: bytes) -> Object:
    decoded: Object = {}
    for number, value in _fields(data):
        if number in message.fields:
            name, kind = message.fields[number]
            _take(decoded, name, kind, value)
    return decoded


def _take(decoded: Object, name: str, kind: type | Message, value: int | bytes) -> None:
    if kind in (int, bool):
        decoded[name] = bool(value) if kind is bool else _signed(int(value))
        return
    if not isinstance(value, bytes):
        raise IndexError(name)
    if isinstance(kind, Message):
        decoded[name] = _message(kind, value)
    elif kind is list:
        decoded.setdefault(name, []).append(value.decode())
    elif kind in (dict, Fraction):
        entry = _texts(value)
        text = _texts(entry.get(2, b"")).get(1, b"") if kind is Fraction else entry.get(2, b"")
        decoded.setdefault(name, {})[entry.get(1, b"").decode()] = text.decode()
    elif kind is bytes:
        decoded[name] = value
    elif value:
        decoded[name] = value.decode()


def _texts(data: bytes) -> dict[int, bytes]:
    return {number: value for number, value in _fields(data) if isinstance(value, bytes)}


def _signed(value: int) -> int:
    return value - (1 << 64) if value >> 63 else value


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Raises ValueError or IndexError at the first byte that does not fit."""
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        if tag & 7 == _VARINT:
            value, position = _varint(data, position)
            yield tag >> 3, value
            continue
        if tag & 7 == _BYTES:
            length, position = _varint(data, position)
        elif tag & 7 in (_FIXED32, _FIXED64):
            length = 4 if tag & 7 == _FIXED32 else 8
        else:
            raise ValueError(f"wire type {tag & 7}")
        if position + length > len(data):
            raise IndexError(position)
        yield tag >> 3, data[position : position + length]
        position += length


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, position
        if shift > 63:
            raise ValueError("a number of more than 64 bits")
