"""What waits on nodes is shown, confirmed by the exact id, or taken back."""

from __future__ import annotations

import re

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import SETTINGS
from tests.unit.operations.test_confirmation import _nothing_of_the_machine, push, switches
from tests.unit.remote.node.test_apply import until

from podwright.errors import PodwrightError
from podwright.operations import pending_runs
from podwright.operations.pending_runs import confirm_run, revert_run, show_pending
from podwright.operations.report import Status
from podwright.plan.pending import SwitchState

__all__ = ["_nothing_of_the_machine"]
WEB = manifest()


def unproven(site) -> None:
    """A push that nothing proves, so that nothing confirms it."""
    outcome = push(site, WEB, manifest("other"), settings=SETTINGS_THAT_END)
    assert outcome.failed
    assert switches(site) == ["r1"]


SETTINGS_THAT_END = type(SETTINGS)(timeout=1, hold=0.0, confirm_within=60.0)


def states(report) -> dict[str, SwitchState]:
    return {one.file_name: one.state for one in report.nodes[0].value.pending}


def test_to_show_what_waits_ends_nothing(site) -> None:
    assert states(show_pending((site.node,), site.world, forks=1)) == {}
    unproven(site)
    for _ in range(2):
        shown = show_pending((site.node,), site.world, forks=1)
        assert states(shown) == {"web.yaml": SwitchState.ARMED, "other.yaml": SwitchState.ARMED}
        [web, _] = sorted(shown.nodes[0].value.pending, key=lambda one: one.file_name, reverse=True)
        assert (web.run, 50 < web.left < 62) == ("r1", True)
        assert web.who.startswith("ada@desk")


def test_only_the_exact_id_confirms_or_reverts(site) -> None:
    unproven(site)
    for ends in (confirm_run, revert_run):
        with pytest.raises(PodwrightError, match="no chosen node waits for the run `r` to be confirmed"):
            ends((site.node,), site.world, "r", forks=1)
    assert switches(site) == ["r1"]


def test_what_is_confirmed_stays(site) -> None:
    unproven(site)
    report = confirm_run((site.node,), site.world, "r1", forks=1)
    assert report.nodes[0].status is Status.CHANGED
    assert set(states(report).values()) == {SwitchState.CONFIRMED}
    assert site.file() == WEB.text(1)
    until(lambda: switches(site) == [])
    assert states(show_pending((site.node,), site.world, forks=1)) == {}
    with pytest.raises(PodwrightError, match="no chosen node waits"):
        confirm_run((site.node,), site.world, "r2", forks=1)


def test_who_confirms_it_once_more_is_told_that_it_is_confirmed(site) -> None:
    unproven(site)
    confirm_run((site.node,), site.world, "r1", forks=1)
    until(lambda: switches(site) == [])
    again = confirm_run((site.node,), site.world, "r1", forks=1)
    assert (again.nodes[0].status, again.problems) == (Status.OBSERVED, ())
    assert states(again) == {"web.yaml": SwitchState.CONFIRMED, "other.yaml": SwitchState.CONFIRMED}
    too_late = revert_run((site.node,), site.world, "r1", forks=1)
    assert too_late.nodes[0].status is Status.FAILED
    told = {one.message.partition(" does")[0]: one for one in too_late.problems}
    assert set(told) == {"`web.yaml`", "`other.yaml`"}
    assert told["`web.yaml`"].hint.endswith("`podwright manifest rollback web`")
    assert site.file() == WEB.text(1)


def test_a_run_that_was_not_to_be_confirmed_is_not_called_confirmed(site) -> None:
    push(site, WEB, settings=replace(SETTINGS_THAT_END, confirm_within=0.0))
    assert site.file() == WEB.text(1)
    with pytest.raises(PodwrightError, match="no chosen node waits"):
        confirm_run((site.node,), site.world, "r1", forks=1)


@pytest.mark.parametrize("command", [confirm_run, revert_run])
def test_what_somebody_confirms_meanwhile_is_told_as_confirmed(site, monkeypatch, command) -> None:
    unproven(site)
    name = "confirm" if command is confirm_run else "take_back"
    real, ends = pending_runs.confirm, {"confirm": False, "take_back": ()}
    monkeypatch.setattr(pending_runs, name, lambda host, seen, run, **_: real(host, seen, run) and ends[name])
    report = command((site.node,), site.world, "r1", forks=1)
    assert set(states(report).values()) == {SwitchState.CONFIRMED}
    assert bool(report.problems) == (command is revert_run)


def test_what_the_node_has_taken_back_cannot_be_confirmed_any_more(site) -> None:
    unproven(site)
    (site.folder / "other.yaml").write_text("theirs\n")
    revert_run((site.node,), site.world, "r1", forks=1)
    report = confirm_run((site.node,), site.world, "r1", forks=1)
    assert report.nodes[0].status is Status.FAILED
    assert states(report) == {"web.yaml": SwitchState.FIRED, "other.yaml": SwitchState.SUPERSEDED}
    told = {one.message.partition(":")[0]: one for one in report.problems}
    assert set(told) == {"`web.yaml` cannot be confirmed", "`other.yaml` cannot be confirmed"}
    went_back = told["`web.yaml` cannot be confirmed"]
    assert re.search(r"it was taken back at 20\d\d-\d\d-\d\dT", went_back.message)
    assert (went_back.node, went_back.hint) == ("n1", "push it again: `podwright manifest push --retry`")


def test_what_is_over_before_it_is_confirmed_is_not_confirmed(site, monkeypatch) -> None:
    unproven(site)
    monkeypatch.setattr(pending_runs, "confirm", lambda *_: False)
    report = confirm_run((site.node,), site.world, "r1", forks=1)
    assert report.nodes[0].status is Status.FAILED
    assert "was already confirmed or taken back" in report.problems[0].message
    assert set(states(report).values()) == {SwitchState.ARMED}


def test_what_goes_back_by_itself_while_it_is_reverted_is_told_as_gone_back(site, monkeypatch) -> None:
    unproven(site)
    real = pending_runs.take_back
    monkeypatch.setattr(pending_runs, "take_back", lambda *words, **more: real(*words, **more)[:0])
    report = revert_run((site.node,), site.world, "r1", forks=1)
    assert set(states(report).values()) == {SwitchState.FIRED}
    assert report.problems == ()


def test_what_is_reverted_goes_back_and_what_was_changed_since_does_not(site) -> None:
    unproven(site)
    (site.folder / "other.yaml").write_text("theirs\n")
    report = revert_run((site.node,), site.world, "r1", forks=1)
    assert states(report) == {"web.yaml": SwitchState.FIRED, "other.yaml": SwitchState.SUPERSEDED}
    assert site.file() is None
    assert site.file("other.yaml") == "theirs\n"
    # a second time there is nothing to take back, and it is told what became of it
    assert states(revert_run((site.node,), site.world, "r1", forks=1)) == states(report)
