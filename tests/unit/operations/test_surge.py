"""On a whole node: the new generation starts beside the old one, which then goes, and a failed one is taken back."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, written
from tests.unit.operations.conftest import SETTINGS

from podwright.inventory.node import Connection, Node, StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.operations.desired import Desired, Rollback
from podwright.operations.push import converge_fleet
from podwright.operations.surge import in_slots, refused_beside
from podwright.plan.expectations import WaitFor

OLD, NEW = manifest(), manifest(image="example.com/web:2")
TWICE = PodSettings(strategy="surge", runs_twice=True)


def desired(*manifests, settings=TWICE, **changes) -> Desired:
    node = Node("n1", Connection("127.0.0.1"), (StaticPod("web", settings=settings),))
    return Desired(node, manifests, **changes)


def test_what_is_not_proven_is_updated_where_it_lies() -> None:
    look = observation(written(OLD))
    slots = [
        [one.file_name for one in in_slots(desired(NEW), look, level)[0].manifests]
        for level in (WaitFor.READY, WaitFor.FILE)
    ]
    assert slots == [["web+2.yaml"], ["web.yaml"]]


def test_a_file_that_is_taken_back_is_not_its_other_slot() -> None:
    look = observation(written(OLD.in_slot(2)))
    assert in_slots(desired(absent=("web.yaml",)), look, WaitFor.READY)[0].absent == ("web+2.yaml",)
    back = desired(absent=("web.yaml",), from_node=Rollback(()))
    assert in_slots(back, look, WaitFor.READY)[0].absent == ("web.yaml",)


def test_what_is_in_its_slot_stays_there_when_it_is_looked_at_again() -> None:
    """A run looks at the nodes that are done before it goes on to the next, with what it put into slots."""
    [first, second] = [
        in_slots(desired(NEW), observation(written(there)), WaitFor.READY)[0]
        for there in (OLD, OLD.in_slot(2))
    ]
    assert (first.manifests[0].file_name, first.absent) == ("web+2.yaml", ("web.yaml",))
    assert (second.manifests[0].file_name, second.absent) == ("web.yaml", ("web+2.yaml",))
    for one in (first, second):
        [there] = one.manifests
        again = in_slots(one, observation(written(there)), WaitFor.FILE)[0]
        assert again.manifests == (there,)
        assert there.file_name not in again.absent


def test_the_kubelet_would_refuse_it_beside_what_runs() -> None:
    one, where = in_slots(
        desired(NEW, settings=PodSettings(strategy="surge")), observation(written(OLD)), WaitFor.READY
    )
    [problem] = refused_beside(one, where)
    assert problem.message.startswith("`web.yaml` cannot start beside its old pod")


def test_the_plan_names_both_and_nothing_is_written_in_a_dry_run(site) -> None:
    site.place(OLD)
    site.runs(OLD)
    wanted = replace(desired(NEW), node=replace(desired().node, connection=site.node.connection))
    report = converge_fleet("PushReport", (wanted,), site.world, SETTINGS, dry_run=True)
    [outcome] = report.nodes
    assert [[str(change.action) for change in stage.changes] for stage in outcome.value.plan.stages] == [
        ["create"],
        ["delete"],
    ]
    assert (site.file(), site.file("web+2.yaml")) == (OLD.text(1), None)
