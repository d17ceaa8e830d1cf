"""What keeps a pod from being proven, as far as the evidence shows it, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.plan.expectation_progress import Track
from podwright.plan.health import Health, SourceState
from podwright.plan.observed import MirrorPod, Observation
from podwright.plan.preflight import pipes
from podwright.plan.proof import Proof
from podwright.plan.reasons import Condition
from podwright.plan.words import hint, message
from podwright.remote.kube.mirrors import Mirrors

#: what an old pod that still ends looks like
_ENDING = (Condition.STILL_RUNS, Condition.OTHER_MANIFEST)
#: what blocks a pod, by the first evidence that shows it; the sandbox stands before the mirror
_BLOCKERS = {
    Condition.HELD_BY_FINALIZER: (
        "the pod's containers are what counts; remove the finalizer through the API, podwright never does"
    ),
    Condition.MIRROR_STAYS: (
        "the pod is gone from the node; its kubelet deletes the mirror once it reaches the API: see whether the node is"
        " Ready (`kubectl get node {node}`)"
    ),
}
_OLD_POD_STAYS = "the kubelet has not ended the old pod: read why on the node (`journalctl -b | grep {pod}`)"
_API_MAY_BE_DOWN = (
    "; the API was not checked: while it is down, a kubelet that was started meanwhile ends nothing; bring it back, or"
    " restart the kubelet and stop the sandbox with `crictl stopp`"
)


def blockers(track: Track, proof: Proof, observation: Observation, mirrors: Mirrors) -> Iterator[str]:
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
    if kind in _ENDING:
        yield _old_pod_stays(track, proof, mirrors)
    elif kind is Condition.NOT_RUNNING:
        yield _not_started(health, proof)
    elif kind is Condition.NO_MIRROR:
        yield _no_mirror(health, observation, mirrors)
    elif kind in _BLOCKERS:
        yield _BLOCKERS[kind].format(node=observation.node_name)


def _old_pod_stays(track: Track, proof: Proof, mirrors: Mirrors) -> str:
    left = track.grace_left(proof.view.uptime)
    if left > 0:
        return f"the old pod may take {left:.0f} s more to end: wait, then run the same command again"
    pod = track.expectation.pod
    return _OLD_POD_STAYS.format(pod=pod.name if pod else "") + (
        _API_MAY_BE_DOWN if mirrors.unavailable else ""
    )


def _not_started(health: Health, proof: Proof) -> str:
    if _is_mirrored(health, proof):
        return f"the kubelet has accepted it; see what it waits for: `kubectl describe pod {kubectl_name(health)}`"
    return (
        "nothing shows whether the kubelet has read the file: see what it reports about it on the node"
        f" (`journalctl -b | grep {health.expectation.file_name}`)"
    )


def _no_mirror(health: Health, observation: Observation, mirrors: Mirrors) -> str:
    """The pod runs; the kubelet tries to make its mirror every 60-90 s, and only its journal has the API's answer."""
    pod, node = health.expectation.pod, observation.node_name
    if pod and mirrors.lacks_namespace(pod.namespace):
        return (
            f"there is no namespace `{pod.namespace}`: create it (`kubectl create namespace {pod.namespace}`)"
        )
    if not mirrors.unavailable and not mirrors.node(node):
        return f"the API has no node `{node}`, so it has no pods of it: see why the kubelet is not registered there"
    name = health.expectation.file_name.partition(".")[0]
    return (
        "the kubelet tries again every 60-90 s; see what the API answers to such a pod: `podwright manifest render"
        f" -l {observation.node} --only {name} | kubectl create --dry-run=server -f -`"
    )


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
