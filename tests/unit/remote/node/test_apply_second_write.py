"""The second write of an update: when it comes, when it does not, and who makes it."""

from __future__ import annotations

import shutil

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.fakes.shell_host import stand_in
from tests.unit.remote.node.test_apply import (
    NEXT,
    WEB,
    carry_out,
    kinds,
    leave_lock,
    lock_line,
    names,
    only,
    order,
    push,
    until,
    uptime,
    with_second,
)

from podwright.plan.events import (
    Event,
    Refused,
    SecondLate,
    SecondSkipped,
    SecondWritten,
    Ticked,
    Unlocked,
    Written,
)
from podwright.remote.node.apply import WriteOrder, apply_program
from podwright.remote.node.records import new_nonce


def updating(node, *, uid="u1", watch_seconds=60, seconds=50) -> WriteOrder:
    push(node, WEB)
    an_order = order(node, NEXT, watch_seconds=watch_seconds)
    return with_second(an_order, uid, seconds)


def test_the_second_write_waits_for_the_old_pods_worker(node) -> None:
    (node.pods / "u1").mkdir()
    an_order = updating(node)
    ticks = []

    def on_event(event: Event) -> bool:
        if isinstance(event, Ticked):
            ticks.append((node.folder / "web.yaml").read_text())
            if len(ticks) == 3:
                (node.pods / "u1").rmdir()
        return not isinstance(event, Unlocked)

    events = carry_out(node, an_order, on_event)
    assert kinds(events).index(SecondWritten) > kinds(events).index(Written)
    assert only(events, SecondWritten).file_name == "web.yaml"
    assert ticks[:3] == [NEXT.text(2)] * 3
    assert (node.folder / "web.yaml").read_text() == NEXT.text(3)
    assert names(node.folder) == ["web.yaml"]


def test_the_second_write_waits_until_the_old_sandbox_has_been_gone_for_a_second(node) -> None:
    """The kubelet may remove the pod's folder a little before its worker is done."""
    (node.pods / "u1").mkdir()
    alive = node.root / "alive"
    alive.touch()
    node.crictl(f'case " $* " in *" -q "*uid=u1*) [ ! -e {alive} ] || echo s-1 ;; *) echo "{{}}" ;; esac')
    an_order = updating(node)
    ticks: list[float] = []

    def on_event(event: Event) -> bool:
        if isinstance(event, Ticked):
            ticks.append(event.uptime)
            if len(ticks) == 2:
                (node.pods / "u1").rmdir()
            if len(ticks) == 5:
                alive.unlink()
        return not isinstance(event, Unlocked)

    events = carry_out(node, an_order, on_event)
    second = only(events, SecondWritten).uptime
    assert second - ticks[4] >= 1.1
    assert (node.folder / "web.yaml").read_text() == NEXT.text(3)


def test_too_late_a_second_write_is_told_and_the_first_stands(node) -> None:
    (node.pods / "u1").mkdir()
    events = carry_out(node, updating(node, seconds=0), lambda event: not isinstance(event, Unlocked))
    assert only(events, SecondLate).file_name == "web.yaml"
    assert (node.folder / "web.yaml").read_text() == NEXT.text(2)
    assert names(node.folder) == ["web.yaml"]


def test_a_file_changed_before_the_second_write_is_left_alone(node) -> None:
    (node.pods / "u1").mkdir()

    def on_event(event: Event) -> bool:
        if isinstance(event, Ticked) and (node.pods / "u1").exists():
            (node.folder / "web.yaml").write_text("theirs")
            (node.pods / "u1").rmdir()
        return not isinstance(event, Unlocked)

    events = carry_out(node, updating(node), on_event)
    assert only(events, Refused).file_name == "web.yaml"
    assert (node.folder / "web.yaml").read_text() == "theirs"


def ignoring_sigpipe(node):
    """The node's host, whose programs do not die of a closed pipe: some daemons hand that down."""
    stand_in(node.host.bin, "ignoring", 'trap "" PIPE; exec "$@"')
    return replace(
        node.host,
        shell=(str(node.host.bin / "ignoring"), shutil.which(node.host.shell[0]), *node.host.shell[1:]),
        environment={"PATH": node.host.path},
    )


@pytest.mark.parametrize("prepared", [lambda node: node.host, ignoring_sigpipe], ids=["dying", "ignoring"])
def test_a_second_write_is_made_though_the_caller_is_gone(node, prepared) -> None:
    """Left there, nothing of the pod would run for 10-15 s."""
    worker = node.pods / "u1"
    worker.mkdir()
    an_order = updating(node)
    seen = []

    def vanish(event: Event) -> bool:
        seen.append(event)
        if isinstance(event, Ticked):
            worker.rmdir()
        return not isinstance(event, Ticked)

    carry_out(node, an_order, vanish, host=prepared(node))
    assert SecondWritten not in kinds(seen)
    assert (node.folder / "web.yaml").read_text() == NEXT.text(3)
    assert names(node.folder) == ["web.yaml"]


