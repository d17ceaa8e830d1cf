"""A name that nobody knows is refused before anything is written, unless a node that may know it was not observed."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, written

from podwright.errors import UsageError
from podwright.inventory.node import Connection, Node, StaticPod
from podwright.operations.unknown_names import names_on, refuse_mistyped
from podwright.plan.observed import FolderState

SITE = (Node("n1", Connection("127.0.0.1"), static_pods=(StaticPod("vip", instance="a"), StaticPod("dns"))),)


@pytest.mark.parametrize("name", ["vip", "vip.a", "dns", "old"])
def test_what_the_inventory_or_a_node_knows_is_no_mistake(name) -> None:
    refuse_mistyped([f"{name}.yaml"], SITE, [(), ("old.yaml",)])


@pytest.mark.parametrize(
    ("name", "hint"),
    [("odl", "did you mean `old`?"), ("web", "they know: dns, old, vip, vip.a")],
)
def test_an_unknown_name_is_refused_with_one_that_is_meant(name, hint) -> None:
    with pytest.raises(UsageError) as raised:
        refuse_mistyped([f"{name}.yaml", "dns.yaml"], SITE, [("old.yaml",)])
    assert str(raised.value) == f"neither the inventory nor any observed node knows `{name}`"
    assert raised.value.hint == hint


def test_a_node_that_was_not_observed_may_know_any_name() -> None:
    refuse_mistyped(["web.yaml"], SITE, [("old.yaml",), None])


def test_a_node_knows_its_files_and_of_what_it_has_a_history() -> None:
    look = replace(observation(written(manifest())), newest=(("gone.yaml", 3),))
    assert names_on(look) == ("web.yaml", "gone.yaml")
    assert names_on(replace(look, folder_state=FolderState.UNREADABLE)) is None
    assert names_on(replace(look, history_problem="others can change it")) is None
