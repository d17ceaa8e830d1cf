"""Events are values."""

from __future__ import annotations

import pickle
from typing import get_args

import pytest
from msgspec import Struct

from podwright.plan import events
from podwright.plan.events import Event, FilesSeen, LockHeld, RuntimeSeen, Written
from podwright.plan.observed import ObservedLock


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_is_a_frozen_value_that_says_what_it_means(kind: type) -> None:
    assert issubclass(kind, Struct)
    assert kind.__struct_config__.frozen
    assert kind.__doc__


def test_every_kind_is_in_the_union() -> None:
    defined = {kind for kind in vars(events).values() if getattr(kind, "__module__", "") == events.__name__}
    assert {kind for kind in defined if isinstance(kind, type)} == set(get_args(Event))


@pytest.mark.parametrize(
    "event",
    [
        Written(1.5, "web.yaml"),
        FilesSeen({"web.yaml": "0" * 64}),
        RuntimeSeen(1.5, ()),
        LockHeld(ObservedLock("id", "ada")),
    ],
)
def test_an_event_is_equal_to_its_copy_from_another_process(event: Event) -> None:
    assert pickle.loads(pickle.dumps(event)) == event
