"""Reads a file as the kubelet does: the first YAML document by go-yaml's rules, or JSON after a `{`.

libyaml, through PyYAML, scans and parses (go-yaml is a port of it); what the parts mean is decided here.
Source: apimachinery `util/yaml/decoder.go:ToJSON`, sigs.k8s.io/yaml `YAMLToJSON`, go.yaml.in/yaml/v2.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache

from podwright.pods.go_json import decode_json
from podwright.pods.go_scalars import INT64_MIN, UINT64_MAX, settle
from podwright.pods.go_values import Decoded, UnreadableError
from podwright.pods.go_yaml_composer import Composer
from podwright.pods.yaml_events import BadByteError, OddEscapeError

LIMIT = 10 * 1024 * 1024
_MOST_QUOTES = 100
_PIECE = 512
_SPACES = b" \t\n\v\f\r"


def decode(data: bytes) -> Decoded:
    """Return what the kubelet's decoder makes of the bytes of a file; an empty one is `None`.

    Raises UnreadableError for what it refuses, and for nesting beyond 200 levels, which no pod has.
    """
    if len(data) >= LIMIT:
        raise UnreadableError("the read limit is reached: the kubelet reads less than 10 MiB")
    if data.lstrip(_SPACES).startswith(b"{"):
        value, repeated = decode_json(data)
        return Decoded(value, repeated)
    try:
        return _first_document(data)
    except BadByteError as error:
        return _before_bad_byte(data, error)


def _first_document(data: bytes) -> Decoded:
    for _ in range(_MOST_QUOTES):
        try:
            return Composer(data).first_document()
        except OddEscapeError as error:
            data = error.without_escape(data)
    raise UnreadableError("too many escaped quotes")


def _before_bad_byte(data: bytes, error: BadByteError) -> Decoded:
    """go-yaml reads in pieces of 512 bytes and stops after the first document: what comes later it never sees."""
    with suppress(UnreadableError):
        read = _first_document(data[: error.offset - error.offset % _PIECE])
        if read.more_documents:
            return read
    raise error


@lru_cache(maxsize=32)
def decode_again(data: bytes) -> Decoded:
    """`decode`, remembering the last few answers; take them as read-only."""
    return decode(data)


def settled(value: object) -> object:
    """A decoded value in built-in dicts and lists, each number in the one form YAML and JSON agree on."""
    if isinstance(value, (dict, Mapping)):
        return {name: item if type(item) is str else settled(item) for name, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) is str else settled(item) for item in value]
    if isinstance(value, int) and not INT64_MIN <= value <= UINT64_MAX:
        return settle(float(value))
    return settle(value) if isinstance(value, float) else value
