"""Files of one folder that define the same pod: whose the other one is, and what ends it."""

from __future__ import annotations

import shlex
from collections.abc import Collection

from podwright.manifests.workload import MANIFEST_SUFFIXES, SUFFIX, whatever_slot
from podwright.plan.node_commands import moving_out
from podwright.plan.observed import Observation, ObservedFile
from podwright.plan.reasons import Conflict, Reason, because
from podwright.pods.pod_ref import PodRef


def defined_twice(pod: PodRef, name: str, others: Collection[str], seen: Observation) -> Reason[Conflict]:
    """Why the file `name` cannot define the pod: `others` do, and will go on doing so.

    A workload of podwright's that has the pod so far is removed. If both files are there, the kubelet starts the pod again
    whichever goes, so no removal could be proven: somebody has to move the other one.
    """
    files = [file for file in seen.files if file.name in others]
    folder = seen.folder.rstrip("/")
    shown = ", ".join(f"`{file.name}` ({_whose(file)})" for file in files)
    if seen.file(name) is None and all(file.managed and not _original(file) for file in files):
        names = shlex.join(dict.fromkeys(whatever_slot(file.name).removesuffix(SUFFIX) for file in files))
        return because(
            Conflict.POD_OF_OTHER_WORKLOAD,
            pod=str(pod),
            shown=shown,
            folder=folder,
            names=names,
            node=shlex.quote(seen.node),
            command=f"manifest remove {names}",
        )
    command = moving_out(seen.folder, [file.name for file in files])
    return because(Conflict.POD_DEFINED_TWICE, pod=str(pod), shown=shown, folder=folder, command=command)


def _whose(file: ObservedFile) -> str:
    kind = "copy" if file.name.endswith(MANIFEST_SUFFIXES) else "backup"
    if original := _original(file):
        return f"a {kind} of podwright's `{original}`"
    if kind == "backup":
        return "a backup that podwright did not write"
    if file.managed:
        return "podwright's own"
    return "taken over by podwright" if file.adopted else "not podwright's"


def _original(file: ObservedFile) -> str:
    """Which file podwright wrote, if this one has its mark and another name."""
    workload = file.stamp.workload if file.marked else None
    return workload.file_name if workload and workload.file_name != file.name else ""
