"""The lock: who gets it, who goes on with it, and what is left of it, in every shell that nodes have."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.kubelets import show_processes
from tests.fakes.nouns import manifest
from tests.fakes.programs import run
from tests.fakes.shell_host import stand_in
from tests.unit.remote.node.test_apply import (
    NEXT,
    WEB,
    carry_out,
    kinds,
    leave_lock,
    lock_left,
    lock_line,
    names,
    only,
    order,
    push,
    until,
    uptime,
    with_second,
)

from podwright.errors import HostileOutputError
from podwright.plan.events import (
    Ended,
    Event,
    LockAwaited,
    LockHeld,
    Started,
    StepFailed,
    Ticked,
    Unlocked,
    Written,
)
from podwright.plan.observed import ObservedLock
from podwright.remote.node.apply import apply_program
from podwright.remote.node.lock import parse_lock
from podwright.remote.node.observe import Part, observe
from podwright.remote.node.records import Record, RecordReader, new_nonce


def test_a_second_operator_is_refused_with_the_first_ones_name(node) -> None:
    line = lock_line(600)
    leave_lock(node, line)
    events = push(node, WEB)
    held = only(events, LockHeld).lock
    assert (held.id, held.owner) == ("theirs", "grace@laptop (pid 7)")
    assert 3 <= held.age < 60
    assert 540 < held.left <= 600
    assert names(node.folder) == []
    assert node.lock.read_text() == line


@pytest.mark.parametrize(
    "content",
    [
        lambda: lock_line(-2),
        lambda: lock_line(60, "another-boot"),
        lambda: lock_line(10**7),
        lambda: "",
        lambda: "garbage\n",
        lambda: "9" * 30,
        lambda: "theirs 1 \n",
    ],
    ids=["expired", "another boot's", "too far away", "empty", "no line of ours", "digits", "no boot"],
)
def test_a_lock_that_expired_or_that_a_crash_left_is_taken_over(node, content) -> None:
    leave_lock(node, content())
    assert Written in kinds(push(node, WEB))
    assert lock_left(node) == []


def test_a_run_that_died_while_taking_over_holds_nobody_up(node) -> None:
    leave_lock(node, lock_line(-2))
    (node.state / "lock.theirs").write_text(lock_line(-2))
    assert Written in kinds(push(node, WEB))
    assert names(node.folder) == ["web.yaml"]


def test_who_puts_a_later_line_in_the_place_of_an_expired_lock_has_it(node) -> None:
    leave_lock(node, lock_line(-2))
    theirs = lock_line(60)
    (node.root / "theirs").write_text(theirs)
    copy = f"/bin/cp {node.root}/theirs {node.lock}"
    stand_in(node.host.bin, "mv", f'/usr/bin/busybox mv "$@" && {copy}')
    assert kinds(push(node, WEB)) == [LockHeld, Ended]
    assert (names(node.folder), node.lock.read_text()) == ([], theirs)


def test_a_lock_that_goes_while_we_ask_for_it_is_taken(node) -> None:
    """Its holder gives it back between the attempt to make it and the look at why that failed."""
    leave_lock(node, lock_line(60))
    attempt = "set +C\n"
    text = apply_program(order(node, WEB), "nonce")
    assert text.count(attempt) == 1
    # gone after the first attempt only
    gone = f"{attempt}[ -e {node.root}/once ] || {{ : >{node.root}/once; rm -f {node.lock}; }}\n"
    result = run(node.host, text.replace(attempt, gone), timeout=60)
    assert b" written " in result.stdout
    assert names(node.folder) == ["web.yaml"]


@pytest.mark.parametrize("left", ["expired", "empty", "none"])
def test_exactly_one_of_many_takes_an_expired_lock_over(dash_node, left) -> None:
    for turn in range(3):
        if left != "none":
            leave_lock(dash_node, lock_line(-2) if left == "expired" else "")
        assert _race(dash_node, manifest(image=f"example.com/web:{turn}")) == (1, 3)
        assert lock_left(dash_node) == []


def _race(node, desired) -> tuple[int, int]:
    """How many of four runs got the lock, and how many were refused; who holds it keeps it."""
    write, done = order(node, desired), node.root / "done"
    done.unlink(missing_ok=True)
    # what is under the lock does not end before all have tried
    stand_in(node.host.bin, "sync", f"until [ -e {done} ]; do /bin/sleep 0.01; done")
    holders, refused = [], []

    def run() -> None:
        def on_event(event: Event) -> bool:
            if isinstance(event, Started):
                holders.append(event)
            return True

        refused.extend(event for event in carry_out(node, write, on_event) if isinstance(event, LockHeld))

    runs = [threading.Thread(target=run) for _ in range(4)]
    for thread in runs:
        thread.start()
    until(lambda: len(refused) + len(holders) == 4)
    done.touch()
    for thread in runs:
        thread.join()
    return len(holders), len(refused)


def test_a_run_that_watches_on_does_not_take_the_next_ones_lock_away(node) -> None:
    """It gave its own lock back after its writes; what stands there now is somebody else's."""
    theirs = lock_line(60)

    def on_event(event: Event) -> bool:
        if isinstance(event, Unlocked):
            assert lock_left(node) == []
            leave_lock(node, theirs)
        return not isinstance(event, Ticked) or not node.lock.exists()

    carry_out(node, order(node, WEB, watch_seconds=60), on_event)
    assert node.lock.read_text() == theirs


