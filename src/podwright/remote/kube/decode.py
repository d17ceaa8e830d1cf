"""Takes parts out of JSON objects that nobody vouches for: bounded, and empty where the shape is another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

JsonObject = Mapping[str, object]

MAX_TEXT = 1024


def text_of(thing: JsonObject, key: str, limit: int = MAX_TEXT) -> str:
    """The string under `key`, cut to `limit` characters; "" where there is none or it is something else."""
    value = thing.get(key)
    return value[:limit] if isinstance(value, str) else ""


def object_of(thing: JsonObject, key: str) -> JsonObject:
    """The object under `key`; an empty one where there is none or it is something else."""
    value = thing.get(key)
    return value if isinstance(value, dict) else {}


def objects_of(thing: JsonObject, key: str) -> Iterator[JsonObject]:
    """The objects of the list under `key`; whatever else the list holds is passed over."""
    value = thing.get(key)
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
