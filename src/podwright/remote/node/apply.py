"""Changes one node's manifest folder: the only module that does, and only by whole files under a lock."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Generator, Iterator
from contextlib import closing

from msgspec import Struct

from podwright.errors import HostError, ProgramError
from podwright.inventory.node import KEPT_MEBIBYTES, KEPT_REVISIONS
from podwright.plan.events import Ended, Event
from podwright.plan.history import Revision
from podwright.plan.lock_times import WRITE_LOCK_SECONDS
from podwright.plan.observed import Observation
from podwright.plan.pending import Switch
from podwright.plan.writes import NOTHING, Own, Put, Remove, Write
from podwright.remote.host import SILENCE_SECONDS, Host
from podwright.remote.node import selinux_labels
from podwright.remote.node.crictl import concerning
from podwright.remote.node.events import EventReader
from podwright.remote.node.history import keep_calls
from podwright.remote.node.programs import program
from podwright.remote.node.records import RecordReader, new_nonce
from podwright.remote.node.switch_pending import SYSTEMD

PARTS = (
    "path_trust",
    "crictl",
    "lock",
    "holds_check",
    "history",
    "contents",
    "apply",
    "apply_second_write",
    "apply_watch",
    "apply_undo",
)
SWITCH_PARTS = ("switch_pending", "switch_takeback", "switch_arm")
Events = Generator[Event, None, None]


class WriteOrder(Struct, frozen=True):
    """What a node is to do, in order: first every write, then the second writes, then to show what follows.

    Backups go to `state_dir`, or to the state folder in which the lock lies. `watch_seconds` of 0 ends the program after
    the writes. A `lock_id` goes on with the lock of that id, or takes one under it; otherwise a lock is taken for the
    writes only, and waited for `lock_wait` seconds if another run has it. One that is `lock_kept` outlives the program,
    one with a `lock_name` guards something else than the folder; another run's whose id is `lock_broken` is taken over,
    and `lock_reason` is left for that run. What a killed run left goes with the first write, or at once if the order
    `tidies`. The history keeps `revisions`, what this `run` writes, and `found`, what lay there, if it has nothing of that
    name, and what is `taken_over`; of each name `kept_revisions` and `kept_mebibytes` stay. The watch shows the
    pods that have one of the words of `concerns` (names, digests), or all if there are none. A `switch` is armed before the
    first write. Nothing is written that somebody holds at `wall` (Unix seconds; 0: that does not matter).
    """

    observation: Observation
    writes: tuple[Write, ...] = ()
    state_dir: str = ""
    lock_owner: str = ""
    lock_seconds: int = WRITE_LOCK_SECONDS
    lock_id: str = ""
    lock_kept: bool = False
    lock_name: str = ""
    tidies: bool = False
    lock_broken: str = ""
    lock_reason: str = ""
    lock_wait: int = 0
    watch_seconds: int = 0
    run: str = ""
    revisions: tuple[Revision, ...] = ()
    found: tuple[Revision, ...] = ()
    taken_over: tuple[Revision, ...] = ()
    kept_revisions: int = KEPT_REVISIONS
    kept_mebibytes: int = KEPT_MEBIBYTES
    concerns: tuple[str, ...] = ()
    switch: Switch | None = None
    wall: float = 0.0

    @property
    def pending_seconds(self) -> float:
        """How long second writes may be waited for after the first ones."""
        seconds = (write.second.seconds for write in self.writes if isinstance(write, Put) and write.second)
        return max(seconds, default=0.0)


def apply(node: str, host: Host, order: WriteOrder, *, timeout: float) -> Events:
    """Carry out `order`, yielding each event as it comes; closing the generator hangs up.

    The files are whole at every instant: the old one, the new one, or none. Second writes that are pending when the
    caller hangs up are then made by the node alone. Raises HostError and its kinds; what was written before that is in
    the events that came.
    """
    nonce = new_nonce()
    records, events = RecordReader(node, nonce), EventReader(node)
    begun = ended = False
    complaint = "no reason given"
    # by itself it writes nothing once its lock ran out, and waits for nothing
    stream = host.stream(
        apply_program(order, nonce),
        timeout=timeout,
        watchdog=bool(order.watch_seconds),
        silence=SILENCE_SECONDS,
    )
    with closing(stream) as chunks:
        try:
            for chunk in chunks:
                for record in records.feed(chunk):
                    begun = True
                    if event := events.read(record):
                        yield event
        except ProgramError as error:
            complaint = error.complaint
    for record in records.finish():
        begun = True
        # whatever else stands last may have been cut short
        if record.kind == "end":
            ended = True
            yield Ended()
    if not ended:
        raise _ended_early(node, begun, complaint)


def _ended_early(node: str, begun: bool, complaint: str) -> HostError:
    if begun:
        return HostError(
            f"{node}: the program ended before its time: {complaint}",
            hint="run the same command again; it may have been killed, or the node may have gone down",
        )
    return HostError(
        f"{node}: the program did not start: {complaint}",
        hint="check that /bin/sh is there and that the user may run it",
    )


def apply_program(order: WriteOrder, nonce: str) -> str:
    """The text of the program for `order`: contents travel in here-documents whose end only this nonce can make."""
    kubelet = order.observation.kubelet
    variables = {
        "nonce": nonce,
        "folder": order.observation.folder,
        "state_dir": order.state_dir,
        "lock_id": order.lock_id or nonce,
        "lock_name": order.lock_name,
        "lock_owner": order.lock_owner,
        "lock_seconds": str(order.lock_seconds),
        "lock_broken": order.lock_broken,
        "lock_reason": order.lock_reason,
        "lock_wait": str(order.lock_wait),
        "lock_kept": "yes" if order.lock_kept else "",
        "kubelet_root": kubelet.root_dir,
        "kubelet_pid": str(kubelet.pid) if kubelet.running else "",
        "endpoint": kubelet.runtime_endpoint,
        "selinux": selinux_labels.SELINUX,
        "concerns": concerning(order.concerns),
        "run": order.run,
        "history": "",
        "kept": "",
        "kept_revisions": str(order.kept_revisions),
        "kept_bytes": str(order.kept_mebibytes << 20),
        "staged_sums": "",
        "refused": "",
        "made_already": "",
        "changed": "",
        "owned": "",
        "restored": "",
        "renaming": "",
        "unheard": "",
        "seconds_pending": "",
        "pending_seconds": str(int(order.pending_seconds) + 1),
        "stopped": "",
        "unsettled": "",
        "alone": "",
        "lock_held": "",
        "started": "0",
    }
    parts = (*PARTS, *SWITCH_PARTS) if _switches(order) else PARTS
    return program(parts, variables | SYSTEMD, _calls(order, nonce))


def _switches(order: WriteOrder) -> bool:
    """Whether a switch is armed, or one of a run that is over may be there."""
    seen = order.observation
    return bool(order.switch or order.tidies or seen.leftovers or any(one.waits for one in seen.pending))


def _calls(order: WriteOrder, nonce: str) -> Iterator[str]:
    yield "record begin 1"
    if order.watch_seconds:
        yield "clock"
    if order.writes or order.lock_id or order.tidies:
        yield "trust_folders"
        yield "take_lock"
        if _switches(order):
            yield "end_idle_switches"
    if order.writes:
        yield "none_unconfirmed"
        if order.wall:
            yield shlex.join(("none_held", str(int(order.wall)), *(write.name for write in order.writes)))
        if any(write.over != NOTHING for write in order.writes):
            yield "prepare_backups"
        if staged := tuple(_staged(order.writes)):
            yield f"make_staged {' '.join(key for key, _ in staged)}"
            yield from (_stage(key, text, nonce) for key, text in staged)
            yield "check_staged"
        for key, write in enumerate(order.writes):
            yield from _label(key, write)
        yield from (_check(key, write) for key, write in enumerate(order.writes))
        yield "all_checked"
        yield from keep_calls(_by_key(order), order.found, order.taken_over, nonce)
        if order.switch:
            yield from _arm_calls(order, order.switch, nonce)
        yield "renames"
        yield from (_change(key, write) for key, write in enumerate(order.writes))
        yield "renamed"
        yield "free_lock"
    else:
        yield "begun"
    if order.watch_seconds:
        yield f"watch {order.watch_seconds}"
    yield "end"


def _arm_calls(order: WriteOrder, switch: Switch, nonce: str) -> Iterator[str]:
    from podwright.remote.node.switch import arm_calls, keeper_program  # only such an order pays for it

    keeper = keeper_program(
        order.observation,
        order.run,
        state_dir=order.state_dir,
        owner=order.lock_owner,
        seconds=switch.seconds,
    )
    yield from arm_calls(switch, order.writes, order.revisions, keeper, nonce)


def _staged(writes: tuple[Write, ...]) -> Iterator[tuple[str, str]]:
    """The key and the text of every file that a write needs."""
    for key, write in enumerate(writes):
        if isinstance(write, Put):
            yield f"{key}.1", write.text
            if write.second:
                yield f"{key}.2", write.second.text


def _stage(key: str, text: str, nonce: str) -> str:
    digest = _sha256_of(text.encode())
    # bash puts a long here-document into a file, for which there may be no room
    return f"stage {key} {digest} <<'{nonce}' || fail stage 'the shell has no room for it'\n{text}{nonce}"


def _by_key(order: WriteOrder) -> dict[int, Revision]:
    keys = {write.name: key for key, write in enumerate(order.writes) if isinstance(write, Put)}
    return {keys[revision.name]: revision for revision in order.revisions if revision.name in keys}


def _label(key: int, write: Write) -> Iterator[str]:
    """Before anything is backed up: what can't have the label that it is written for pushes no older copy out."""
    if not isinstance(write, Put):
        return
    yield f"label {key}.1 {shlex.quote(write.name)}"
    if write.label:
        yield shlex.join(("labelled", f"{key}.1", write.name, write.label))
    if write.second:
        yield f"label {key}.2 {shlex.quote(write.name)}"


def _check(key: int, write: Write) -> str:
    """What lies there may be what was observed, or what another run made it meanwhile."""
    check = f"check {key} {shlex.quote(write.name)} {write.over}"
    if isinstance(write, Remove):
        return f"{check} {NOTHING}"
    if isinstance(write, Own):
        return check
    texts = (write.text, write.second.text) if write.second else (write.text,)
    return f"{check} {' '.join(_sha256_of(text.encode()) for text in texts)}"


def _change(key: int, write: Write) -> str:
    words = [str(key), write.name, write.over]
    if isinstance(write, Remove):
        return f"delete {shlex.join(words)}"
    if isinstance(write, Own):
        words += ("adopted" if write.ours else "given-up", "" if write.ours is write.marked else write.over)
        return f"own {shlex.join(words)}"
    words.append(_sha256_of(write.text.encode()))
    if write.second:
        words += (f"{key}.2", write.second.old_uid, str(int(write.second.seconds)))
    return f"put {shlex.join(words)}"


def _sha256_of(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
