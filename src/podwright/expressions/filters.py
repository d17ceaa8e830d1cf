"""The filters and tests of templates: Jinja's, and those that Ansible adds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.tests import TESTS as JINJA_TESTS

from podwright.expressions import data_filters, list_filters, text_filters
from podwright.expressions.failure import ExpressionError
from podwright.expressions.missing import MissingValue, name_of


def mandatory(value: object, message: str = "") -> object:
    if isinstance(value, MissingValue):
        named = f"`{name_of(value)}`" if name_of(value) else "a value"
        raise ExpressionError(
            message or f"{named} is mandatory and undefined", "give it a value in the inventory"
        )
    return value


def ternary(value: object, if_true: object, if_false: object, if_none: object = None) -> object:
    if value is None and if_none is not None:
        return if_none
    return if_true if value else if_false


OWN_FILTERS: dict[str, Callable[..., object]] = {
    "b64decode": data_filters.b64decode,
    "b64encode": data_filters.b64encode,
    "basename": text_filters.basename,
    "bool": text_filters.to_bool,
    "combine": list_filters.combine,
    "dict2items": list_filters.dict2items,
    "difference": list_filters.difference,
    "dirname": text_filters.dirname,
    "from_json": data_filters.from_json,
    "from_yaml": data_filters.from_yaml,
    "hash": data_filters.digest,
    "intersect": list_filters.intersect,
    "items2dict": list_filters.items2dict,
    "join": list_filters.join,
    "mandatory": mandatory,
    "quote": text_filters.quote,
    "regex_replace": text_filters.regex_replace,
    "regex_search": text_filters.regex_search,
    "split": text_filters.split,
    "string": text_filters.string,
    "ternary": ternary,
    "to_json": data_filters.to_json,
    "to_nice_json": data_filters.to_nice_json,
    "to_nice_yaml": data_filters.to_nice_yaml,
    "to_yaml": data_filters.to_yaml,
    "union": list_filters.union,
    "unique": list_filters.unique,
}
#: Jinja's own without `random`: equal input must give equal text, or each push would restart the pod.
FILTERS: dict[str, Callable[..., Any]] = {**JINJA_FILTERS, **OWN_FILTERS}
del FILTERS["random"]
TESTS: dict[str, Callable[..., Any]] = {
    **cast("dict[str, Callable[..., Any]]", JINJA_TESTS),
    "match": text_filters.match,
    "search": text_filters.search,
}
