"""What the witnesses say: whether the pod that runs is the one we want, or is truly gone; decided without asking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from podwright.plan.observed import MirrorPod, ObservedContainer, ObservedPod, Unavailable
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


class Says(StrEnum):
    """What one witness says of an expectation."""

    YES = "yes"
    NOT_YET = "not yet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FileWitness:
    """What lies in the folder: the live file's sha256 (None: no file), and other files that define the same pod."""

    sha256: str | None
    duplicates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is to be true of one pod on one node.

    `pod` has the node's suffix. `sha256s` are the texts that prove it (the first and the second write differ in their
    generation only, which `generations` has in the same order); empty means that the pod is to be gone. `old_uid` is
    of the pod that ran before, whose mirror must not pass for the new one.
    """

    file_name: str
    pod: PodRef
    digest: str = ""
    sha256s: tuple[str, ...] = ()
    generations: tuple[int, ...] = ()
    containers: tuple[str, ...] = ()
    runs_to_completion: bool = False
    wait_for: WaitFor = WaitFor.READY
    old_uid: str = ""
    deadline: float = 0.0

    @property
    def gone(self) -> bool:
        return not self.sha256s


@dataclass(frozen=True, slots=True)
class Evidence:
    """What each witness of a pod was seen to say; the pod's sandboxes are those of its full name, ready or not."""

    file: FileWitness | Unavailable
    sandboxes: tuple[ObservedPod, ...] | Unavailable
    mirror: MirrorPod | Unavailable | None