@pytest.mark.parametrize("signal_number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_gives_the_lock_back_and_leaves_nothing_staged(node, signal_number) -> None:
    with _stopped_in_the_middle(node) as process:
        os.killpg(process.pid, signal_number)
        process.wait(60)
    assert lock_left(node) == []
    assert names(node.folder) == ["web.yaml"]
    assert (node.folder / "web.yaml").read_text() == NEXT.text(2)


def test_what_a_killed_run_left_is_cleaned_up_by_the_next(node) -> None:
    with _stopped_in_the_middle(node) as process:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)
    assert [name for name in names(node.folder) if name.startswith(".podwright.")]
    assert lock_left(node) == [], "it wrote, and waited without one"
    push(node, WEB)
    assert names(node.folder) == ["web.yaml"]
    assert names(node.state) == ["backups"]


class _stopped_in_the_middle:  # noqa: N801 - reads as a phrase
    """A program after its first write that waits to make its second."""

    def __init__(self, node) -> None:
        push(node, WEB)
        (node.pods / "u1").mkdir()
        an_order = order(node, NEXT, watch_seconds=60)
        nonce = new_nonce()
        self._reader = RecordReader("n1", nonce)
        self._process = node.host.start(apply_program(with_second(an_order, "u1", 60), nonce))

    def __enter__(self):
        ticked = False
        while not ticked:
            chunk = os.read(self._process.stdout.fileno(), 65536)
            assert chunk, self._process.stderr.read()
            ticked = any(record.kind == "tick" for record in self._reader.feed(chunk))
        return self._process

    def __exit__(self, *_) -> None:
        for stream in (self._process.stdout, self._process.stderr):
            stream.close()
        self._process.wait()


def test_what_a_killed_run_left_is_seen(node) -> None:
    assert not node.look().leftovers
    (node.folder / ".podwright.dead.0.1").write_text("x")
    assert node.look().leftovers
    (node.folder / ".podwright.dead.0.1").unlink()
    leave_lock(node, lock_line(-2))
    assert node.look().leftovers


# --- one id, several programs


def test_a_lock_that_is_kept_is_gone_on_with_by_its_id_and_by_nobody_else(node) -> None:
    carry_out(node, order(node, WEB, lock_id="change-1", lock_kept=True))
    assert lock_left(node) == ["lock"]
    since = node.lock.read_text().split()[3]
    assert kinds(push(node, NEXT)) == [LockHeld, Ended]
    events = carry_out(node, order(node, NEXT, lock_id="change-1", lock_kept=True, lock_seconds=300))
    assert Written in kinds(events)
    lock_id, expiry, _boot, still_since, _owner = node.lock.read_text().split(" ", 4)
    assert (lock_id, still_since) == ("change-1", since)
    assert int(expiry) > uptime() + 200, "it was extended"


