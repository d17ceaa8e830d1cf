"""From a plan to what must be true afterwards, pod by pod."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from podwright.manifests.manifest import Manifest
from podwright.manifests.stamp import counted_up
from podwright.plan.changes import Action, Change, Plan
from podwright.plan.deadlines import removal_deadline, second_write_deadline, start_deadline
from podwright.plan.health import Expectation, WaitFor
from podwright.plan.observed import MirrorPod, Observation, ObservedPod
from podwright.pods.pod_ref import PodRef

#: the kubelet's hash or a UUID; part of a path on the node
_UID = re.compile(r"[0-9A-Za-z-]{1,64}")


@dataclass(frozen=True, slots=True)
class SecondWrite:
    """The write that closes an update's hole: the same content with the next generation, once `old_uid` is done."""

    change: Change
    old_uid: str
    seconds: float

    @property
    def text(self) -> str:
        return replace(self.change, generation=self.change.generation + 1).text


def second_writes(plan: Plan, observation: Observation) -> tuple[SecondWrite, ...]:
    """Every update that ends exactly one running pod of the same name; others leave no hole of that kind."""
    return tuple(_second_writes(plan, observation))


def _second_writes(plan: Plan, observation: Observation) -> Iterator[SecondWrite]:
    for change in plan.changes:
        if change.action is not Action.UPDATE or not change.restarts or change.pod is None:
            continue
        running = observation.ready_pods(change.pod.on(observation.node_name))
        if len(running) == 1 and _UID.fullmatch(running[0].uid):
            yield SecondWrite(change, running[0].uid, second_write_deadline(_old_grace(change)))


def expectations(
    plan: Plan,
    observation: Observation,
    *,
    wait_for: WaitFor,
    timeout: float | None = None,
    mirrors: Callable[[], Iterable[MirrorPod]] = tuple,
) -> tuple[Expectation, ...]:
    """What proves that `plan` has come true; `timeout` in seconds overrides each pod's own deadline.

    `mirrors` shows the node's mirror pods of ours, and is asked only where a file is absent already.
    """
    shown = tuple if wait_for is WaitFor.FILE else mirrors
    expected = [*_expected(plan, observation, wait_for), *_orphans(plan, observation, shown)]
    if wait_for is WaitFor.FILE:
        expected = [_only_by_file(expectation) for expectation in expected]
    if timeout is not None:
        expected = [replace(expectation, deadline=timeout) for expectation in expected]
    return tuple(expected)


def _only_by_file(expectation: Expectation) -> Expectation:
    if expectation.wait_for is WaitFor.FILE:
        return expectation
    return replace(expectation, wait_for=WaitFor.FILE)


def _expected(plan: Plan, observation: Observation, wait_for: WaitFor) -> Iterator[Expectation]:
    for change in plan.changes:
        if change.action is Action.CONFLICT:
            continue
        if change.manifest is not None:
            yield _present(change, change.manifest, observation, wait_for)
            yield from _renamed(change, observation)
        elif change.action is Action.DELETE and change.observed and change.observed.named:
            yield _gone(change.file_name, change.observed.named.on(observation.node_name), _old_grace(change))


def _present(change: Change, manifest: Manifest, observation: Observation, wait_for: WaitFor) -> Expectation:
    pod = manifest.pod.on(observation.node_name)
    replaced = observation.ready_pods(pod) if change.restarts or change.action is Action.CREATE else ()
    texts = _texts(change)
    return Expectation(
        file_name=change.file_name,
        pod=pod,
        digest=manifest.digest,
        sha256s=texts,
        generations=tuple(range(change.generation, change.generation + len(texts))),
        containers=manifest.containers,
        runs_to_completion=manifest.restart_policy != "Always",
        wait_for=wait_for,
        old_uid=replaced[0].uid if replaced else "",
        deadline=start_deadline(manifest, _old_grace(change) if replaced else None),
    )


def _texts(change: Change) -> tuple[str, ...]:
    """The sha256 of each text that may lie there: of the first write and, after an update, of the second.

    What is kept may be the first write of another run, whose second is to come.
    """
    if change.action is Action.KEEP and change.observed is not None:
        following = counted_up(change.observed.content, change.generation)
        return change.observed.sha256, hashlib.sha256(following).hexdigest()
    texts = [change.text]
    if change.action is Action.UPDATE and change.restarts:
        texts.append(replace(change, generation=change.generation + 1).text)
    return tuple(hashlib.sha256(text.encode()).hexdigest() for text in texts)


def _renamed(change: Change, observation: Observation) -> Iterator[Expectation]:
    """The kubelet runs the old name on until its next reading of the whole folder."""
    observed = change.observed
    if change.action is Action.UPDATE and observed and observed.named and observed.named != change.pod:
        yield replace(
            _gone(change.file_name, observed.named.on(observation.node_name), _old_grace(change)),
            file_name="",
        )


def _gone(file_name: str, pod: PodRef, grace_seconds: float) -> Expectation:
    return Expectation(file_name=file_name, pod=pod, deadline=removal_deadline(grace_seconds))


def _old_grace(change: Change) -> float:
    reading = change.observed.reading if change.observed else None
    return float(reading.grace_seconds) if reading and reading.named else 30.0


def _orphans(
    plan: Plan, observation: Observation, mirrors: Callable[[], Iterable[MirrorPod]]
) -> Iterator[Expectation]:
    """A file that is absent already may have left a pod or a mirror that is still ending, or that nothing will end."""
    if any(change.manifest is None and change.action is Action.KEEP for change in plan.changes):
        running = {pod.ref: None for pod in orphans(observation)}
        yield from (_gone("", ref, 30.0) for ref in running)
        for mirror in orphaned_mirrors(observation, mirrors()):
            if mirror.ref not in running:
                yield _gone("", mirror.ref, 0.0)


def orphans(observation: Observation) -> tuple[ObservedPod, ...]:
    """Pods that carry our stamp and run although no file of the folder defines them."""
    defined = _defined(observation)
    return tuple(
        pod
        for pod in observation.pods or ()
        if pod.ready and pod.digest and pod.source == "file" and pod.ref not in defined
    )


def orphaned_mirrors(observation: Observation, mirrors: Iterable[MirrorPod]) -> tuple[MirrorPod, ...]:
    """Mirror pods whose file is gone: held by a finalizer, or their kubelet does not reach the API."""
    defined = _defined(observation)
    return tuple(mirror for mirror in mirrors if mirror.ref not in defined)


def _defined(observation: Observation) -> frozenset[PodRef]:
    return frozenset(file.pod.on(observation.node_name) for file in observation.files if file.pod)