@dataclass(frozen=True, slots=True)
class Witness:
    """One witness's answer in words."""

    name: str
    says: Says
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict on one expectation: `uid` is of the pod that proves it."""

    expectation: Expectation
    witnesses: tuple[Witness, ...]
    uid: str = ""

    @property
    def proven(self) -> bool:
        """No witness disagrees, and beside the file at least one that was asked for agrees."""
        if any(witness.says is Says.NOT_YET for witness in self.witnesses):
            return False
        spoke = {witness.name for witness in self.witnesses if witness.says is Says.YES}
        if self.expectation.wait_for is WaitFor.FILE:
            return "file" in spoke
        return "file" in spoke and bool(spoke & {"sandbox", "mirror"})

    @property
    def unknown(self) -> tuple[Witness, ...]:
        return tuple(witness for witness in self.witnesses if witness.says is Says.UNKNOWN)

    @property
    def file_is_lost(self) -> bool:
        """Whether the file is not as this run left it: somebody else is at work on it."""
        return any(witness.name == "file" for witness in self.missing)

    @property
    def missing(self) -> tuple[Witness, ...]:
        return tuple(witness for witness in self.witnesses if witness.says is Says.NOT_YET)


def judge(expectation: Expectation, evidence: Evidence) -> Health:
    """Hold evidence against an expectation, by the success predicates for static pods.

    The mirror's status counts only for the uid that runs: during an update it goes on saying Ready for the dead old pod.
    """
    if expectation.gone:
        return _judge_gone(expectation, evidence)
    there = _judge_there(_of_the_text_there(expectation, evidence.file), evidence)
    return replace(there, expectation=expectation)


def _judge_there(expectation: Expectation, evidence: Evidence) -> Health:
    file = _file_is_ours(expectation, evidence.file)
    if not expectation.wait_for.includes(WaitFor.RUNNING):
        return Health(expectation, (file,))
    sandbox, uid = _sandbox_is_ours(expectation, evidence.sandboxes)
    witnesses = [file, sandbox]
    if expectation.wait_for.includes(WaitFor.MIRROR):
        witnesses.append(_mirror_is_ours(expectation, uid, evidence.mirror))
    elif isinstance(evidence.sandboxes, Unavailable):
        # the runtime can't be asked: the mirror is the only witness left that something runs
        witnesses.append(_mirror_is_ours(expectation, uid, evidence.mirror))
    return Health(expectation, tuple(witnesses), uid)


def _of_the_text_there(expectation: Expectation, file: FileWitness | Unavailable) -> Expectation:
    """Only the pod of the very text that lies there proves it: one of a text that was replaced is about to end."""
    if isinstance(file, Unavailable) or file.sha256 not in expectation.sha256s:
        return expectation
    at = expectation.sha256s.index(file.sha256)
    return replace(expectation, generations=expectation.generations[at : at + 1])


def _file_is_ours(expectation: Expectation, file: FileWitness | Unavailable) -> Witness:
    if isinstance(file, Unavailable):
        return Witness("file", Says.UNKNOWN, file.reason)
    if file.sha256 is None:
        return Witness("file", Says.NOT_YET, f"`{expectation.file_name}` is not there")
    if file.sha256 not in expectation.sha256s:
        return Witness("file", Says.NOT_YET, f"`{expectation.file_name}` has other content")
    if file.duplicates:
        return Witness("file", Says.NOT_YET, f"{_quoted(file.duplicates)} also defines the pod")
    return Witness("file", Says.YES)


def _sandbox_is_ours(
    expectation: Expectation, sandboxes: tuple[ObservedPod, ...] | Unavailable
) -> tuple[Witness, str]:
    if isinstance(sandboxes, Unavailable):
        return Witness("sandbox", Says.UNKNOWN, sandboxes.reason), ""
    ready = [pod for pod in sandboxes if pod.ready]
    ours = [pod for pod in sandboxes if _carries_stamp(expectation, pod.digest, pod.generation)]
    if len(ready) > 1:
        return Witness("sandbox", Says.NOT_YET, f"{len(ready)} sandboxes of the pod are ready at once"), ""
    if ready and ready[0] not in ours:
        return Witness("sandbox", Says.NOT_YET, "the pod that runs is of another manifest"), ""
    if expectation.runs_to_completion and not ready and ours:
        return _completed(max(ours, key=lambda pod: pod.created_at))
    if not ready:
        return Witness("sandbox", Says.NOT_YET, "no pod of that name runs"), ""
    return _containers_run(expectation, ready[0]), ready[0].uid


def _carries_stamp(expectation: Expectation, digest: str | None, generation: int | None) -> bool:
    return digest == expectation.digest and generation in expectation.generations


def _completed(pod: ObservedPod) -> tuple[Witness, str]:
    states = {container.state for container in pod.containers}
    if pod.containers and states == {"CONTAINER_EXITED"}:
        return Witness("sandbox", Says.YES, "its containers have run and ended"), pod.uid
    return Witness("sandbox", Says.NOT_YET, "no pod of that name runs"), ""


def _containers_run(expectation: Expectation, pod: ObservedPod) -> Witness:
    by_name = {container.name: container for container in pod.containers}
    waiting = [
        name for name in expectation.containers if not _container_counts(expectation, by_name.get(name))
    ]
    if waiting:
        return Witness("sandbox", Says.NOT_YET, f"{_quoted(waiting)} does not run")
    return Witness("sandbox", Says.YES)


def _container_counts(expectation: Expectation, container: ObservedContainer | None) -> bool:
    if container is None:
        return False
    return container.running or (expectation.runs_to_completion and container.state == "CONTAINER_EXITED")


def _mirror_is_ours(expectation: Expectation, uid: str, mirror: MirrorPod | Unavailable | None) -> Witness:
    if isinstance(mirror, Unavailable):
        return Witness("mirror", Says.UNKNOWN, mirror.reason)
    if mirror is None:
        return Witness("mirror", Says.NOT_YET, f"the API has no pod `{expectation.pod}`")
    if mirror.config_mirror is None:
        return Witness("mirror", Says.NOT_YET, f"a regular pod owns the name `{expectation.pod}`")
    if not _mirrors_uid(expectation, uid, mirror):
        return Witness("mirror", Says.NOT_YET, "the mirror pod is still of the pod that ran before")
    if mirror.deleting:
        return Witness("mirror", Says.NOT_YET, "the mirror pod is being deleted")
    if expectation.wait_for is not WaitFor.READY or mirror.ready:
        return Witness("mirror", Says.YES)
    if expectation.runs_to_completion and mirror.phase == "Succeeded":
        return Witness("mirror", Says.YES, "it has succeeded")
    return Witness("mirror", Says.NOT_YET, _why_not_ready(mirror))


def _mirrors_uid(expectation: Expectation, uid: str, mirror: MirrorPod) -> bool:
    if uid:
        return mirror.config_mirror == uid
    return mirror.config_mirror != expectation.old_uid and _carries_stamp(
        expectation, mirror.digest, mirror.generation
    )


def _why_not_ready(mirror: MirrorPod) -> str:
    for container in mirror.containers:
        if not container.ready and container.reason:
            message = f": {container.message}" if container.message else ""
            return f"container `{container.name}` is {container.state}: {container.reason}{message}"
    waiting = [container.name for container in mirror.containers if not container.ready]
    return f"{_quoted(waiting)} is not ready" if waiting else f"the mirror pod is {mirror.phase or 'Pending'}"


def _judge_gone(expectation: Expectation, evidence: Evidence) -> Health:
    file = _file_is_gone(expectation, evidence.file)
    if expectation.wait_for is WaitFor.FILE:
        return Health(expectation, (file,))
    return Health(expectation, (file, _sandbox_is_gone(evidence.sandboxes), _mirror_is_gone(evidence.mirror)))


def _file_is_gone(expectation: Expectation, file: FileWitness | Unavailable) -> Witness:
    if isinstance(file, Unavailable):
        return Witness("file", Says.UNKNOWN, file.reason)
    if file.sha256 is not None:
        return Witness("file", Says.NOT_YET, f"`{expectation.file_name}` is there")
    if file.duplicates:
        return Witness("file", Says.NOT_YET, f"{_quoted(file.duplicates)} also defines the pod")
    return Witness("file", Says.YES, "gone")


def _sandbox_is_gone(sandboxes: tuple[ObservedPod, ...] | Unavailable) -> Witness:
    if isinstance(sandboxes, Unavailable):
        return Witness("sandbox", Says.UNKNOWN, sandboxes.reason)
    alive = [pod for pod in sandboxes if pod.ready or any(entry.running for entry in pod.containers)]
    if alive:
        return Witness("sandbox", Says.NOT_YET, "the pod still runs")
    return Witness("sandbox", Says.YES, "gone")


def _mirror_is_gone(mirror: MirrorPod | Unavailable | None) -> Witness:
    if isinstance(mirror, Unavailable):
        return Witness("mirror", Says.UNKNOWN, mirror.reason)
    if mirror is None:
        return Witness("mirror", Says.YES, "gone")
    if mirror.config_mirror is None:
        return Witness("mirror", Says.YES, "gone; a regular pod has its name")
    if mirror.finalizers:
        return Witness(
            "mirror", Says.NOT_YET, f"the finalizer {_quoted(mirror.finalizers)} holds the mirror pod"
        )
    return Witness("mirror", Says.NOT_YET, "the mirror pod is still there")


def _quoted(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
