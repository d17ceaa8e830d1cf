"""What an earlier drift check found beside what this one finds: new, still there, mended, and restarts between the two."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from podwright.plan.containers import Mirror, last_end
from podwright.plan.drift import Finding
from podwright.plan.observed import ObservedPod
from podwright.plan.reasons import Drift, because
from podwright.pods.pod_ref import PodRef
from podwright.text import counted

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding as an earlier check reported it; `since` is when it was seen first, in Unix seconds."""

    drift: str
    subject: str
    detail: str
    since: float

    @property
    def key(self) -> Key:
        return (self.drift, self.subject)


def key_of(finding: Finding) -> Key:
    """What makes two findings of one node the same one: its detail may have changed."""
    return (finding.drift.value, finding.subject)


@dataclass(frozen=True, slots=True)
class NodeBefore:
    """What an earlier check found on one node, and how often each container (by pod uid and name) had been restarted."""

    found: tuple[Seen, ...] = ()
    restarts: Mapping[Key, int] = field(default_factory=dict)

    def since(self, key: Key) -> float | None:
        return next((seen.since for seen in self.found if seen.key == key), None)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a check was asked; checks of different scopes cannot be compared."""

    only: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    wait_for: str = ""
    api: bool = True


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier check: when it ended (Unix seconds), its scope, and its nodes."""

    at: float
    scope: Scope
    nodes: Mapping[str, NodeBefore]


@dataclass(frozen=True, slots=True)
class Course:
    """How a node's findings went on: `since` of each that there is now; which are new; what is mended, or could not be seen.

    `restarts` are as far as they are known, by pod uid and container.
    """

    since: Mapping[Key, float] = field(default_factory=dict)
    new: frozenset[Key] = frozenset()
    mended: tuple[Seen, ...] = ()
    unconfirmed: tuple[Seen, ...] = ()
    restarts: Mapping[Key, int] = field(default_factory=dict)


NO_COURSE = Course()


@dataclass(frozen=True, slots=True)
class DriftHistory:
    """This check's time, in Unix seconds (0: not known), and its scope; and the check before, if there was one."""

    now: float = 0.0
    scope: Scope = Scope()
    before: Before | None = None

    def node(self, name: str) -> NodeBefore:
        return self.before.nodes.get(name, NodeBefore()) if self.before else NodeBefore()

    def ages(self, name: str) -> dict[Key, float]:
        """For how many seconds each finding of the check before has been known."""
        return {seen.key: self.now - seen.since for seen in self.node(name).found}

    def course(
        self, name: str, findings: Iterable[Finding], pods: Iterable[ObservedPod] = (), *, whole: bool
    ) -> Course:
        """`findings` count or are excused; only of a node that was checked as a `whole` is anything known to be mended."""
        before = self.node(name)
        keys = [key_of(finding) for finding in findings]
        since = {key: self.now if (found := before.since(key)) is None else found for key in keys}
        new = frozenset(key for key in keys if before.since(key) is None)
        gone = tuple(
            seen for seen in before.found if seen.key not in since and seen.drift not in self.scope.ignored
        )
        restarts = {(pod.uid, one.name): one.attempt for pod in pods for one in pod.containers}
        if whole:
            return Course(since, new, gone, (), restarts)
        return Course(since, new, (), gone, {**before.restarts, **restarts})


NO_HISTORY = DriftHistory()


def restarted(
    node: str,
    pods: Iterable[ObservedPod],
    before: NodeBefore,
    told: Collection[str],
    see: Callable[[PodRef], Mirror],
) -> Iterator[Finding]:
    """Containers that were started again since the check before; not of pods that something worse is `told` of.

    `see` gives a pod's mirror, which shows how its containers ended.
    """
    for pod in pods:
        subject = str(pod.ref)
        if subject in told:
            continue
        for container in pod.containers:
            earlier = before.restarts.get((pod.uid, container.name), container.attempt)
            if container.attempt > earlier:
                count = counted(container.attempt - earlier, "time")
                last = last_end(container.name, container.attempt, see(pod.ref), pod.uid)
                why = because(Drift.POD_RESTARTED, name=container.name, count=count, ends=last)
                yield Finding(node, Drift.POD_RESTARTED, subject, why)
