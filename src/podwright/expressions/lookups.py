"""`lookup`, `query` and `q`: those that read nothing but the controller."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import product, zip_longest
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from jinja2.sandbox import MAX_RANGE

from podwright.expressions.errors import ExpressionError
from podwright.expressions.file_lookups import Controller, file, fileglob, first_found, named_in
from podwright.expressions.list_filters import flatten
from podwright.expressions.regex_filters import compiled
from podwright.expressions.undefined import MissingValue, first_missing
from podwright.lazy_pattern import lazy_pattern
from podwright.suggestion import did_you_mean

_RUNS_ELSEWHERE = "put its result into the inventory"
_REFUSED = {
    "password": "it makes a new one with each run: put the password into the inventory, in a vault",
    "random_choice": "equal input must give equal text: use `| random(seed=inventory_hostname)`",
    "pipe": f"it runs a program: {_RUNS_ELSEWHERE}",
    "lines": f"it runs a program: {_RUNS_ELSEWHERE}",
    "url": f"it asks a server: {_RUNS_ELSEWHERE}",
    "dig": f"it asks a server: {_RUNS_ELSEWHERE}",
    "k8s": f"it asks a server: {_RUNS_ELSEWHERE}",
    "hashi_vault": f"it asks a server: {_RUNS_ELSEWHERE}",
}
_SHORT_SEQUENCE = lazy_pattern(
    r"(?:(?P<start>[0-9]+)-)?(?P<end>[0-9]+)(?:/(?P<stride>[0-9]+))?(?::(?P<format>.+))?"
)
_SEQUENCE_OPTIONS = frozenset({"start", "end", "count", "stride", "format"})
#: one number in a text; a width without a bound would take all memory
_NUMBER_FORMAT = lazy_pattern(r"[^%]*%[-+ #0]*[0-9]{0,3}[dioxXs][^%]*")

Lookup = Callable[["Controller", Context, tuple[Any, ...], dict[str, Any]], list[object]]


class Lookups:
    """Calls lookups by their names; with `as_list`, as `query` does."""

    def __init__(self, controller: Controller, *, as_list: bool) -> None:
        self._controller = controller
        self._as_list = as_list

    @pass_context
    def __call__(self, context: Context, name: str, *terms: Any, **options: Any) -> object:  # noqa: ANN401
        as_list = options.pop("wantlist", False) or self._as_list
        errors = options.pop("errors", "strict")
        asked = first_missing((name, *terms))
        if asked is not None:
            return asked
        try:
            found = _named(name)(self._controller, context, terms, options)
        except ExpressionError:
            if errors == "strict":
                raise
            return [] if as_list else None
        return found if as_list else _as_one(found)


def _named(name: str) -> Lookup:
    short = name.removeprefix("ansible.builtin.").removeprefix("ansible.legacy.")
    if short in LOOKUPS:
        return LOOKUPS[short]
    message = f"there is no lookup `{name[:60]}`"
    if short.rpartition(".")[2] in _REFUSED:
        raise ExpressionError(message, _REFUSED[short.rpartition(".")[2]])
    raise ExpressionError(message, did_you_mean(name, LOOKUPS, f"there are {', '.join(LOOKUPS)}"))


def _as_one(found: list[object]) -> object:
    if len(found) == 1:
        return found[0]
    return ",".join(map(str, found)) if found and all(isinstance(item, str) for item in found) else found


def _env(_: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]) -> list[object]:
    del context
    names = [str(term).split()[0] for term in terms]
    return [os.environ.get(name, options.get("default", "")) for name in names]


def _vars(_: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]) -> list[object]:
    found = [context.resolve(name) for name in terms]
    return [
        options["default"] if isinstance(value, MissingValue) and "default" in options else value
        for value in found
    ]


def _varnames(
    _: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del options
    names = list(context.get_all())
    patterns = [compiled(str(term)) for term in terms]
    return [name for pattern in patterns for name in names if pattern.search(name)]


def _template(
    controller: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    if controller.render is None:
        raise ExpressionError("the lookup `template` works in templates only")
    return [controller.render(str(term), context, options.get("template_vars", {})) for term in terms]


def _dict(_: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]) -> list[object]:
    del context, options
    mappings = flatten(terms)
    return [{"key": key, "value": value} for mapping in mappings for key, value in mapping.items()]  # type: ignore[attr-defined]


def _items(_: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]) -> list[object]:
    del context, options
    return flatten(terms, levels=1)


def _list(_: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]) -> list[object]:
    del context, options
    return list(terms)


def _indexed(
    _: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del context, options
    return [[number, item] for number, item in enumerate(flatten(terms))]


def _together(
    _: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del context, options
    return [flatten(items, skip_nulls=False) for items in zip_longest(*terms)]


def _nested(_: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]) -> list[object]:
    del context, options
    return [flatten(items) for items in product(*terms)]


def _sequence(
    _: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
) -> list[object]:
    del context
    return [text for term in terms or ("",) for text in _numbers(str(term), options)]


def _numbers(term: str, options: dict[str, Any]) -> Iterator[str]:
    short = _SHORT_SEQUENCE.fullmatch(term)
    rest, given = named_in(term, options, _SEQUENCE_OPTIONS)
    if short:
        rest, given = "", {**options, **{name: said for name, said in short.groupdict().items() if said}}
    start, stride, form = (
        int(given.get("start", 1)),
        int(given.get("stride", 1)),
        str(given.get("format", "%d")),
    )
    if rest or not _NUMBER_FORMAT.fullmatch(form) or ("end" in given) == ("count" in given):
        raise ExpressionError("`sequence` cannot read this", "write `start=1 end=5 stride=2 format=web-%02d`")
    end = int(given["end"]) if "end" in given else start + int(given["count"]) * stride - 1
    if stride == 0 or ("count" in given and int(given["count"]) == 0):
        return
    if (end - start) * stride < 0:
        raise ExpressionError("`sequence` never ends", "the sign of `stride` is the direction it counts in")
    numbers = range(start, end + (1 if stride > 0 else -1), stride)
    if len(numbers) > MAX_RANGE:
        raise ExpressionError(f"`sequence` ends at {MAX_RANGE} numbers")
    yield from (form % number for number in numbers)


def _keyed(name: str) -> Lookup:
    """A lookup whose readers are imported when it is called."""

    def lookup(
        controller: Controller, context: Context, terms: tuple[Any, ...], options: dict[str, Any]
    ) -> list[object]:
        from podwright.expressions import keyed_lookups

        read: Lookup = getattr(keyed_lookups, name)
        return read(controller, context, terms, options)

    return lookup


LOOKUPS: dict[str, Lookup] = {
    "csvfile": _keyed("csvfile"),
    "dict": _dict,
    "env": _env,
    "file": file,
    "fileglob": fileglob,
    "first_found": first_found,
    "indexed_items": _indexed,
    "ini": _keyed("ini"),
    "items": _items,
    "list": _list,
    "nested": _nested,
    "sequence": _sequence,
    "template": _template,
    "together": _together,
    "varnames": _varnames,
    "vars": _vars,
}