def test_who_knows_the_id_gives_the_lock_back_without_a_write(node) -> None:
    carry_out(node, order(node, WEB, lock_id="change-1", lock_kept=True))
    assert kinds(carry_out(node, order(node, WEB, lock_id="change-1"))) == [Started, Ended]
    assert lock_left(node) == []
    assert Written in kinds(push(node, NEXT))


def test_a_lock_of_our_id_that_expired_is_asked_for_like_any_other(node) -> None:
    leave_lock(node, lock_line(-2).replace("theirs", "change-1"))
    assert Written in kinds(carry_out(node, order(node, WEB, lock_id="change-1")))
    assert lock_left(node) == []


def test_two_names_of_one_folder_share_a_lock(node) -> None:
    (node.root / "other").symlink_to(node.folder)
    leave_lock(node, lock_line(60))
    late = order(node, WEB)
    late = replace(late, observation=replace(late.observation, folder=str(node.root / "other")))
    assert kinds(carry_out(node, late)) == [LockHeld, Ended]


def test_another_folder_for_backups_does_not_move_the_lock(node) -> None:
    leave_lock(node, lock_line(60))
    assert kinds(push(node, WEB, state_dir=str(node.root / "elsewhere"))) == [LockHeld, Ended]
    node.lock.unlink()
    push(node, WEB)
    push(node, NEXT, state_dir=str(node.root / "elsewhere"))
    assert len(names(node.root / "elsewhere" / "backups")) == 1
    assert names(node.state) == []


# --- what is seen of it


def test_the_lock_is_observed_only_if_it_is_asked_for(node) -> None:
    leave_lock(node, lock_line(60))
    assert node.look().lock is None
    seen = observe("n1", node.host, folder=str(node.folder), parts=(Part.LOCK,))
    assert (seen.lock.id, seen.lock.owner) == ("theirs", "grace@laptop (pid 7)")
    assert (seen.files, seen.pods, seen.pods_problem) == ((), None, "not asked for")
    node.lock.unlink()
    assert observe("n1", node.host, folder=str(node.folder), parts=(Part.LOCK,)).lock is None


@pytest.mark.parametrize(
    ("line", "lock"),
    [
        (b"id 160 boot 40.5 ada@desk (pid 7)\n", ObservedLock("id", "ada@desk (pid 7)", "boot", 59.5, 60.0)),
        (b"id 90 boot 100.5 ada", ObservedLock("id", "ada", "boot", -0.5, -10.0)),
        (b"", ObservedLock("", "unknown")),
        (b"garbage", ObservedLock("", "unknown")),
        (b"id x boot y " + b"o" * 999, ObservedLock("id", "o" * 300, "boot", 100.0, -100.0)),
    ],
)
def test_what_a_line_says(line, lock) -> None:
    assert parse_lock("n1", Record("locked", "100.0", line)) == lock


def test_a_lock_without_a_time_is_hostile() -> None:
    with pytest.raises(HostileOutputError, match="n1: its record `locked` has no number"):
        parse_lock("n1", Record("locked", "", b"id 1 boot 1 ada"))


@pytest.mark.parametrize("words", ["nan", "inf", "1e999", "9" * 400, "1_0", "-5"])
def test_a_time_that_no_clock_shows_is_hostile(words: str) -> None:
    """Rounded for a document, it would end the run for all nodes."""
    with pytest.raises(HostileOutputError, match="has no number"):
        parse_lock("n1", Record("lock", words, b"id 1 boot 1 ada"))
    found = parse_lock("n1", Record("lock", "100", f"id {words} boot {words} ada".encode()))
    assert (found.age, found.left) == (100.0, -100.0)


