"""Takes parts out of untrusted JSON objects: bounded, and empty if the shape differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

JsonObject = Mapping[str, object]

MAX_TEXT = 1024


def text_of(thing: JsonObject, key: str, limit: int = MAX_TEXT) -> str:
    """The string under `key`, cut to `limit` characters; "" if it is missing or not a string."""
    value = thing.get(key)
    return value[:limit] if isinstance(value, str) else ""


def object_of(thing: JsonObject, key: str) -> JsonObject:
    """The object under `key`; an empty one if it is missing or not an object."""
    value = thing.get(key)
    return value if isinstance(value, dict) else {}


def objects_of(thing: JsonObject, key: str) -> Iterator[JsonObject]:
    """The objects of the list under `key`; other items are skipped."""
    value = thing.get(key)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
