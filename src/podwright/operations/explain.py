"""Says in words why something was not proven or not written, and what to do: for the person at 3 a.m."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.operations.verify import Verification
from podwright.plan.events import LockHeld, Refused, StepFailed
from podwright.plan.health import Health
from podwright.plan.observed import MirrorPod, Observation
from podwright.plan.preflight import pipes
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


def explain(
    healths: Iterable[Health], observation: Observation, mirrors: Mirrors, verification: Verification
) -> Iterator[Problem]:
    """One problem for each expectation that was not proven: which witness is missing, and the likely blocker."""
    for health in healths:
        if verification.settled(health):
            continue
        yield Problem(
            _what_is_missing(health, mirrors, verification),
            _what_to_do(health, observation, mirrors, verification),
            node=observation.node,
        )


def _what_is_missing(health: Health, mirrors: Mirrors, verification: Verification) -> str:
    expectation = health.expectation
    wanted = "gone" if expectation.gone else f"proven {expectation.wait_for}"
    ends = [] if expectation.gone else [*_ends(health, mirrors, verification)]
    halves = [_half(entry.name, entry.detail) for entry in health.missing]
    if not halves and health.proven and not health.unknown:
        what = f"`{expectation.pod}` did not stay {'gone' if expectation.gone else 'well'} for as long as it has to hold"
        lapses = [_half(entry.name, entry.detail) for entry in verification.lapses.get(expectation, ())]
        return ": ".join(filter(None, (what, "; ".join((*lapses, *ends)))))
    if not halves:
        halves = [f"the {entry.name} could not be asked ({entry.detail})" for entry in health.unknown]
    return f"`{expectation.pod}` is not {wanted}: {'; '.join((*halves, *ends))}"


def _ends(health: Health, mirrors: Mirrors, verification: Verification) -> Iterator[str]:
    """How containers of the pod ended, which the API tells some seconds later, and how often each was started."""
    mirror = mirrors.see(health.expectation.pod)
    codes = {}
    if isinstance(mirror, MirrorPod) and mirror.digest == health.expectation.digest:
        codes = {entry.name: entry.exit_code for entry in mirror.containers if entry.exit_code is not None}
    starts = {
        entry.name: entry.attempt + 1
        for pod in verification.pods or ()
        if pod.uid == health.uid and pod.ready
        for entry in pod.containers
        if entry.attempt
    }
    for name in codes | starts:
        words = (
            f"ended with exit code {codes[name]}" if name in codes else "",
            f"was started {starts[name]} times" if name in starts else "",
        )
        yield f"container `{name}` {' and '.join(filter(None, words))}"


def _half(witness: str, detail: str) -> str:
    return f"{witness}: {detail}" if detail else witness


def _what_to_do(
    health: Health, observation: Observation, mirrors: Mirrors, verification: Verification
) -> str:
    blockers = [*_blockers(health, observation, verification)]
    blockers += _journal_lines(health, observation, verification.journal)
    blockers += mirrors.warnings(health.expectation.pod, health.uid, health.expectation.old_uid)
    return "\n".join(blockers) or "look at the kubelet's journal on the node (`journalctl -u kubelet`)"


def _blockers(health: Health, observation: Observation, verification: Verification) -> Iterator[str]:
    missing = {entry.name: entry.detail for entry in health.missing}
    if verification.kubelet_gone and observation.kubelet.running:
        yield "the kubelet ended, or was started anew, while this ran: look whether it runs, then run this again"
        return
    if not observation.kubelet.running:
        yield "no kubelet runs on the node, and only it starts and ends static pods: start it, then run this again"
        return
    deaf = [f"{message}: {remedy}" for message, remedy in pipes(observation)]
    if deaf:
        yield from deaf
    elif health.file_is_lost:
        yield "somebody else changed the folder while this ran: run the same command again to see what is there now"
    elif health.expectation.gone:
        yield from _why_it_stays(missing)
    else:
        yield from _why_it_does_not_come(health, missing, observation, verification)


def _why_it_stays(missing: dict[str, str]) -> Iterator[str]:
    if "finalizer" in missing.get("mirror", ""):
        yield "the pod's containers are what counts; remove the finalizer through the API, podwright never does"
    elif "sandbox" in missing:
        yield (
            "if the kubelet was started while the API was down, it ends nothing until the API is back:"
            " bring the API back, or restart the kubelet and stop the sandbox with `crictl stopp`"
        )
    elif "mirror" in missing:
        yield (
            "the pod is gone from the node; the kubelet deletes its mirror once it reaches the API:"
            " look at the node's connection to the API server"
        )


def _why_it_does_not_come(
    health: Health, missing: dict[str, str], observation: Observation, verification: Verification
) -> Iterator[str]:
    stray = _same_stamp_elsewhere(health, verification)
    if stray:
        yield f"it runs as `{stray}`: set `podwright_node_name` to the name the kubelet registers the node with"
    elif "another manifest" in missing.get("sandbox", ""):
        yield (
            "the kubelet still runs the old pod: if it was started while the API was down it changes nothing"
            " until the API is back; the file is in place"
        )
    elif "sandbox" in missing and "no pod" in missing["sandbox"]:
        yield f"the kubelet has not started it: does it watch `{observation.folder}`, and does it accept the manifest?"
    elif "mirror" in missing and "sandbox" not in missing and "has no pod" in missing["mirror"]:
        yield (
            "the pod runs but has no mirror: is its namespace there, and do PodSecurity, quota and priority class allow it?"
            " the kubelet tries again every 60-90 s"
        )


def _same_stamp_elsewhere(health: Health, verification: Verification) -> str:
    expectation = health.expectation
    for pod in verification.pods or ():
        if pod.ready and pod.digest == expectation.digest and pod.ref != expectation.pod:
            return str(pod.ref)
    return ""


def _journal_lines(health: Health, observation: Observation, journal: str) -> Iterator[str]:
    """The newest lines of the kubelet's journal that are about this file or pod; a hint, never proof."""
    about = (f"{observation.folder}/{health.expectation.file_name}", str(health.expectation.pod))
    lines = [
        line
        for line in journal.splitlines()
        if any(sign in line for sign in _JOURNAL_SIGNS) and any(name in line for name in about if name)
    ]
    for line in list(dict.fromkeys(lines))[-3:]:
        yield f"the kubelet says: {line[:MAX_LINE]}"


def explain_stop(event: LockHeld | StepFailed | Refused, observation: Observation) -> Problem:
    """Why the node's program stopped or left a file alone."""
    node = observation.node
    match event:
        case LockHeld(owner):
            return Problem(
                f"another run is at work on this node: {owner}",
                "wait for it to end; a lock whose run has died expires by itself",
                node=node,
            )
        case Refused(name):
            return Problem(
                f"`{name}` was changed by somebody else between our look and our write; it was left alone",
                "run the same command again to see what is there now",
                node=node,
            )
        case StepFailed("stage", detail):
            return Problem(
                f"`{observation.folder}` does not take a new file: {detail or 'no reason given'}",
                "is the disk full or read-only? nothing was changed in the folder",
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
                f"the node took so long that our lock on it was lost: `{detail}` was left alone",
                "is a disk stuck, or the node overloaded? run the same command again",
                node=node,
            )
        case StepFailed(step, detail):
            return Problem(
                f"the node could not do the step `{step}`: {detail or 'no reason given'}",
                "is the disk full or read-only, or does the login lack rights (`ansible_become: true`)?",
                node=node,
            )
