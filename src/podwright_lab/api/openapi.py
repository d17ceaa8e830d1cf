"""As much of an OpenAPI document as kubectl wants to see before it creates, applies or edits anything.

It asks for `/openapi/v2` in protobuf (gnostic's `OpenAPIv2.proto`, whose field numbers these are) and looks there
whether the server checks fields itself, for which it searches the PATCH operation of the kind. No schemas are given:
without one, kubectl skips its own check.
"""

from __future__ import annotations

from podwright_lab.api.kinds import KINDS, Kind

#: The type that kubectl asks for has an `@`, which its own parser of answers does not take.
MEDIA_TYPE = "application/octet-stream"


def document() -> bytes:
    paths = b"".join(
        _text(2, _named(path, _path_item(kind))) for kind in KINDS.values() for path in _paths(kind)
    )
    information = _text(1, b"podwright lab") + _text(2, b"v1.36.2")
    return _text(1, b"2.0") + _text(2, information) + _text(8, paths)


def _paths(kind: Kind) -> tuple[str, ...]:
    prefix = f"/apis/{kind.group}/v1" if kind.group else "/api/v1"
    middle = "/namespaces/{namespace}" if kind.namespaced else ""
    return (f"{prefix}{middle}/{kind.plural}/{{name}}",)


def _path_item(kind: Kind) -> bytes:
    query = _text(2, b"query") + _text(4, b"fieldValidation")
    parameter = _text(1, _text(2, _text(3, query)))
    group_version_kind = f"group: {kind.group!r}\nkind: {kind.kind}\nversion: v1\n".replace("'", '"')
    extension = _named("x-kubernetes-group-version-kind", _text(2, group_version_kind.encode()))
    return _text(8, _text(8, parameter) + _text(13, extension))


def _named(name: str, value: bytes) -> bytes:
    return _text(1, name.encode()) + _text(2, value)


def _text(number: int, value: bytes) -> bytes:
    """A length-delimited field: bytes, a string or a message."""
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
