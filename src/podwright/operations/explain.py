"""Explains why something was not proven, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.manifests.workload import SUFFIX
from podwright.operations.blockers import blockers, kind_of, kubectl_name
from podwright.plan.admission import Refusal
from podwright.plan.containers import unwell
from podwright.plan.expectation_progress import Track
from podwright.plan.health import Health, SourceState
from podwright.plan.observed import MirrorPod, Observation
from podwright.plan.proof import Proof
from podwright.plan.reasons import Condition
from podwright.problem import Problem
from podwright.remote.kube.mirrors import Mirrors

#: what the kubelet's journal reports about a file it cannot use or a mirror it cannot make (kubelet v1.22 to v1.36)
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
_STOPPED_EARLY = "waiting does not repair this, so podwright stopped waiting early; `--patience` waits longer"
_ROLLBACK = "`podwright manifest rollback {}` brings back the newest good content, if there is any other"


def explain(proof: Proof, observation: Observation, mirrors: Mirrors) -> Iterator[Problem]:
    """One problem for each expectation that was not proven: which evidence is missing, and the likely blocker."""
    for track in proof.tracks:
        refusal = proof.refused.get(track.expectation.pod) if track.expectation.pod else None
        if refusal and not track.health.proven:
            yield _refused(track.expectation.subject, refusal, observation.node)
        elif not track.health.proven:
            yield Problem(
                _what_is_missing(track, proof),
                _what_to_do(track, proof, observation, mirrors),
                node=observation.node,
            )


def _refused(subject: str, refusal: Refusal, node: str) -> Problem:
    if refusal.mounting:
        return Problem(
            f"the kubelet cannot mount the volumes of `{subject}`: {refusal.text}",
            "create what is missing there, which the kubelet then finds by itself within two minutes, or correct the"
            " manifest and push again",
            node=node,
        )
    return Problem(
        f"the kubelet refused `{subject}`: {refusal.text}",
        "change what the kubelet names, on the node or in the manifest, and push again: it does not try again by itself",
        node=node,
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


def stands(name: str, node: str) -> Problem:
    """A later step failed, and this one could not be taken back."""
    return Problem(
        f"`{name}` is still as this run left it: it could not be undone",
        "run the same command again, or see what is there: `podwright manifest status`",
        node=node,
    )


def taken_back(names: Iterable[str], *, proven: bool) -> str:
    how = " and proven" if proven else ""
    return f"what was done before the failure was taken back{how}: {', '.join(f'`{name}`' for name in names)}"


def readiness_unchecked(health: Health) -> str:
    """A container that runs may still fail its probe, and only the API shows that."""
    return (
        f"`{health.expectation.subject}` runs; its readiness was not checked: give a kubeconfig of an API that answers,"
        " or settle for `--wait-for running`"
    )


def _what_is_missing(track: Track, proof: Proof) -> str:
    health, expectation = track.health, track.expectation
    wanted = "gone" if expectation.gone else f"proven {expectation.wait_for}"
    ends = [] if expectation.gone else [*_ends(health, proof)]
    kinds = {kind_of(entry) for entry in health.missing}
    # the API shows the same, and when the next start is due
    shown = {Condition.CRASH_LOOPING} if Condition.CRASH_BACK_OFF in kinds else set()
    missing = [_in_words(entry) for entry in health.missing if kind_of(entry) not in shown]
    if not missing and health.agreed and not health.unknown:
        what = f"`{expectation.subject}` did not stay {'gone' if expectation.gone else 'well'} for as long as it has to hold"
        lapses = [_in_words(entry) for entry in track.lapse]
        return ": ".join(filter(None, (what, "; ".join((*lapses, *ends)))))
    if not missing:
        missing = [f"the {entry.source} could not be asked ({entry.detail})" for entry in health.unknown]
    return f"`{expectation.subject}` is not {wanted}: {'; '.join((*missing, *ends))}"


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
    shown = {value for reason in loops for key, value in reason.data if key == "name"}
    for name in (name for name in codes | starts if name not in shown):
        words = (
            f"ended with exit code {codes[name]}" if name in codes else "",
            f"was started {starts[name]} times" if name in starts else "",
        )
        yield f"container `{name}` {' and '.join(filter(None, words))}"


def _in_words(state: SourceState) -> str:
    return f"{state.source}: {state.detail}" if state.reason else state.source


def _what_to_do(track: Track, proof: Proof, observation: Observation, mirrors: Mirrors) -> str:
    health = track.health
    found = [*blockers(track, proof, observation, mirrors), *_printed(health, proof)]
    others = _other_uids(health, proof, observation)
    found += _journal_lines(health, observation, proof.journal, others)
    if health.expectation.pod:
        found += mirrors.warnings(health.expectation.pod, health.uid, others)
    if track.futile:
        found.append(_STOPPED_EARLY)
    if track.futile and track.tried_at is None and health.expectation.digest:
        # an earlier run wrote it, so this one takes nothing back
        found.append(_ROLLBACK.format(health.expectation.file_name.removesuffix(SUFFIX)))
    return "\n".join(found) or "read the kubelet's journal on the node (`journalctl -u kubelet`)"


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
        if shown := [line[:MAX_LINE] for line in lines if line.strip()]:
            before = "\n  " if len(shown) > 1 else " "
            yield before.join((f"container `{entry.name}` printed:", *shown))
        if not lines and expectation.pod:
            previous = " --previous" if entry.running else ""
            yield f"read why it ended: `kubectl logs {kubectl_name(health)} -c {entry.name}{previous}`"


#: what reports restarts and exit codes itself
_CRASHES = (Condition.CRASH_LOOPING, Condition.CRASH_BACK_OFF)


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
