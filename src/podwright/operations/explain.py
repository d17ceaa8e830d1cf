"""Explains why something was not proven or not written, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.plan.containers import unwell
from podwright.plan.events import LockHeld, Refused, StepFailed
from podwright.plan.health import Health, Witness
from podwright.plan.observed import MirrorPod, Observation
from podwright.plan.preflight import pipes
from podwright.plan.proof import Proof, Standing
from podwright.plan.reasons import Condition
from podwright.plan.words import hint, message
from podwright.problem import Problem
from podwright.remote.kube.mirrors import Mirrors

#: what the kubelet's journal says of a file it cannot use or a mirror it cannot make (kubelet v1.22 to v1.36)
_JOURNAL_SIGNS = (
    "couldn't parse as pod",
    "Could not process manifest file",
    "can't process config file",
    "invalid pod",
    "static pods may not reference",
    "Failed creating a mirror pod",
    "Pod admission denied",
    "Predicate failed",
    "Failed to admit pod",
    "Error syncing pod",
)
MAX_LINE = 400


def explain(proof: Proof, observation: Observation, mirrors: Mirrors) -> Iterator[Problem]:
    """One problem for each expectation that was not proven: which evidence is missing, and the likely blocker."""
    for standing in proof.standings:
        refusal = proof.refused.get(standing.expectation.pod) if standing.expectation.pod else None
        if refusal and not standing.health.proven:
            yield Problem(
                f"the kubelet refused `{standing.expectation.subject}`: {refusal.text}",
                "make room for it, or change it, and push again: the kubelet does not try it again by itself",
                node=observation.node,
            )
        elif not standing.health.proven:
            yield Problem(
                _what_is_missing(standing, proof),
                _what_to_do(standing.health, proof, observation, mirrors),
                node=observation.node,
            )


def interrupted(node: str, awaited: tuple[str, ...] = ()) -> Problem:
    """Ctrl-C came before the proof; `awaited` files are written, and the node writes them once more by itself."""
    names = ", ".join(f"`{name}`" for name in awaited)
    stands = (
        f": {names} is written, and the node starts the new pod by itself once the old one has ended"
        if names
        else ""
    )
    return Problem(f"interrupted before it was proven{stands}", "run the same command again", node=node)


def unproven(name: str, node: str) -> Problem:
    """A change that nothing was to prove, or that the node did not report, is never a success."""
    return Problem(f"cannot verify that `{name}` was changed", "run the same command again", node=node)


def readiness_unchecked(health: Health) -> str:
    """A container that runs may still fail its probe, and only the API shows that."""
    return (
        f"`{health.expectation.subject}` runs; its readiness was not checked: give a kubeconfig of an API that answers,"
        " or settle for `--wait-for running`"
    )


def _what_is_missing(standing: Standing, proof: Proof) -> str:
    health, expectation = standing.health, standing.expectation
    wanted = "gone" if expectation.gone else f"proven {expectation.wait_for}"
    ends = [] if expectation.gone else [*_ends(health, proof)]
    kinds = {_kind(entry) for entry in health.missing}
    # the API shows the same, and when the next start is due
    told = {Condition.CRASH_LOOPING} if Condition.CRASH_BACK_OFF in kinds else set()
    halves = [_half(entry) for entry in health.missing if _kind(entry) not in told]
    if not halves and health.agreed and not health.unknown:
        what = f"`{expectation.subject}` did not stay {'gone' if expectation.gone else 'well'} for as long as it has to hold"
        lapses = [_half(entry) for entry in standing.lapse]
        return ": ".join(filter(None, (what, "; ".join((*lapses, *ends)))))
    if not halves:
        halves = [f"the {entry.name} could not be asked ({entry.detail})" for entry in health.unknown]
    return f"`{expectation.subject}` is not {wanted}: {'; '.join((*halves, *ends))}"


def _ends(health: Health, proof: Proof) -> Iterator[str]:
    """How containers of the pod ended, which the API shows some seconds later, and how often each was started."""
    mirror = proof.view.mirrors.get(health.expectation.pod) if health.expectation.pod else None
    codes = {}
    if isinstance(mirror, MirrorPod) and mirror.digest == health.expectation.digest:
        codes = {entry.name: entry.exit_code for entry in mirror.containers if entry.exit_code is not None}
    starts = {
        entry.name: entry.attempt + 1
        for pod in proof.view.runtime
        if pod.uid == health.uid and pod.ready
        for entry in pod.containers
        if entry.attempt
    }
    loops = [entry.reason for entry in health.missing if entry.reason and entry.reason.kind in _CRASHES]
    told = {value for reason in loops for key, value in reason.data if key == "name"}
    for name in (name for name in codes | starts if name not in told):
        words = (
            f"ended with exit code {codes[name]}" if name in codes else "",
            f"was started {starts[name]} times" if name in starts else "",
        )
        yield f"container `{name}` {' and '.join(filter(None, words))}"


def _half(witness: Witness) -> str:
    return f"{witness.name}: {witness.detail}" if witness.reason else witness.name


def _what_to_do(health: Health, proof: Proof, observation: Observation, mirrors: Mirrors) -> str:
    blockers = [*_blockers(health, proof, observation)]
    others = _other_uids(health, proof, observation)
    blockers += _printed(health, proof)
    blockers += _journal_lines(health, observation, proof.journal, others)
    if health.expectation.pod:
        blockers += mirrors.warnings(health.expectation.pod, health.uid, others)
    return "\n".join(blockers) or "read the kubelet's journal on the node (`journalctl -u kubelet`)"


def _other_uids(health: Health, proof: Proof, observation: Observation) -> frozenset[str]:
    """Of pods of that name that are not of this write: reports about them do not help here."""
    expectation = health.expectation
    pods = (*(observation.pods or ()), *proof.view.runtime)
    found = {
        pod.uid
        for pod in pods
        if pod.ref == expectation.pod and not expectation.gone
        if pod.digest != expectation.digest or pod.generation not in expectation.generations
    }
    return frozenset({*found, expectation.old_uid} - {health.uid, ""})


def _printed(health: Health, proof: Proof) -> Iterator[str]:
    """What containers that are not well printed last; otherwise how to read it."""
    expectation = health.expectation
    for entry in () if expectation.gone else unwell(expectation, proof.view.runtime):
        lines = proof.logs.get(entry.id, ())
        yield from (f"container `{entry.name}` printed: {line[:MAX_LINE]}" for line in lines if line.strip())
        if not lines and expectation.pod:
            pod = f"-n {expectation.pod.namespace} {expectation.pod.name}"
            previous = " --previous" if entry.running else ""
            yield f"read why it ended: `kubectl logs {pod} -c {entry.name}{previous}`"


def _blockers(health: Health, proof: Proof, observation: Observation) -> Iterator[str]:
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
    blocker = next((_BLOCKERS[kind] for kind in map(_kind, health.missing[:1]) if kind in _BLOCKERS), "")
    if blocker:
        yield blocker.format(folder=observation.folder)


def _kind(witness: Witness) -> Condition | None:
    return witness.reason.kind if witness.reason else None


#: what reports restarts and exit codes itself
_CRASHES = (Condition.CRASH_LOOPING, Condition.CRASH_BACK_OFF)
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
        "the kubelet has not started it: does it watch `{folder}`, and does it accept the manifest?"
    ),
    Condition.NO_MIRROR: (
        "the pod runs but has no mirror: is its namespace there, and do PodSecurity, quota and priority class allow it?"
        " the kubelet tries again every 60-90 s"
    ),
}


def _same_stamp_elsewhere(health: Health, proof: Proof) -> str:
    expectation = health.expectation
    for pod in proof.view.runtime if not expectation.gone else ():
        if pod.ready and pod.digest == expectation.digest and pod.ref != expectation.pod:
            return str(pod.ref)
    return ""


def _journal_lines(
    health: Health, observation: Observation, journal: str, others: frozenset[str]
) -> Iterator[str]:
    """The newest lines of the kubelet's journal that are about this file or pod; a hint, never proof."""
    file_name, pod = health.expectation.file_name, health.expectation.pod
    about = (f"{observation.folder}/{file_name}" if file_name else "", str(pod) if pod else "")
    lines = [
        line
        for line in journal.splitlines()
        if any(sign in line for sign in _JOURNAL_SIGNS) and any(name in line for name in about if name)
        if not any(f'"{uid}"' in line for uid in others)
    ]
    for line in list(dict.fromkeys(lines))[-3:]:
        yield f"the kubelet reports: {line[:MAX_LINE]}"


