"""Filters on lists, as Ansible has them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeGuard

from jinja2 import Environment, pass_environment
from jinja2.filters import do_unique, make_attrgetter

from podwright.expressions.text_filters import string

Sets = Callable[[set[object], set[object]], set[object]]


@pass_environment
def join(
    environment: Environment, items: Iterable[object], d: object = "", attribute: str | int | None = None
) -> str:
    values = items if attribute is None else map(make_attrgetter(environment, attribute), items)
    return string(d).join(map(string, values))


@pass_environment
def unique(
    environment: Environment, items: Iterable[Any], case_sensitive: bool = False, attribute: str | None = None
) -> list[object]:
    kept = list(items)
    try:
        return list(do_unique(environment, kept, bool(case_sensitive), attribute))
    except TypeError:
        return _distinct(kept)


def union(first: Iterable[object], second: Iterable[object]) -> list[object]:
    one, other = list(first), list(second)
    return _of_sets(operator.or_, one, other, [*one, *other])


def intersect(first: Iterable[object], second: Iterable[object]) -> list[object]:
    one, other = list(first), list(second)
    return _of_sets(operator.and_, one, other, [item for item in one if item in other])


def difference(first: Iterable[object], second: Iterable[object]) -> list[object]:
    one, other = list(first), list(second)
    return _of_sets(operator.sub, one, other, [item for item in one if item not in other])


def symmetric_difference(first: Iterable[object], second: Iterable[object]) -> list[object]:
    one, other = list(first), list(second)
    apart = [item for item in [*one, *other] if not (item in one and item in other)]
    return _of_sets(operator.xor, one, other, apart)


def flatten(items: Iterable[object], levels: int | None = None, skip_nulls: bool = True) -> list[object]:
    flat: list[object] = []
    for item in items:
        if skip_nulls and item in (None, "None", "null"):
            continue
        if not is_list(item) or levels == 0:
            flat.append(item)
        else:
            below = None if levels is None else int(levels) - 1
            flat += flatten(item, below, skip_nulls)
    return flat


@pass_environment
def extract(environment: Environment, item: object, container: object, morekeys: object = None) -> object:
    further = morekeys if is_list(morekeys) else [] if morekeys is None else [morekeys]
    for key in (item, *further):
        container = environment.getitem(container, key)
    return container


def subelements(
    items: Mapping[object, object] | Sequence[object], path: str | list[str], skip_missing: bool = False
) -> list[list[object]]:
    """Each item with each item of the list that it holds at `path`."""
    names = path.split(".") if isinstance(path, str) else path
    pairs: list[list[object]] = []
    for item in items.values() if isinstance(items, Mapping) else items:
        below: Any = item
        for name in names:
            if skip_missing and name not in below:
                below = []
                break
            below = below[name]
        pairs += ([item, one] for one in below)
    return pairs


def is_list(item: object) -> TypeGuard[Sequence[object]]:
    return isinstance(item, Sequence) and not isinstance(item, str | bytes)


def _of_sets(operation: Sets, one: list[object], other: list[object], slow: list[object]) -> list[object]:
    """Numbers come in the order of Python's sets, as in Ansible; texts, whose order there is random, as they came."""
    try:
        found = operation(set(one), set(other))
    except TypeError:
        return _distinct(slow)
    if all(isinstance(item, int | float) for item in found):
        return list(found)
    return [item for item in dict.fromkeys(slow) if item in found]


def _distinct(items: Iterable[object]) -> list[object]:
    found: list[object] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found