def test_a_lock_that_is_given_back_in_time_was_worth_waiting_for(node) -> None:
    leave_lock(node, lock_line(60))
    waiting = order(node, WEB, lock_wait=60)
    awaited = []

    def on_event(event: Event) -> bool:
        if isinstance(event, LockAwaited):
            awaited.append(event.lock.owner)
            node.lock.unlink()
        return True

    events = carry_out(node, waiting, on_event)
    assert awaited == ["grace@laptop (pid 7)"]
    assert Written in kinds(events)
    assert lock_left(node) == []


def test_a_lock_is_waited_for_no_longer_than_it_was_said(node) -> None:
    # nor does carry_out wait for as long as that is held
    leave_lock(node, lock_line(600))
    begun = time.monotonic()
    events = carry_out(node, order(node, WEB, lock_wait=2))
    assert time.monotonic() - begun > 1
    assert kinds(events)[-2:] == [LockHeld, Ended]
    assert names(node.folder) == []


def test_who_waits_for_a_lock_may_leave(node) -> None:
    leave_lock(node, lock_line(60))
    carry_out(node, order(node, WEB, lock_wait=30), lambda event: not isinstance(event, LockAwaited))
    until(lambda: lock_left(node) == ["lock"])
    assert names(node.folder) == []


def test_the_run_whose_lock_was_broken_writes_nothing_more_and_is_told_why(node) -> None:
    breaking = replace(
        order(node, tidies=True), lock_broken="ours", lock_reason="it hangs", lock_owner="grace@laptop"
    )
    (node.root / "break.sh").write_text(apply_program(breaking, "5e1f"))
    shell = " ".join(node.host.shell)
    stand_in(
        node.host.bin,
        "sha256sum",
        f'PATH=/usr/bin:/bin {shell} {node.root}/break.sh >/dev/null </dev/null; exec /usr/bin/busybox sha256sum "$@"',
    )
    events = carry_out(node, order(node, WEB, lock_id="ours"))
    assert only(events, StepFailed) == StepFailed("broken", "grace@laptop: it hangs")
    assert names(node.folder) == []
    assert lock_left(node) == []


def test_what_a_killed_run_left_is_cleaned_up_although_its_pid_is_another_process_by_now(node) -> None:
    with _stopped_in_the_middle(node) as process:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)
    [pending] = node.state.glob("pending.*")
    _waiter, *rest = pending.read_text().split(" ")
    pending.write_text(" ".join((str(os.getpid()), *rest)))
    push(node, WEB)
    assert names(node.folder) == ["web.yaml"]
    assert names(node.state) == ["backups"]


def test_what_a_killed_run_left_is_cleaned_up_although_nobody_has_asked_for_its_status_yet(node) -> None:
    with _stopped_in_the_middle(node) as process:
        os.killpg(process.pid, signal.SIGKILL)
        stat = Path(f"/proc/{process.pid}/stat")
        until(lambda: ") Z " in stat.read_text())
        push(node, WEB)
        process.wait(60)
    assert names(node.folder) == ["web.yaml"]
    assert names(node.state) == ["backups"]


def test_a_kubeadm_that_runs_refuses_the_write_and_is_told(node) -> None:
    show_processes(node.host.proc, [os.getpid()], "kubeadm")
    failed = only(push(node, WEB), StepFailed)
    assert failed.step == "kubeadm"
    assert failed.detail.startswith(f"pid {os.getpid()}, for ")
    assert names(node.folder) == []
    assert lock_left(node) == []


def test_a_kubeadm_is_waited_for_like_another_run(node) -> None:
    show_processes(node.host.proc, [os.getpid()], "kubeadm")

    def it_ends(event: Event) -> bool:
        if isinstance(event, LockAwaited):
            assert event.lock.owner.startswith(f"kubeadm (pid {os.getpid()}, for ")
            show_processes(node.host.proc, [])
        return True

    assert Written in kinds(carry_out(node, order(node, WEB, lock_wait=60), it_ends))
    assert names(node.folder) == ["web.yaml"]
