"""A change knows its subject by what every kind of thing has."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from podwright.plan.changes import Action, Change, collide
from podwright.plan.expectations import Expectation, WaitFor
from podwright.plan.reasons import Conflict, because
from podwright.plan.stages import make_plan
from podwright.plan.writes import Put, Remove
from podwright.pods.host_ports import HostPort
from podwright.pods.pod_ref import PodRef


@dataclass(frozen=True)
class Setting:
    """A thing of another kind than a manifest, as a later capability would add."""

    name: str
    takes: tuple[PodRef, ...] = ()
    gives_up: tuple[PodRef, ...] = ()
    before: bytes | None = None
    after: bytes | None = b"1\n"
    modes: tuple[str, str] = ("644", "644")

    @property
    def facts(self):
        return {}

    def writes(self, action):
        return (Put(self.name, "1\n"),)

    def undo(self, action, lies_there):
        return (Remove(self.name, lies_there),)

    def expectations(self, action, wait_for):
        return (Expectation(self.name, None, sha256s=("0" * 64,), wait_for=WaitFor.FILE),)


@pytest.mark.parametrize(
    ("action", "pending"), [(one, one not in ("keep", "conflict", "orphan")) for one in Action]
)
def test_what_is_only_reported_is_not_pending(action, pending) -> None:
    assert Change(action, Setting("a")).pending is pending


def test_a_plan_holds_things_of_any_kind_in_their_order() -> None:
    pod = PodRef("default", "web")
    changes = [
        Change(Action.CREATE, Setting("second", takes=(pod,))),
        Change(Action.DELETE, Setting("first", gives_up=(pod,))),
    ]
    plan = make_plan("n1", changes)
    assert [[change.name for change in stage.changes] for stage in plan.stages] == [["first"], ["second"]]
    assert plan.stages[0].writes == (Put("first", "1\n"),)
    assert [entry.file_name for entry in plan.expectations] == ["first", "second"]
    assert changes[0].undo("ab") == (Remove("second", "ab"),)


def test_every_reason_and_each_hint_once_is_told() -> None:
    reasons = (because(Conflict.DIRECTORY, name="a"), because(Conflict.DIRECTORY, name="b"))
    change = Change(Action.CONFLICT, Setting("a"), reasons)
    assert change.reason == "`a` is a folder; `b` is a folder"
    assert change.hint.count("\n") == 0


def test_ports_collide_by_their_addresses_and_pods_by_their_names() -> None:
    every, one, other = (HostPort("TCP", address, 80, ()) for address in ("0.0.0.0", "10.0.0.1", "10.0.0.2"))
    assert collide([one], [every])
    assert not collide([one], [other])
    assert not collide([one], [PodRef("a", "b")])
    assert collide([PodRef("a", "b")], [PodRef("a", "b")])
