"""Which files of ours the inventory no longer names."""

from __future__ import annotations

from tests.fakes.copies import replace
from tests.fakes.nouns import manifest, observation, observed_file, pod_text, written

from podwright.plan.changes import Action
from podwright.plan.compare import compare
from podwright.plan.leftovers import orphaned_files
from podwright.plan.reasons import Drift
from podwright.plan.stages import make_plan

WEB, OLD = manifest(), manifest("old")
OTHERS = replace(manifest("theirs"), owner="team-b")


def names(*files, named=("web.yaml",), owner="") -> list[str]:
    return [file.name for file in orphaned_files(observation(*files), named, owner)]


def test_a_file_of_ours_that_has_no_name_any_more_is_an_orphan() -> None:
    assert names(written(WEB), written(OLD)) == ["old.yaml"]


def test_what_others_wrote_is_never_one() -> None:
    foreign = observed_file("mine.yaml", pod_text("mine"))
    assert names(foreign, written(OTHERS)) == []
    assert names(foreign, written(OTHERS), written(OLD), owner="team-b") == ["theirs.yaml"]


def test_a_copy_of_a_named_file_is_told_as_a_duplicate_instead() -> None:
    assert names(written(WEB), observed_file("web.yaml.bak", written(WEB).content)) == []


def changes(desired, *files, **options):
    return [(change.action, change.name) for change in compare(desired, (), observation(*files), **options)]


def test_an_orphan_is_in_every_plan_of_the_whole_and_pruned_only_if_asked() -> None:
    files = (written(WEB), written(OLD))
    assert changes([WEB], *files, owner="") == [(Action.KEEP, "web.yaml"), (Action.ORPHAN, "old.yaml")]
    assert changes([WEB], *files, owner="", prune=True) == [
        (Action.KEEP, "web.yaml"),
        (Action.DELETE, "old.yaml"),
    ]
    assert changes([WEB], *files, owner=None, prune=True) == [(Action.KEEP, "web.yaml")]


def test_an_orphan_writes_nothing_and_keeps_its_ports() -> None:
    [change] = compare([], (), observation(written(OLD)), owner="")
    assert (change.pending, change.writes, change.undo("")) == (False, (), ())
    assert make_plan("n1", [change]).expectations == ()


def test_a_renamed_template_is_pruned_and_proven_gone_before_it_is_created() -> None:
    renamed = manifest(template="site")
    [conflict, orphan] = compare([renamed], (), observation(written(WEB)), owner="")
    assert (conflict.action, orphan.action) == (Action.CONFLICT, Action.ORPHAN)
    plan = make_plan("n1", compare([renamed], (), observation(written(WEB)), owner="", prune=True))
    assert [[change.name for change in stage.changes] for stage in plan.stages] == [
        ["web.yaml"],
        ["site.yaml"],
    ]


def test_what_is_pruned_goes_before_anything_new_even_under_another_name() -> None:
    both = make_plan("n1", compare([WEB], (), observation(written(OLD)), owner="", prune=True))
    assert [[change.name for change in stage.changes] for stage in both.stages] == [
        ["old.yaml"],
        ["web.yaml"],
    ]


def test_drift_has_a_kind_of_its_own_for_it() -> None:
    from podwright.plan.drift import drift

    look = observation(written(OLD))
    plan = make_plan("n1", compare([], (), look, owner=""))
    [finding] = drift(plan, (), look, ())
    assert str(finding) == (
        "n1: file-orphaned: old.yaml: podwright wrote it and the inventory no longer names it"
    )
    assert finding.drift is Drift.FILE_ORPHANED
