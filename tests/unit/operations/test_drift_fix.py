"""What of a drift check a push can end, what is left, and why nothing is pruned."""

from __future__ import annotations

from tests.fakes.nouns import manifest

from podwright.inventory.node import Connection, Node
from podwright.operations.desired import Desired
from podwright.operations.drift import NodeDrift
from podwright.operations.drift_fix import Fix, fix_of
from podwright.operations.report import NodeResult, Report, Status
from podwright.plan.drift import Finding
from podwright.plan.drift_excuses import Excused
from podwright.plan.reasons import Difference, Drift, Excuse, because

WEB, OTHER = manifest(), manifest("other")
DESIRED = Desired(Node("n1", Connection("127.0.0.1")), (WEB, OTHER), ("gone.yaml",), owner="site")
ORPHAN = Finding("n1", Drift.FILE_ORPHANED, "old.yaml", because(Drift.FILE_ORPHANED))


def found(drift: Drift, name: str) -> Finding:
    return Finding("n1", drift, name, because(drift))


def fix(*findings: Finding, excused: tuple[Finding, ...] = (), prune: bool = False) -> Fix:
    value = NodeDrift(findings, excused=tuple(Excused(one, because(Excuse.WAIVED)) for one in excused))
    return fix_of(Report("Drift", (NodeResult("n1", Status.OBSERVED, value),)), (DESIRED,), prune=prune)


def test_what_drifted_is_pushed_and_nothing_else() -> None:
    running, gone = found(Drift.POD_NOT_RUNNING, "default/web-n1"), found(Drift.FILE_UNWANTED, "gone.yaml")
    [desired] = fix(found(Drift.FILE_MISSING, "web.yaml"), gone, running).desired
    assert (desired.manifests, desired.absent, desired.owner) == ((WEB,), ("gone.yaml",), None)
    assert fix(running).left == (running,)
    assert fix(running).desired == ()


def test_a_label_is_pushed_if_a_push_writes_that_file() -> None:
    why = because(Difference.LABEL, label="a:b:c", wanted="a:b:d")
    assert fix(Finding("n1", Drift.FILE_LABEL, "web.yaml", why)).desired
    foreign = found(Drift.FILE_LABEL, "web.yaml")
    assert fix(foreign) == Fix(left=(foreign,))


def test_the_pod_of_a_file_of_ours_that_cannot_be_read_comes_back_with_it() -> None:
    why = because(Difference.UNREADABLE)
    both = (
        Finding("n1", Drift.FILE_CHANGED, "web.yaml", why),
        Finding("n1", Drift.POD_NOT_RUNNING, "default/web-n1", why, "web.yaml"),
    )
    pushed = fix(*both)
    assert ([one.manifests for one in pushed.desired], pushed.left) == ([(WEB,)], ())
    assert fix(ORPHAN, excused=both, prune=True).warnings == (
        "n1: nothing is pruned: `web.yaml` must be left alone",
    )


def test_orphans_go_with_the_whole_node_and_only_if_nothing_is_to_be_left_alone() -> None:
    assert fix(ORPHAN).left == (ORPHAN,)
    assert fix(ORPHAN, prune=True) == Fix((DESIRED,))
    held = fix(ORPHAN, excused=(found(Drift.FILE_CHANGED, "web.yaml"),), prune=True)
    assert (held.desired, held.left) == ((), (ORPHAN,))
    assert held.warnings == ("n1: nothing is pruned: `web.yaml` must be left alone",)


def test_what_lies_in_the_other_slot_is_of_its_workload() -> None:
    [desired] = fix(found(Drift.FILE_CHANGED, "web+2.yaml")).desired
    assert (desired.manifests, desired.absent) == ((WEB,), ())
