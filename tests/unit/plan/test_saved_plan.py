"""A saved plan is stale as soon as what lay there, or what is to lie there, is another; not once it was carried out."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import manifest, observation, plan_of, written

from podwright.plan.changes import Action
from podwright.plan.saved_plan import SavedPlan, as_saved, stale

WEB, NEXT = manifest(), manifest(image="example.com/web:2")
EMPTY, OLD, NEW = observation(), observation(written(WEB)), observation(written(NEXT, 2))
CREATE = plan_of((WEB,), (), EMPTY)
UPDATE = plan_of((NEXT,), (), OLD)
DELETE = plan_of((), ("web.yaml",), OLD)


def test_a_plan_is_saved_as_digests() -> None:
    [change] = as_saved(UPDATE).changes
    assert (change.file, change.action, change.wanted) == ("web.yaml", Action.UPDATE, NEXT.digest)
    assert change.observed == OLD.files[0].sha256
    [change] = as_saved(CREATE).changes
    assert (change.action, change.observed) == (Action.CREATE, "")


@pytest.mark.parametrize(
    ("saved", "now"),
    [
        (CREATE, CREATE),
        (CREATE, plan_of((WEB,), (), OLD)),
        (UPDATE, UPDATE),
        (UPDATE, plan_of((NEXT,), (), NEW)),
        (DELETE, DELETE),
        (DELETE, plan_of((), ("web.yaml",), EMPTY)),
        (DELETE, plan_of((), (), EMPTY)),
    ],
)
def test_what_is_as_then_or_was_carried_out_since_is_not_stale(saved, now) -> None:
    assert stale(as_saved(saved), now) == ()


@pytest.mark.parametrize(
    ("saved", "now"),
    [
        (CREATE, plan_of((NEXT,), (), EMPTY)),
        (CREATE, UPDATE),
        (UPDATE, plan_of((NEXT,), (), EMPTY)),
        (UPDATE, plan_of((WEB,), (), OLD)),
        (UPDATE, plan_of((NEXT,), (), observation(written(WEB, 2)))),
        (plan_of((WEB,), (), OLD), UPDATE),
        (DELETE, plan_of((), ("web.yaml",), NEW)),
        (CREATE, plan_of((), (), EMPTY)),
    ],
)
def test_what_is_another_is_stale(saved, now) -> None:
    assert stale(as_saved(saved), now) == ("web.yaml",)


def test_a_plan_knows_its_nodes() -> None:
    saved = SavedPlan("ada@desk", "then", (as_saved(CREATE),))
    assert saved.of("n1") == as_saved(CREATE)
    assert saved.of("n2") is None
