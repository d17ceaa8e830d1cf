"""Whether a document fits a JSON Schema, as far as ours go: the keywords that scripts/fact-schema writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_TYPES = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "object": Mapping, "array": list,
    "null": type(None),
}  # fmt: skip
_KEYWORDS = {
    "$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "description", "enum", "items", "properties",
    "required", "title", "type",
}  # fmt: skip


def faults(value: object, schema: Mapping, whole: Mapping, at: str = "") -> Iterator[str]:
    """Where it does not fit, and why."""
    assert set(schema) <= _KEYWORDS, set(schema) - _KEYWORDS
    if "$ref" in schema:
        yield from faults(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole, at)
    if "anyOf" in schema and all(any(faults(value, one, whole, at)) for one in schema["anyOf"]):
        yield f"{at}: fits none of {len(schema['anyOf'])}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: is {value!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: is {value!r}"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is_a(value, kind) for kind in kinds):
        yield f"{at}: {value!r} is no {kinds}"
        return
    if isinstance(value, Mapping):
        known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
        yield from (f"{at}: has no {name}" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            if name in known or isinstance(others, Mapping):
                yield from faults(item, known.get(name, others), whole, f"{at}.{name}")
            elif not others:
                yield f"{at}: has {name}"
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from faults(item, schema["items"], whole, f"{at}[{number}]")


def _is_a(value: object, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])
