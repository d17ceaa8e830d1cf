"""A strategy of a manifest counts on the nodes that it changes on, one of a node wherever anything changes."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, written

from podwright.errors import UsageError
from podwright.inventory.node import Connection, Node, NodeSettings, StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.inventory.rollout_settings import OnFailure, Strategy
from podwright.operations.desired import Desired, Withdraw
from podwright.operations.prepare import Prepared
from podwright.operations.rollout_strategy import rollout_of
from podwright.operations.world import Settings
from podwright.plan.changes import Action, Change
from podwright.plan.history import Fate, Revision
from podwright.plan.manifest_files import ManifestFile
from podwright.plan.reasons import Difference, because
from podwright.plan.stages import Plan, Stage

WEB = manifest()
OF_NODE, OF_WEB, OF_API = Strategy(soak=5.0), Strategy(soak=60.0), Strategy(soak=600.0)
PODS = (
    StaticPod("web", settings=PodSettings(rollout=OF_WEB)),
    StaticPod("api", settings=PodSettings(rollout=OF_API)),
)


def plan(name: str, *, changes: bool = True, at: int = 0, **wanted) -> Prepared:
    node = Node(name, Connection("127.0.0.1"), PODS, NodeSettings(rollout=OF_NODE))
    change = Change(Action.UPDATE if changes else Action.KEEP, ManifestFile(WEB.file_name, name, WEB))
    kept = (Revision("web.yaml", 1, b"", "", run="r1", fate=Fate.GOOD, proven_at=at),)
    seen = observation(history=kept)
    return Prepared(Desired(node, (WEB,), **wanted), seen, Plan(name, (Stage((change,)),)))


def test_only_what_changes_has_a_say() -> None:
    rollout = rollout_of((plan("n1"), plan("n2", changes=False)), None, Settings())
    assert (rollout.soak, rollout.order) == (60.0, ("n1",))
    assert rollout_of((plan("n1", changes=False),), None, Settings()).soak == 0.0
    assert rollout_of((plan("n1"),), None, Settings(strategy=Strategy(soak=1.0))).soak == 1.0


def test_a_manifest_has_its_say_in_whichever_slot_it_is_written() -> None:
    change = Change(Action.CREATE, ManifestFile("web+2.yaml", "n1", WEB))
    surging = replace(plan("n1"), plan=Plan("n1", (Stage((change,)),)))
    assert rollout_of((surging,), None, Settings()).soak == 60.0


def test_what_a_run_wrote_last_is_taken_back_first() -> None:
    back = Withdraw("r1")
    plans = tuple(plan(f"n{at}", at=at, from_node=back) for at in (1, 3, 2))
    assert rollout_of(plans, None, Settings()).order == ("n3", "n2", "n1")
    assert rollout_of((plan("n1", at=1), plan("n3", at=3)), None, Settings()).order == ("n1", "n3")


def test_what_moves_cannot_be_taken_back_by_a_run_that_fails() -> None:
    reason = (because(Difference.ORPHANED),)
    gone = Change(Action.DELETE, ManifestFile(WEB.file_name, "n2", None, written(WEB)), reason)
    new = Change(Action.CREATE, ManifestFile(WEB.file_name, "n1", WEB))
    plans = tuple(
        replace(plan(name), plan=Plan(name, (Stage((change,)),)))
        for name, change in (("n1", new), ("n2", gone))
    )
    given = Settings(strategy=Strategy(on_failure=OnFailure.REVERT_RUN))
    with pytest.raises(
        UsageError, match=r"`web.yaml` moves from node to node, which `--on-failure revert-run`"
    ):
        rollout_of(plans, None, given)
    assert rollout_of(plans, None, Settings()).on_failure is OnFailure.STOP
