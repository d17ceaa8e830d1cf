"""What must be true of a node before anything is written on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.plan.expectations import WaitFor
from podwright.plan.observed import (
    ROOT,
    Doubt,
    FileKind,
    FolderState,
    KubeletFacts,
    MirrorPod,
    Observation,
    Unavailable,
)
from podwright.plan.reasons import Check, Reason, because

_FOLDER_CHECKS = {
    FolderState.MISSING: Check.FOLDER_MISSING,
    FolderState.NOT_A_FOLDER: Check.NOT_A_FOLDER,
    FolderState.UNREADABLE: Check.FOLDER_UNREADABLE,
    FolderState.READ_ONLY: Check.FOLDER_READ_ONLY,
    FolderState.UNTRUSTED: Check.FOLDER_UNTRUSTED,
}
_DOUBTS = {
    Doubt.UNREADABLE: Check.KUBELET_UNREADABLE,
    Doubt.DISTRUSTED: Check.KUBELET_DISTRUSTED,
    Doubt.ELSEWHERE: Check.KUBELET_ELSEWHERE,
    Doubt.SEVERAL: Check.KUBELET_SEVERAL,
}
_NO_KUBELET = "no kubelet runs on it"


def preflight(
    observation: Observation,
    *,
    configured_folder: str | None,
    wait_for: WaitFor,
    writes: bool = True,
    without_kubelet: str = "`--wait-for file` puts manifests in place without it",
) -> tuple[Reason[Check], ...]:
    """Why this node must not be written to; empty means go ahead.

    With `wait_for` file a kubelet that does not run is no obstacle: manifests are put in place before its first start
    too. `without_kubelet`: what else can be done about it.
    """
    return (
        *_kubelet(observation, wait_for, without_kubelet),
        *_folder(observation, configured_folder, wait_for),
        *(pipes(observation) if wait_for is not WaitFor.FILE else ()),
        # a folder that cannot be listed is not known to be without a file either
        *(
            _usable(observation)
            if writes or observation.folder_state in (FolderState.NOT_A_FOLDER, FolderState.UNREADABLE)
            else ()
        ),
    )


def warnings(observation: Observation, wait_for: WaitFor) -> tuple[str, ...]:
    """What a person should know although it stops nothing."""
    if wait_for is WaitFor.FILE:
        waits = f"{observation.kubelet.problem}; no pod starts or ends until one does"
        return () if observation.kubelet.running else (waits,)
    if observation.pods is None:
        return (f"{observation.pods_problem}; the result relies on the API alone",)
    return ()


def pipes(observation: Observation) -> Iterator[Reason[Check]]:
    """What blocks the kubelet: its one reader of the folder waits in `open` for a writer, for ever."""
    for file in observation.files:
        if file.kind is FileKind.PIPE and observation.kubelet.running:
            yield because(Check.PIPE, name=file.name)


def _kubelet(observation: Observation, wait_for: WaitFor, without_kubelet: str) -> Iterator[Reason[Check]]:
    if not observation.kubelet.running and wait_for is not WaitFor.FILE:
        problem = observation.kubelet.problem or _NO_KUBELET
        doubt = observation.kubelet.doubt
        check = _DOUBTS[doubt] if doubt else Check.KUBELET_DOWN
        yield because(check, problem=problem, otherwise=without_kubelet)


def _folder(observation: Observation, configured: str | None, wait_for: WaitFor) -> Iterator[Reason[Check]]:
    kubelet = observation.kubelet
    if not observation.folder and (kubelet.pid or wait_for is WaitFor.FILE):
        # without a kubelet nothing names the folder, and that it does not run is reported already
        yield _unknown_folder(kubelet)
    elif kubelet.elsewhere:
        return
    elif configured and kubelet.pid and not kubelet.static_pod_path:
        yield because(Check.READS_NO_FOLDER, folder=configured)
    elif configured and kubelet.static_pod_path not in (None, configured.rstrip("/")):
        path = kubelet.static_pod_path or ""
        yield because(Check.READS_OTHER_FOLDER, path=path, source=kubelet.source, folder=configured)


def _unknown_folder(kubelet: KubeletFacts) -> Reason[Check]:
    if not kubelet.pid:
        return because(Check.FOLDER_UNKNOWN, problem=kubelet.problem or _NO_KUBELET)
    return because(Check.FOLDER_UNNAMED, trouble=f" ({kubelet.problem})" if kubelet.problem else "")


def _usable(observation: Observation) -> Iterator[Reason[Check]]:
    state, folder, rights = observation.folder_state, observation.folder, observation.rights
    if state is FolderState.READ_ONLY and rights and rights.login != ROOT:
        whose = {"login": rights.login, "owner": rights.owner, "mode": rights.mode}
        yield because(Check.FOLDER_NOT_WRITABLE, folder=folder, **whose)
    elif state in _FOLDER_CHECKS:
        yield because(_FOLDER_CHECKS[state], folder=folder, what=observation.untrusted)


def name_owners(mirrors: Iterable[MirrorPod | Unavailable | None]) -> tuple[Reason[Check], ...]:
    """Regular pods that own the name a mirror pod would need: the kubelet could never create the mirror."""
    return tuple(
        because(Check.NAME_OWNED, namespace=mirror.ref.namespace, name=mirror.ref.name)
        for mirror in mirrors
        if isinstance(mirror, MirrorPod) and mirror.config_mirror is None
    )


def other_name(observation: Observation, configured: str | None) -> Reason[Check] | None:
    """The kubelet's own name if the inventory contradicts it: its pods would be looked for under the wrong name."""
    reported = observation.kubelet.node_name
    if not configured or not reported or configured.lower() == reported.lower():
        return None
    return because(Check.OTHER_NODE_NAME, reported=reported, configured=configured)


def unverifiable(observation: Observation, *, api: str, wait_for: WaitFor) -> tuple[Reason[Check], ...]:
    """Neither runtime nor API could be asked, so a success could never be proven; `api`: why not the API."""
    if wait_for is WaitFor.FILE or observation.pods is not None or not api:
        return ()
    return (because(Check.UNVERIFIABLE, runtime=observation.pods_problem, api=api),)