def explain_stop(event: LockHeld | StepFailed | Refused, observation: Observation) -> Problem:
    """Why the node's program stopped or left a file alone."""
    node = observation.node
    match event:
        case LockHeld(lock):
            return Problem(
                f"another run holds the lock of this node: {lock.owner};"
                f" `{lock.id}` expires in {max(0.0, lock.left):.0f} s",
                f"wait for it to end; if you know that it is dead, break its lock: `--break-lock {lock.id or 'ID'}`",
                node=node,
            )
        case Refused(name):
            return Problem(
                f"`{name}` changed between the observation and the write; it was left as it is",
                "run the same command again to see what is there now",
                node=node,
            )
        case StepFailed("stage", detail):
            return Problem(
                f"`{observation.folder}`: cannot create a file: {detail or 'no reason given'}",
                "is the disk full or read-only? nothing was changed in the folder",
                node=node,
            )
        case StepFailed("untrusted", detail):
            return Problem(
                f"others can change where podwright writes ({detail}); nothing was written",
                "give what is named there to root (`chown root`), and take the right to write from others (`chmod go-w`)",
                node=node,
            )
        case StepFailed("state-dir", detail):
            return Problem(
                f"podwright's own folder on the node cannot be written to: `{detail}`",
                "is the disk full or read-only, or does the login lack rights (`ansible_become: true`)?"
                " `podwright_state_dir` names another folder; nothing was changed",
                node=node,
            )
        case StepFailed("too-late", detail):
            return Problem(
                f"the lock expired before the write: `{detail}` was left as it is",
                "is a disk stuck, or the node overloaded? run the same command again",
                node=node,
            )
        case StepFailed(step, detail):
            return Problem(
                f"the step `{step}` failed on the node: {detail or 'no reason given'}",
                "is the disk full or read-only, or does the login lack rights (`ansible_become: true`)?",
                node=node,
            )
