"""What a run leaves in the history of a node: good only what was proven and held."""

from __future__ import annotations

import re

from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import stand_in
from tests.unit.operations.conftest import SETTINGS
from tests.unit.operations.test_converge import FILE_ONLY, NEXT, WEB, converge, runs_already

from podwright.operations.prepare import prepare
from podwright.operations.report import Status
from podwright.plan.history import Fate, Revision
from podwright.remote.node.observe import EVERY_DAY, Part, observe


def history(site) -> tuple[Revision, ...]:
    found = observe("n1", site.host, folder=str(site.folder), parts=EVERY_DAY | {Part.HISTORY}).history
    return tuple(sorted(found or (), key=lambda one: one.number))


def test_what_is_proven_is_good_with_whose_run_it_was_and_why(site) -> None:
    with site.when_written(WEB.text(1), lambda: site.runs(WEB)):
        outcome = converge(site, site.desired(WEB), replace(SETTINGS, why="a first pod"))
    assert (outcome.status, outcome.warnings) == (Status.CHANGED, ())
    [kept] = history(site)
    assert (kept.fate, kept.proof, kept.who, kept.run, kept.why) == (
        *(Fate.GOOD, "file, sandbox, mirror"),
        *("ada@desk", "r1", "a first pod"),
    )
    assert kept.proven_at > 1_700_000_000


def test_what_is_not_proven_has_failed_with_the_reason(site) -> None:
    outcome = converge(site, site.desired(WEB), replace(SETTINGS, timeout=1))
    assert outcome.failed
    [kept] = history(site)
    assert kept.fate is Fate.FAILED
    assert "`default/web-n1` is not proven ready" in kept.proof


def test_what_is_only_written_is_not_good(site) -> None:
    assert converge(site, site.desired(WEB), FILE_ONLY).status is Status.CHANGED
    [kept] = history(site)
    assert kept.fate is Fate.WRITTEN


def test_what_is_taken_back_is_not_kept_and_what_lay_there_is(site) -> None:
    site.place(manifest("other"))
    runs_already(site)
    stand_in(site.host.bin, "mv", 'case "$*" in *other.yaml) exit 1 ;; esac; /bin/mv "$@"')
    desired = site.desired(NEXT, manifest("other", image="example.com/other:2"))
    converge(site, desired, replace(SETTINGS, timeout=1))
    assert [(one.name, one.number, one.run) for one in history(site) if one.name == "web.yaml"] == [
        ("web.yaml", 1, "")
    ]


def test_a_node_that_cannot_record_what_came_of_it_is_told_of(site) -> None:
    def runs_and_loses_its_history() -> None:
        state = site.folder.parent / ".podwright" / site.folder.name
        (state / "history" / "web.yaml").rename(state / "away")
        (state / "history" / "web.yaml").mkdir()
        [kept] = (state / "away").iterdir()
        (state / "history" / "web.yaml" / kept.name).write_text("")
        (state / "history" / "web.yaml" / f"{kept.name}.good").mkdir()
        site.runs(WEB)

    with site.when_written(WEB.text(1), runs_and_loses_its_history):
        outcome = converge(site, site.desired(WEB))
    assert outcome.status is Status.CHANGED
    assert outcome.warnings == ("the node could not record in its history what came of this",)


def test_content_that_failed_and_was_taken_back_by_hand_is_refused_without_retry(site) -> None:
    quick = replace(SETTINGS, timeout=1)
    assert converge(site, site.desired(WEB), quick).failed
    assert converge(site, site.desired(WEB), quick).status is Status.FAILED, "it lies there still"
    (site.folder / "web.yaml").unlink()
    refused = converge(site, site.desired(WEB))
    assert (refused.status, refused.value.applied) == (Status.REFUSED, ())
    assert refused.problems[0].message == "this content of `web.yaml` failed here in the run r1"
    with site.when_written(WEB.text(2), lambda: site.runs(WEB, generation=2)):
        assert converge(site, site.desired(WEB), replace(SETTINGS, retry=True)).status is Status.CHANGED
    (site.folder / "web.yaml").unlink()
    assert prepare(site.desired(WEB), site.host, site.world, SETTINGS).stopped is None, "good since"


def test_what_another_run_wrote_over_has_not_failed(site) -> None:
    with site.when_written(WEB.text(1), lambda: site.place(NEXT)):
        assert converge(site, site.desired(WEB), replace(SETTINGS, timeout=9)).failed
    [kept] = history(site)
    assert kept.fate is Fate.WRITTEN


def test_content_that_another_has_replaced_is_called_so_in_the_plan(site) -> None:
    for wanted in (WEB, NEXT):
        assert converge(site, site.desired(wanted), FILE_ONLY).status is Status.CHANGED
    older = prepare(site.desired(WEB), site.host, site.world, SETTINGS)
    assert older.stopped is None
    [warning] = older.warnings
    assert re.fullmatch(r"`web.yaml` equals revision 1 of .*: a newer content was written since", warning), (
        warning
    )
    same = prepare(site.desired(NEXT), site.host, site.world, SETTINGS)
    new = prepare(site.desired(manifest(image="example.com/web:3")), site.host, site.world, SETTINGS)
    assert (same.warnings, new.warnings, len(new.observation.outcomes)) == ((), (), 0)
