"""A module stands in for another only while a library is imported, and never for one that was imported before."""

from __future__ import annotations

import sys

import pytest

from podwright.light_import import standing_in


def test_a_stand_in_holds_what_it_was_given_and_goes_with_the_block() -> None:
    with standing_in("no_such_module", answer=42):
        from no_such_module import answer  # type: ignore[import-not-found]
    assert answer == 42
    with pytest.raises(ModuleNotFoundError), standing_in("no_such_module"):
        import no_such_module.inner  # noqa: F401
    assert "no_such_module" not in sys.modules


def test_what_was_imported_before_stays() -> None:
    import json

    with standing_in("json", dumps=None):
        import json as inside
    assert inside is json
    assert sys.modules["json"] is json
    assert json.dumps({}) == "{}"
