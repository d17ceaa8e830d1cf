"""One page of a list, out of the objects of a kind as they were at one version."""

from __future__ import annotations

from dataclasses import dataclass

from podwright_lab.api.contents import key_of, within
from podwright_lab.api.journal import Key
from podwright_lab.api.objects import Object
from podwright_lab.api.paging import Start, cut, token
from podwright_lab.api.selectors import Matches


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a list; the items are the store's own: read them, never alter them."""

    items: tuple[Object, ...]
    resource_version: str
    continue_token: str | None = None
    remaining: int | None = None


def page_of(
    objects: dict[Key, Object],
    start: Start,
    namespace: str | None,
    matches: Matches,
    *,
    limit: int | None,
    selective: bool,
) -> Page:
    """In the order of namespace and name; how many remain is shown only if no selector was given."""
    keys = sorted(key for key in objects if key > start.after and within(namespace, key))
    chosen, rest = cut([objects[key] for key in keys if matches(objects[key])], limit)
    if not rest:
        return Page(tuple(chosen), str(start.version))
    following = token(start.version, key_of(chosen[-1]))
    return Page(tuple(chosen), str(start.version), following, None if selective else rest)
