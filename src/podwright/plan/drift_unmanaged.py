"""What the inventory knows nothing of: files that others put into the folder, and pods that run of none of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase

from podwright.manifests.node_files import Rejected
from podwright.manifests.workload import MANIFEST_SUFFIXES
from podwright.plan.drift import Finding, reads_the_folder
from podwright.plan.node_commands import moving_out
from podwright.plan.observed import MirrorPod, Observation, ObservedFile
from podwright.plan.reasons import Check, Drift, Reason, because

_OF_KUBELET = {
    Check.KUBELET_DOWN: Drift.KUBELET_DOWN,
    Check.READS_NO_FOLDER: Drift.FOLDER_UNREAD,
    Check.READS_OTHER_FOLDER: Drift.FOLDER_UNREAD,
}


def of_kubelet(node: str, checks: Iterable[Reason[Check]]) -> Iterator[Finding]:
    """A kubelet that does not run, or does not read the folder that the inventory names."""
    for check in checks:
        if kind := _OF_KUBELET.get(check.kind):
            yield Finding(node, kind, "kubelet", check)


def elsewhere(
    mirrors: Iterable[MirrorPod], names: Collection[str], owners: Collection[str | None]
) -> Iterator[Finding]:
    """One for each node that is not among those of these Kubernetes `names` and has mirror pods of these `owners`."""
    first: dict[str, MirrorPod] = {}
    for mirror in sorted(mirrors, key=lambda mirror: mirror.ref):
        if mirror.node_name and mirror.node_name not in names and mirror.owner in owners:
            first.setdefault(mirror.node_name, mirror)
    for node, mirror in first.items():
        why = because(Drift.MIRROR_ELSEWHERE, node=node)
        yield Finding(node, Drift.MIRROR_ELSEWHERE, str(mirror.ref), why)


def unnamed(observation: Observation, named: Collection[str], expected: Collection[str]) -> Iterator[Finding]:
    """Files that are not among those `named` and fit no pattern of the `expected`; pods that run although no file is theirs.

    A second file of a named file's pod is none of these: it is reported as that.
    """
    pods = {file.named for file in observation.files if file.name in named and file.named}
    for file in observation.files:
        if file.name in named or file.named in pods or any(fnmatchcase(file.name, one) for one in expected):
            continue
        if reason := _of_file(file, moving_out(observation.folder, [file.name])):
            yield Finding(observation.node, reason.kind, file.name, reason, file.name)
    yield from _sandboxes(observation)


def _of_file(file: ObservedFile, command: str) -> Reason[Drift] | None:
    if isinstance(file.manifest, Rejected):
        return because(Drift.FILE_IGNORED, why=file.manifest.reason, command=command)
    if file.pod and not file.name.endswith(MANIFEST_SUFFIXES):
        return because(Drift.FILE_STRAY, pod=str(file.pod), command=command)
    if file.pod and not file.managed and not file.adopted:
        return because(Drift.FILE_UNMANAGED, pod=str(file.pod))
    return None


def _sandboxes(observation: Observation) -> Iterator[Finding]:
    """Of others' pods; ours are orphans with our stamp. A file that cannot be read may be about any pod."""
    unknown = any(isinstance(file.manifest, Rejected) and not file.named for file in observation.files)
    if unknown or not reads_the_folder(observation):
        return
    defined = {file.named.on(observation.node_name) for file in observation.files if file.named}
    for ref in sorted(
        {pod.ref for pod in observation.pods or () if pod.ready and pod.source == "file" and not pod.digest}
        - defined
    ):
        yield Finding(observation.node, Drift.SANDBOX_ORPHANED, str(ref), because(Drift.SANDBOX_ORPHANED))
