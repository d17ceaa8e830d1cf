"""Imports a library without what it imports for little or for nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType


@contextmanager
def standing_in(name: str, **members: object) -> Iterator[None]:
    """Inside, a module `name` that holds nothing but `members` is imported in place of the real one.

    If the real one was imported before, it stays.
    """
    if name in sys.modules:
        yield
        return
    stand_in = ModuleType(name)
    vars(stand_in).update(members)
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        del sys.modules[name]


def unread_metadata() -> AbstractContextManager[None]:
    """For libraries that ask for their own version: the answer costs all of `email`, one fortieth of a push on 20 nodes."""
    return standing_in(
        "importlib.metadata", version=lambda _package: "unknown", PackageNotFoundError=LookupError
    )