def test_alone_too_a_second_write_is_waited_for_no_longer_than_it_may_take(node) -> None:
    (node.pods / "u1").mkdir()
    # it would be killed with what it has staged if it went on waiting
    an_order = updating(node, seconds=2, watch_seconds=600)
    carry_out(node, an_order, lambda event: not isinstance(event, Ticked))
    assert (node.folder / "web.yaml").read_text() == NEXT.text(2)
    assert names(node.folder) == ["web.yaml"]


def test_who_waits_for_a_second_write_holds_nobody_up_and_loses_nothing(node) -> None:
    """At a grace period of ten minutes every pod of the node would have to wait for this one."""
    (node.pods / "u1").mkdir()
    an_order = updating(node)
    other = manifest("other")

    def on_event(event: Event) -> bool:
        if isinstance(event, Ticked) and (node.pods / "u1").exists():
            assert Written in kinds(push(node, NEXT, other))
            (node.pods / "u1").rmdir()
        return not isinstance(event, Unlocked)

    events = carry_out(node, an_order, on_event)
    assert only(events, SecondWritten).file_name == "web.yaml"
    assert (node.folder / "web.yaml").read_text() == NEXT.text(3)
    assert names(node.folder) == ["other.yaml", "web.yaml"]
    assert names(node.state) == ["backups"]


def test_a_second_write_is_not_made_while_another_run_writes(node) -> None:
    (node.pods / "u1").mkdir()
    leave = lock_line(600)
    ticks, held = [], []

    def on_event(event: Event) -> bool:
        if isinstance(event, Ticked):
            ticks.append((node.folder / "web.yaml").read_text())
            if len(ticks) == 1:
                leave_lock(node, leave)
                (node.pods / "u1").rmdir()
            if len(ticks) >= 5 and event.uptime > started + 3 and node.lock.exists():
                held.extend(ticks)
                node.lock.unlink()
        return not isinstance(event, Unlocked)

    started = uptime()
    events = carry_out(node, updating(node, watch_seconds=60, seconds=60), on_event)
    assert only(events, SecondWritten).uptime > started + 3
    assert set(held) == {NEXT.text(2)}
    assert names(node.state) == ["backups"]


def test_alone_too_a_file_that_somebody_changed_is_left_alone(node) -> None:
    (node.pods / "u1").mkdir()

    def vanish(event: Event) -> bool:
        if isinstance(event, Ticked):
            (node.folder / "web.yaml").write_text("theirs")
            (node.pods / "u1").rmdir()
        return not isinstance(event, Ticked)

    carry_out(node, updating(node), vanish)
    assert (node.folder / "web.yaml").read_text() == "theirs"
    assert names(node.folder) == ["web.yaml"]


def test_a_caller_who_goes_between_the_files_leaves_no_half_of_a_set_and_the_second_write_is_made(
    node,
) -> None:
    (node.pods / "u1").mkdir()
    push(node, WEB)
    an_order = order(node, NEXT, manifest("other"), watch_seconds=60)
    an_order = with_second(an_order, "u1", 50)
    real = "/usr/bin/busybox mv" if node.host.shell[0] == "busybox" else "/bin/mv"
    at_it, gone = node.root / "at-it", node.root / "gone"
    stand_in(node.host.bin, "mv", f': >{at_it}; until [ -e {gone} ]; do /bin/sleep 0.01; done; {real} "$@"')
    process = node.host.start(apply_program(an_order, new_nonce()))
    until(at_it.exists)
    process.stdout.close()
    (node.pods / "u1").rmdir()
    gone.touch()
    process.wait(60)
    process.stderr.close()
    assert (node.folder / "web.yaml").read_text() == NEXT.text(3)
    assert names(node.folder) == ["other.yaml", "web.yaml"]


def test_an_old_pod_that_ends_while_the_folder_is_flushed_is_no_reason_to_leave_the_second_write(
    node,
) -> None:
    """A busy disk may take longer for that than the pod for its end."""
    (node.pods / "u1").mkdir()
    an_order = updating(node)
    stand_in(node.host.bin, "sync", f'[ "$*" != "-- {node.folder}" ] || rmdir {node.pods}/u1 2>/dev/null')
    events = carry_out(node, an_order, lambda event: not isinstance(event, Unlocked))
    assert only(events, SecondWritten).file_name == "web.yaml"
    assert (node.folder / "web.yaml").read_text() == NEXT.text(3)


def test_without_the_old_pods_folder_there_is_no_second_write(node) -> None:
    events = carry_out(node, updating(node, uid="nobody"), lambda event: not isinstance(event, Ticked))
    assert only(events, SecondSkipped).file_name == "web.yaml"
    assert (node.folder / "web.yaml").read_text() == NEXT.text(2)
