"""What must be true of a node before anything is written on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from podwright.plan.health import WaitFor
from podwright.plan.observed import FileKind, FolderState, KubeletFacts, MirrorPod, Observation, Unavailable
from podwright.problem import Problem

_FOLDER_PROBLEMS = {
    FolderState.MISSING: (
        "the manifest folder `{folder}` is missing",
        "create it (`mkdir -m 0700 {folder}`), then restart the kubelet: it does not see a folder made later at once",
    ),
    FolderState.NOT_A_FOLDER: (
        "`{folder}` is no folder that can be listed",
        "is it a file, or does the login lack rights? try `ansible_become: true`",
    ),
    FolderState.READ_ONLY: (
        "the manifest folder `{folder}` cannot be written to",
        "is its file system read-only, or does the login lack rights? try `ansible_become: true`",
    ),
}


def refusals(
    observation: Observation,
    *,
    configured_folder: str | None,
    wait_for: WaitFor,
    writes: bool = True,
    without_kubelet: str = "`--wait-for file` puts manifests in place without it",
) -> tuple[Problem, ...]:
    """Why this node must not be written to; empty means go ahead.

    With `wait_for` file a kubelet that is not there is no reason: manifests are put in place before its first start too.
    `without_kubelet` says what else can be done about it.
    """
    found = [
        *_kubelet(observation, wait_for, without_kubelet),
        *_folder(observation, configured_folder, wait_for),
    ]
    if wait_for is not WaitFor.FILE:
        found += pipes(observation)
    if writes or observation.folder_state is FolderState.NOT_A_FOLDER:
        # a folder that cannot be listed is not known to be without a file either
        found += _writable(observation)
    return tuple(Problem(message, hint, node=observation.node) for message, hint in found)


def warnings(observation: Observation, wait_for: WaitFor) -> tuple[str, ...]:
    """What a person should know although it stops nothing."""
    if wait_for is WaitFor.FILE:
        waits = f"{observation.kubelet.problem}; no pod starts or ends until one does"
        return () if observation.kubelet.running else (waits,)
    if observation.pods is None:
        return (f"{observation.pods_problem}; what the API shows is the only witness",)
    return ()


def pipes(observation: Observation) -> Iterator[tuple[str, str]]:
    """What makes the kubelet deaf: its one reader of the folder waits in `open` for a writer, for ever."""
    for file in observation.files:
        if file.kind is FileKind.PIPE and observation.kubelet.running:
            yield (
                f"`{file.name}` in the manifest folder is a pipe: the kubelet hangs on it and sees no change of any file",
                "remove it, then restart the kubelet",
            )


def _kubelet(observation: Observation, wait_for: WaitFor, without_kubelet: str) -> Iterator[tuple[str, str]]:
    if not observation.kubelet.running and wait_for is not WaitFor.FILE:
        yield (
            observation.kubelet.problem or "no kubelet runs on it",
            f"start it (`systemctl start kubelet`) and look at its journal; {without_kubelet}",
        )


def _folder(observation: Observation, configured: str | None, wait_for: WaitFor) -> Iterator[tuple[str, str]]:
    kubelet = observation.kubelet
    if not observation.folder and (kubelet.pid or wait_for is WaitFor.FILE):
        # without a kubelet there is nobody to ask, and that it is missing has been said
        yield _unknown_folder(kubelet)
    elif configured and kubelet.pid and not kubelet.static_pod_path:
        yield (
            f"its kubelet reads no manifest folder, so nothing put into `{configured}` would run",
            "set `staticPodPath` in the kubelet's configuration and restart it",
        )
    elif configured and kubelet.static_pod_path not in (None, configured.rstrip("/")):
        yield (
            f"its kubelet reads `{kubelet.static_pod_path}` ({kubelet.source}), not `{configured}`",
            "correct `podwright_manifest_dir`, or leave it out: the kubelet is asked",
        )


def _unknown_folder(kubelet: KubeletFacts) -> tuple[str, str]:
    if not kubelet.pid:
        return (
            f"the manifest folder is not known: {kubelet.problem or 'no kubelet runs on it'}",
            "set `podwright_manifest_dir` for this node",
        )
    trouble = f" ({kubelet.problem})" if kubelet.problem else ""
    return (
        f"its kubelet names no manifest folder{trouble}",
        "set `staticPodPath` in the kubelet's configuration and restart it;"
        " reading that may need `ansible_become: true`",
    )


def _writable(observation: Observation) -> Iterator[tuple[str, str]]:
    if observation.folder_state in _FOLDER_PROBLEMS:
        message, hint = _FOLDER_PROBLEMS[observation.folder_state]
        yield message.format(folder=observation.folder), hint.format(folder=observation.folder)


def name_owners(node: str, mirrors: Iterable[MirrorPod | Unavailable | None]) -> tuple[Problem, ...]:
    """Regular pods that own the name a mirror pod would need: the kubelet could never create the mirror."""
    return tuple(
        Problem(
            f"a regular pod owns the name `{mirror.ref}`, so the static pod could have no mirror pod",
            f"delete or rename it first: `kubectl -n {mirror.ref.namespace} delete pod {mirror.ref.name}`",
            node=node,
        )
        for mirror in mirrors
        if isinstance(mirror, MirrorPod) and mirror.config_mirror is None
    )


def unprovable(observation: Observation, *, api: str, wait_for: WaitFor) -> tuple[Problem, ...]:
    """No witness that something runs could be asked, so a success could never be proven; `api` says why not the API."""
    if wait_for is WaitFor.FILE or observation.pods is not None or not api:
        return ()
    return (
        Problem(
            f"nothing could prove what runs: {observation.pods_problem}, and of the API: {api}",
            "install crictl on the node (or `ansible_become: true`, if it may not talk to the runtime),"
            " give a kubeconfig, or settle for `--wait-for file`",
            node=observation.node,
        ),
    )
