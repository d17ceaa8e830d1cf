"""What an earlier drift check found beside what this one finds: new, still there, mended, and restarts between the two."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from msgspec import Struct, field

from podwright.plan.containers import Mirror, last_end
from podwright.plan.drift import Finding
from podwright.plan.observed import ObservedPod
from podwright.plan.reasons import Drift, because
from podwright.pods.pod_ref import PodRef
from podwright.text import counted

Key = tuple[str, str]


class Seen(Struct, frozen=True):
    """A finding of an earlier check; `since` is when it was seen first, in Unix seconds.

    It was `reported` unless it has been excused ever since.
    """

    drift: str
    subject: str
    detail: str
    since: float
    reported: bool = True

    @property
    def key(self) -> Key:
        return (self.drift, self.subject)


def key_of(finding: Finding) -> Key:
    """What makes two findings of one node the same one: its detail may have changed."""
    return (finding.drift.value, finding.subject)


class NodeBefore(Struct, frozen=True):
    """What an earlier check found on one node, and how often each container (by pod uid and name) had been restarted.

    `unchecked`: not all of the node could be seen.
    """

    found: tuple[Seen, ...] = ()
    unchecked: bool = False
    restarts: Mapping[Key, int] = field(default_factory=dict)


class Scope(Struct, frozen=True):
    """What a check was asked; checks of different scopes cannot be compared."""

    only: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    wait_for: str = ""
    api: bool = True


class Before(Struct, frozen=True):
    """An earlier check: when it ended (Unix seconds), its scope, and its nodes."""

    at: float
    scope: Scope
    nodes: Mapping[str, NodeBefore]


class Course(Struct, frozen=True):
    """How a node's findings went on: `since` of each that there is now; what is mended, or could not be seen.

    `reported` are those that an earlier check or this one reported, `new` those that this one did first. `restarts` are as
    far as they are known, by pod uid and container.
    """

    since: Mapping[Key, float] = field(default_factory=dict)
    reported: tuple[Key, ...] = ()
    new: tuple[Key, ...] = ()
    mended: tuple[Seen, ...] = ()
    unconfirmed: tuple[Seen, ...] = ()
    restarts: Mapping[Key, int] = field(default_factory=dict)


NO_COURSE = Course()


class DriftHistory(Struct, frozen=True):
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
        self,
        name: str,
        findings: Iterable[Finding],
        excused: Iterable[Finding] = (),
        pods: Iterable[ObservedPod] = (),
        *,
        whole: bool,
    ) -> Course:
        """Only of a node that was checked as a `whole` is anything known to be mended."""
        before = self.node(name)
        counted = frozenset(map(key_of, findings))
        earlier = {seen.key: seen for seen in before.found}
        told = frozenset(key for key, seen in earlier.items() if seen.reported)
        since = {
            key: earlier[key].since if key in earlier else self.now
            for key in (*counted, *map(key_of, excused))
        }
        reported = tuple(key for key in since if key in counted | told)
        new = tuple(key for key in since if key in counted - told)
        gone = tuple(seen for seen in before.found if seen.key not in since)
        restarts = {(pod.uid, one.name): one.attempt for pod in pods for one in pod.containers}
        if whole:
            mended = tuple(seen for seen in gone if seen.reported)
            return Course(since, reported, new, mended, (), restarts)
        # of a node that cannot be reached; adding up both would grow for as long as that lasts
        return Course(since, reported, new, (), gone, restarts or before.restarts)

    def after(
        self, course: Course, findings: Iterable[Finding], excused: Iterable[Finding], *, unchecked: bool
    ) -> NodeBefore:
        """What the next check is to know of this one."""
        found = {
            key_of(one): Seen(
                *key_of(one), one.detail, course.since[key_of(one)], key_of(one) in course.reported
            )
            for one in (*findings, *excused)
        }
        return NodeBefore((*found.values(), *course.unconfirmed), unchecked, course.restarts)

    def changed(self, name: str, course: Course, unchecked: bool) -> bool:
        """Whether somebody should hear of the node: something is new or mended, or it can or cannot be checked any more."""
        return bool(course.new or course.mended) or unchecked != self.node(name).unchecked


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
