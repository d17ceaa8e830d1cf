"""Holds as a node keeps them: in every shell, bounded and strictly read."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.unit.remote.node.test_apply import carry_out, kinds, only, order

from podwright.errors import HostError
from podwright.plan.events import StepFailed, Written
from podwright.plan.holds import Hold
from podwright.remote.node.holds import end_holds, parse_holds, record_holds
from podwright.remote.node.observe import Part, observe
from podwright.remote.node.records import Record

NOW = 1_800_000_000
HOLD = Hold("", "kim@ops1", "disk replacement", NOW, NOW + 3600, "2027-01-15 09:00 UTC")
WEB = manifest()


def seen(node):
    return observe("n1", node.host, folder=str(node.folder), parts=(Part.FILES, Part.HOLDS))


def test_holds_are_kept_beside_the_lock_until_they_are_ended(node) -> None:
    assert seen(node).holds == ()
    hostile = replace(HOLD, workload="web", reason='it\'s\n`rm -rf /` $(reboot)\t"x"')
    record_holds(node.host, seen(node), (HOLD, hostile))
    written = replace(hostile, reason='it\'s `rm -rf /` $(reboot) "x"')
    assert seen(node).holds == (HOLD, written)
    file = node.state / "holds" / "_node"
    assert file.stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in file.parent.iterdir()) == ["_node", "web"]
    end_holds(node.host, seen(node), (HOLD,))
    assert seen(node).holds == (written,)


def test_of_two_who_hold_it_at_once_the_first_has_it(node) -> None:
    before = seen(node)
    assert record_holds(node.host, before, (HOLD,)) == ()
    eve = replace(HOLD, who="eve@laptop")
    for observation in before, replace(before, folder=""):
        assert record_holds(node.host, observation, (eve,)) == (HOLD,)
    assert seen(node).holds == (HOLD,)
    for later in replace(HOLD, reason="my own"), replace(eve, since=HOLD.until, until=HOLD.until + 60):
        assert record_holds(node.host, before, (later,)) == ()
        assert [hold.reason for hold in seen(node).holds] == [later.reason]
    for folder in node.state, node.host.state:
        (folder / "holds" / "_node").write_text("")
    assert record_holds(node.host, before, (HOLD,)) == ()
    assert seen(node).holds == (HOLD,)
    assert [path.name for path in node.root.rglob("holds/*") if path.name != "_node"] == []


def test_a_hold_is_seen_whether_or_not_the_manifest_folder_is_known(node) -> None:
    known = seen(node)
    record_holds(node.host, known, (HOLD,))
    for folder in "", str(node.folder), str(node.root / "still" / "missing"):
        assert observe("n1", node.host, folder=folder, parts=(Part.FILES, Part.HOLDS)).holds == (HOLD,)
    end_holds(node.host, known, (HOLD,))
    assert [*node.root.rglob("_node")] == []
    (node.host.state / "holds" / "_node").write_text(f"{HOLD.until} {HOLD.since} {HOLD.who} {HOLD.reason}\n")
    assert seen(node).holds == (HOLD,)
    failed = only(carry_out(node, replace(order(node, WEB), wall=NOW)), StepFailed)
    assert failed.step == "held"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("_node", ""),
        ("_node", "soon 1 kim why"),
        ("_node", f"{NOW} {NOW} kim"),
        ("_node", f"{NOW} {NOW} kim {'x' * 301}"),
        ("_node", f"{'9' * 13} {NOW} kim why"),
        ("../etc", f"{NOW} {NOW} kim why"),
    ],
)
def test_what_is_not_of_our_form_holds_nothing(name, line) -> None:
    assert [*parse_holds([Record("hold", name, line.encode())])] == []


def test_a_node_shows_so_many_holds_at_most() -> None:
    line = f"{NOW} {NOW} kim why".encode()
    assert len([*parse_holds(Record("hold", f"w{number}", line) for number in range(1000))]) == 200


def test_a_folder_that_others_may_write_to_keeps_no_hold(node) -> None:
    node.state.mkdir(parents=True)
    node.state.chmod(0o777)
    with pytest.raises(HostError, match="cannot be written to: owner"):
        record_holds(node.host, seen(node), (HOLD,))
    assert not (node.state / "holds").exists()


@pytest.mark.parametrize(
    ("workload", "wall", "writes"),
    [("", NOW, False), ("web", NOW, False), ("api", NOW, True), ("", NOW + 3600, True), ("", 0.0, True)],
)
def test_what_is_held_since_it_was_planned_is_not_written(node, workload, wall, writes) -> None:
    planned = replace(order(node, WEB), wall=wall)
    record_holds(node.host, seen(node), (replace(HOLD, workload=workload),))
    events = carry_out(node, planned)
    assert (Written in kinds(events)) is writes
    assert (node.folder / "web.yaml").exists() is writes
    if not writes:
        failed = only(events, StepFailed)
        assert (failed.step, failed.detail) == ("held", "kim@ops1: disk replacement")
