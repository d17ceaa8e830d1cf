"""What a node's apply program reports while it runs, as values; `uptime` is in seconds since the node's start."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from podwright.plan.observed import ObservedLock, ObservedPod


class ClockRead(Struct, frozen=True):
    """The node's monotonic and its wall clock (Unix seconds) at one instant."""

    uptime: float
    wall: float


class LockHeld(Struct, frozen=True):
    """Another run holds the node's lock; nothing was changed."""

    lock: ObservedLock


class LockAwaited(Struct, frozen=True):
    """Another run holds the node's lock, which is waited for."""

    lock: ObservedLock


class Started(Struct, frozen=True):
    """The lock is taken and everything is staged: from here on the folder may change."""

    uptime: float


class Written(Struct, frozen=True):
    """The staged content became the file, in one rename."""

    uptime: float
    file_name: str


class Deleted(Struct, frozen=True):
    """The file is gone."""

    uptime: float
    file_name: str


class Owned(Struct, frozen=True):
    """The node's note on whose file it is; the file itself was not touched."""

    file_name: str
    ours: bool


class SecondWritten(Struct, frozen=True):
    """The same content with the next generation became the file, which makes the kubelet start the new pod at once."""

    uptime: float
    file_name: str


class SecondSkipped(Struct, frozen=True):
    """No second write: the end of the old pod cannot be observed."""

    file_name: str


class SecondLate(Struct, frozen=True):
    """No second write: the old pod did not end in time."""

    file_name: str


class Restored(Struct, frozen=True):
    """A later step failed, so the file was made again what it was before."""

    uptime: float
    file_name: str


class Stands(Struct, frozen=True):
    """A later step failed, and what was done to this file could not be taken back."""

    file_name: str


class Refused(Struct, frozen=True):
    """The file is not as it was observed; if it is not what is wanted either, nothing of the order was written.

    `found` is its sha256, or a word for what is there.
    """

    file_name: str
    found: str


class StepFailed(Struct, frozen=True):
    """The program stopped at `step`; `detail` is the node's own message, or the path that it failed on."""

    step: str
    detail: str


class Unconfirmed(Struct, frozen=True):
    """All is changed, and taken back unless a new connection confirms it."""


class Unlocked(Struct, frozen=True):
    """All writes are done and the lock is released; what follows only observes."""


class FilesSeen(Struct, frozen=True):
    """Every regular file of the folder (and every link to one) with its sha256; reported whenever that changes."""

    sums: Mapping[str, str]


class RuntimeSeen(Struct, frozen=True):
    """The pods that the runtime holds, as it was asked at `asked` (None: at `uptime`); reported whenever they change."""

    uptime: float
    pods: tuple[ObservedPod, ...]
    asked: float | None = None


class RuntimeUnavailable(Struct, frozen=True):
    """The runtime could not be queried."""

    reason: str


class KubeletGone(Struct, frozen=True):
    """The kubelet's process that was observed has ended; reported every round."""


class Ticked(Struct, frozen=True):
    """One round of the watch is over: everything above is what stands now; the runtime was asked at `asked`."""

    uptime: float
    asked: float | None = None


class JournalRead(Struct, frozen=True):
    """The kubelet's journal since the start, as a hint; sent after the deadline only."""

    text: str


class Ended(Struct, frozen=True):
    """The program came to its end; it reports nothing more."""


Event = (
    ClockRead
    | LockHeld
    | LockAwaited
    | Started
    | Written
    | Deleted
    | Owned
    | SecondWritten
    | SecondSkipped
    | SecondLate
    | Refused
    | Restored
    | Stands
    | StepFailed
    | Unconfirmed
    | Unlocked
    | FilesSeen
    | RuntimeSeen
    | RuntimeUnavailable
    | KubeletGone
    | Ticked
    | JournalRead
    | Ended
)
