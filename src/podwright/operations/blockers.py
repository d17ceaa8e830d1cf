"""What keeps a pod from being proven, as far as the evidence shows it, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.plan.health import Health, SourceState
from podwright.plan.observed import MirrorPod, Observation
from podwright.plan.preflight import pipes
from podwright.plan.proof import Proof
from podwright.plan.reasons import Condition
from podwright.plan.track import Track
from podwright.plan.words import hint, message

#: what an old pod that still ends looks like
_ENDING = (Condition.STILL_RUNS, Condition.OTHER_MANIFEST)
#: what blocks a pod, by the first evidence that shows it; the sandbox stands before the mirror
_BLOCKERS = {
    Condition.STILL_RUNS: (
        "if the kubelet was started while the API was down, it ends nothing until the API is back:"
        " bring the API back, or restart the kubelet and stop the sandbox with `crictl stopp`"
    ),
    Condition.HELD_BY_FINALIZER: (
        "the pod's containers are what counts; remove the finalizer through the API, podwright never does"
    ),
    Condition.MIRROR_STAYS: (
        "the pod is gone from the node; the kubelet deletes its mirror once it reaches the API:"
        " check the node's connection to the API server"
    ),
    Condition.OTHER_MANIFEST: (
        "the kubelet still runs the old pod: if it was started while the API was down it changes nothing"
        " until the API is back; the file is in place"
    ),
    Condition.NOT_RUNNING: (
        "the kubelet has not started it: check that it watches `{folder}` and accepts the manifest"
    ),
    Condition.NO_MIRROR: (
        "the pod runs but has no mirror: check its namespace, PodSecurity, quota and priority class;"
        " the kubelet tries again every 60-90 s"
    ),
}


def blockers(track: Track, proof: Proof, observation: Observation) -> Iterator[str]:
    health = track.health
    if proof.kubelet_gone and observation.kubelet.running:
        yield "the kubelet ended or restarted meanwhile: check that it runs, then run the same command again"
        return
    if not observation.kubelet.running:
        yield "no kubelet runs on the node: start it, then run the same command again"
        return
    blocked = [f"{message(pipe)}: {hint(pipe)}" for pipe in pipes(observation)]
    if blocked:
        yield from blocked
        return
    if health.file_is_lost:
        yield "run the same command again to see what is there now"
        return
    stray = _same_stamp_elsewhere(health, proof)
    if stray:
        yield f"it runs as `{stray}`: set `podwright_node_name` to the name the kubelet registers the node with"
        return
    kind = next(map(kind_of, health.missing), None)
    if kind is Condition.NOT_RUNNING and _is_mirrored(health, proof):
        yield f"the kubelet has accepted it; see what it waits for: `kubectl describe pod {kubectl_name(health)}`"
    elif kind in _BLOCKERS:
        left = track.grace_left(proof.view.uptime) if kind in _ENDING else 0.0
        waits = (
            f"the old pod may take {left:.0f} s more to end: wait, then run the same command again; if it stays, "
            if left > 0
            else ""
        )
        yield waits + _BLOCKERS[kind].format(folder=observation.folder)


def _is_mirrored(health: Health, proof: Proof) -> bool:
    """Whether the API shows a mirror pod of this very manifest: its kubelet has read and accepted the file."""
    expectation = health.expectation
    mirror = proof.view.mirrors.get(expectation.pod) if expectation.pod else None
    return (
        isinstance(mirror, MirrorPod)
        and mirror.digest == expectation.digest
        and mirror.generation in expectation.generations
        and mirror.config_mirror != expectation.old_uid
    )


def _same_stamp_elsewhere(health: Health, proof: Proof) -> str:
    expectation = health.expectation
    for pod in proof.view.runtime if not expectation.gone else ():
        if pod.ready and pod.digest == expectation.digest and pod.ref != expectation.pod:
            return str(pod.ref)
    return ""


def kubectl_name(health: Health) -> str:
    """The pod as kubectl takes it."""
    pod = health.expectation.pod
    return f"-n {pod.namespace} {pod.name}" if pod else ""


def kind_of(state: SourceState) -> Condition | None:
    return state.reason.kind if state.reason else None
