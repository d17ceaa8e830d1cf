"""What is to be true of one pod on one node, and how much of it must be proven."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from podwright.pods.pod_ref import PodRef


class WaitFor(StrEnum):
    """How much must be proven before a push is done; each level includes those before it."""

    FILE = "file"
    RUNNING = "running"
    MIRROR = "mirror"
    READY = "ready"

    def includes(self, level: WaitFor) -> bool:
        return _RANK[self] >= _RANK[level]


_RANK = {level: rank for rank, level in enumerate(WaitFor)}


class Expectation(Struct, frozen=True):
    """What is to be true of one file, and of its pod.

    `pod` has the node's suffix; None: the file defines none, and is all there is to prove. `sha256s` are the texts that
    prove it (the first and the second write differ in their generation only, which `generations` has in the same
    order); empty means gone. Without a `digest` the pod carries no mark of ours. `old_uid` is of the pod that ran before,
    whose mirror must not pass for the new one; `grace` is how long the pod that is to end may take for that, in seconds.
    `ready_seconds`: the longest that its probes may take to succeed. `unready_seconds`: how long its probe may fail before
    that counts. `beside`: the pod of the workload's other slot, which goes once this one is proven.
    """

    file_name: str
    pod: PodRef | None
    digest: str = ""
    sha256s: tuple[str, ...] = ()
    generations: tuple[int, ...] = ()
    containers: tuple[str, ...] = ()
    runs_to_completion: bool = False
    wait_for: WaitFor = WaitFor.READY
    old_uid: str = ""
    deadline: float = 0.0
    grace: float = 0.0
    ready_seconds: float = 0.0
    unready_seconds: float = 0.0
    beside: PodRef | None = None

    @property
    def gone(self) -> bool:
        return not self.sha256s

    @property
    def probed(self) -> bool:
        """Whether more makes it ready than that its containers run."""
        return self.ready_seconds > 0

    @property
    def subject(self) -> str:
        """The pod, or the file that defines none: for a person."""
        return str(self.pod) if self.pod else self.file_name

    @property
    def observes_mirror(self) -> bool:
        if self.pod is None or self.wait_for is WaitFor.FILE:
            return False
        return self.gone or self.wait_for.includes(WaitFor.MIRROR)
