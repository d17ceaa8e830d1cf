"""The one way from a value (a task, a plan, a result) to a JSON document and back: by the types of its fields.

A value is a mapping of its fields, a tuple a list, bytes base64; where several types may stand, the document
names it. A field that is never shown (`repr=False`) does not travel and takes its default, a Secret refuses to.
"""

# ruff: noqa: ANN401 - types as values, and JSON: both are of any kind
from __future__ import annotations

import base64
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from podwright.plan.changes import Subject
from podwright.plan.manifest_files import ManifestFile
from podwright.plan.provision.item import Thing
from podwright.secret import Secret

T = TypeVar("T")
Document = None | bool | int | float | str | list["Document"] | dict[str, "Document"]

_PLAIN = (bool, int, float, str)
#: every kind of thing that a change can be of
KINDS: tuple[type, ...] = (ManifestFile, Thing)


def to_document(value: object, of: Any = None) -> Document:
    """`of` is the value's type, with its arguments if it has any; by default its class. Raises TypeError."""
    of = of or type(value)
    if type(value) is of and of in _PLAIN:
        return value  # type: ignore[return-value]
    origin, arguments = get_origin(of), get_args(of)
    choices = _choices(of)
    if choices:
        return _chosen(value, choices)
    if isinstance(value, Secret):
        raise TypeError("a secret does not travel")
    if isinstance(value, Enum):
        return to_document(value.value)
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if origin is tuple and isinstance(value, tuple):
        return [to_document(item, one) for item, one in zip(value, _each(arguments, len(value)), strict=True)]
    if isinstance(value, Mapping) and len(arguments) == 2:
        return [
            [to_document(key, arguments[0]), to_document(item, arguments[1])] for key, item in value.items()
        ]
    if _has_fields(type(value)):
        return {name: to_document(getattr(value, name), hint) for name, hint in _travelling(of)}
    raise TypeError(f"a {type(value).__name__} does not travel")


def from_document(of: type[T] | Any, document: Any) -> T:
    """The value of the type `of` that the document was made of. Raises TypeError, ValueError or KeyError if it was not."""
    found: Any = _value(of, document)
    return found  # type: ignore[no-any-return]


def _value(of: Any, document: Any) -> object:
    origin, arguments = get_origin(of), get_args(of)
    choices = _choices(of)
    if choices:
        return _choice(choices, document)
    if of is type(None) and document is None:
        return None
    if of is bytes:
        return base64.b64decode(document, validate=True)
    if of in _PLAIN:
        if type(document) is not of and not (of is float and type(document) is int):
            raise TypeError(f"`{document!r}` is not a {of.__name__}")
        return of(document)
    if origin is tuple:
        each = _each(arguments, len(document))
        return tuple(_value(one, item) for one, item in zip(each, document, strict=True))
    if len(arguments) == 2 and issubclass(origin, Mapping):
        return {_value(arguments[0], key): _value(arguments[1], item) for key, item in document}
    base = origin or of
    if issubclass(base, Enum):
        return base(document)
    if not _has_fields(base):
        raise TypeError(f"a {base.__name__} does not travel")
    made: Any = base
    return made(**{name: _value(hint, document[name]) for name, hint in _travelling(of)})


def _each(arguments: tuple[Any, ...], count: int) -> tuple[Any, ...]:
    return arguments[:1] * count if arguments[1:] == (...,) else arguments


def _choices(of: Any) -> tuple[Any, ...]:
    """The types that are allowed there, if more than one."""
    if of is Subject:
        return KINDS
    return get_args(of) if get_origin(of) in (Union, types.UnionType) else ()


def _chosen(value: object, choices: tuple[Any, ...]) -> Document:
    if value is None:
        return None
    fitting = [one for one in choices if isinstance(value, get_origin(one) or one)]
    if type(value) is int and float in choices:
        fitting = [float]
    if not fitting:
        raise TypeError(f"a {type(value).__name__} does not travel there")
    document = to_document(value, _one_of(fitting))
    return document if _says_itself(choices) else {"type": type(value).__name__, "value": document}


def _one_of(fitting: list[Any]) -> Any:
    """Of generic types that differ in their arguments alone, the bare one: its content then shows which it is."""
    return fitting[0] if len(fitting) == 1 else get_origin(fitting[0]) or fitting[0]


def _choice(choices: tuple[Any, ...], document: Any) -> object:
    if document is None:
        return None
    if _says_itself(choices):
        others = [one for one in choices if one is not type(None)]
        return _value(others[0] if len(others) == 1 else type(document), document)
    named = [one for one in choices if (get_origin(one) or one).__name__ == document["type"]]
    return _value(_one_of(named), document["value"])


def _says_itself(choices: tuple[Any, ...]) -> bool:
    """Whether a document needs no word for its type: one type or nothing, or JSON's own."""
    others = [one for one in choices if one is not type(None)]
    return choices is not KINDS and (len(others) == 1 or all(one in _PLAIN for one in others))


@cache
def _travelling(of: Any) -> tuple[tuple[str, Any], ...]:
    """Name and type of each field that travels, a generic class's with its arguments put in."""
    base = get_origin(of) or of
    parameters = getattr(base, "__parameters__", ())
    given = dict(zip(parameters, get_args(of) or (_bound(one) for one in parameters), strict=True))
    hints = get_type_hints(base)
    return tuple((name, _put_in(hints[name], given)) for name in _shown_fields(base))


def _has_fields(of: type) -> bool:
    return issubclass(of, Struct) or is_dataclass(of)


def _shown_fields(of: Any) -> tuple[str, ...]:
    if issubclass(of, Struct):
        return tuple(of.__struct_fields__)
    for field in fields(of):
        if not field.repr and field.default is MISSING and field.default_factory is MISSING:
            raise TypeError(f"`{field.name}` of a {of.__name__} does not travel, and has no default")
    return tuple(field.name for field in fields(of) if field.repr)


def _bound(parameter: Any) -> Any:
    return parameter.__bound__ or object


def _put_in(hint: Any, given: Mapping[Any, Any]) -> Any:
    """The type with its parameters' arguments; such as `tuple[NodeResult[Value], ...]`."""
    if hint in given:
        return given[hint]
    parameters = getattr(hint, "__parameters__", ())
    return hint[tuple(given.get(one, one) for one in parameters)] if parameters else hint
