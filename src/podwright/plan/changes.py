"""What to do to a node's manifest folder: desired against observed, decided without touching anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from podwright.manifests.manifest import Manifest
from podwright.plan.observed import FileKind, Observation, ObservedFile
from podwright.pods.host_ports import first_collision
from podwright.pods.pod_ref import PodRef

FILE_MODE = "600"


class Action(StrEnum):
    """What happens to one file."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    KEEP = "keep"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Change:
    """One file's part of a plan.

    `text` is what is to be written (create, update) or what lies there already (keep). `reason` says why an update is
    one, or what the conflict is; `hint` what to do about a conflict.
    """

    action: Action
    file_name: str
    manifest: Manifest | None = None
    observed: ObservedFile | None = None
    generation: int = 0
    reason: str = ""
    hint: str = ""

    @property
    def writes(self) -> bool:
        return self.action in (Action.CREATE, Action.UPDATE, Action.DELETE)

    @property
    def restarts(self) -> bool:
        """Whether the kubelet sees another pod than before: one that runs is ended, another is started."""
        if self.action in (Action.CREATE, Action.DELETE):
            return True
        return self.action is Action.UPDATE and self.generation != self.observed_generation

    @property
    def observed_generation(self) -> int:
        reading = self.observed.reading if self.observed else None
        return (reading.generation or 0) if reading else 0

    @property
    def pod(self) -> PodRef | None:
        """The pod this file is about, named as in the file."""
        if self.manifest:
            return self.manifest.pod
        return self.observed.pod if self.observed else None

    @property
    def text(self) -> str:
        """The new content of the file; empty where it is deleted or nothing is desired."""
        return self.manifest.text(self.generation) if self.manifest else ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is to happen on one node."""

    node: str
    changes: tuple[Change, ...] = ()

    @property
    def writes(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.writes)

    @property
    def conflicts(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action is Action.CONFLICT)


def make_plan(
    desired: Iterable[Manifest], absent: Iterable[str], observation: Observation, *, adopt: bool = False
) -> Plan:
    """Compare `desired` manifests and `absent` file names with what was observed; files outside both are left alone.

    With `adopt`, a regular file that is not ours is taken over instead of being a conflict. Of a folder that nobody
    could look into nothing is known, so there is no plan for it.
    """
    if not observation.folder_seen:
        return Plan(observation.node)
    changes = [_desired_change(manifest, observation, adopt) for manifest in desired]
    changes += [_absent_change(name, observation, adopt) for name in absent]
    names = {change.file_name for change in changes}
    others = tuple(file for file in observation.files if file.name not in names)
    return Plan(observation.node, tuple(_on_free_ports(change, others) for change in changes))


def _on_free_ports(change: Change, others: Iterable[ObservedFile]) -> Change:
    """A pod that wants a port of the node which another file's pod has would never be admitted."""
    if not change.writes or change.manifest is None:
        return change
    for file in others:
        port = first_collision(change.manifest.host_ports, file.reading.host_ports if file.reading else ())
        if port is not None:
            return replace(
                change,
                action=Action.CONFLICT,
                reason=f"the port {port} of the node is taken by the pod of `{file.name}`",
                hint="the kubelet admits one of the two; give one another `hostPort`, or remove the other file first",
            )
    return change


def _desired_change(manifest: Manifest, observation: Observation, adopt: bool) -> Change:
    observed = observation.file(manifest.file_name)
    change = _against_file(manifest, observed, adopt)
    others = [file.name for file in observation.files_of(manifest.pod) if file.name != manifest.file_name]
    if others:
        return _duplicate(change, manifest.pod, others)
    return _counted_up(change, manifest, observation)


def _counted_up(change: Change, manifest: Manifest, observation: Observation) -> Change:
    """A write takes a generation above every one the runtime remembers of this pod, dead sandboxes too.

    Content that the kubelet has ended already would be the same pod to it: it waits for its end, counts its restarts
    on, and soon starts it only after a crash loop's back-off. So count up, never back.
    """
    if not change.writes or not change.restarts:
        return change
    full_name = manifest.pod.on(observation.node_name)
    known = [pod.generation or 0 for pod in observation.pods or () if pod.ref == full_name]
    return replace(change, generation=max([change.observed_generation, *known]) + 1)


def _against_file(manifest: Manifest, observed: ObservedFile | None, adopt: bool) -> Change:
    name = manifest.file_name
    if observed is None:
        return Change(Action.CREATE, name, manifest, generation=1)
    if not observed.managed:
        return _foreign(Change(Action.CONFLICT, name, manifest, observed), adopt, Action.UPDATE)
    reading = observed.reading
    generation = (reading.generation or 0) if reading else 0
    same = Change(Action.KEEP, name, manifest, observed, generation)
    why = _why_rewritten(manifest, observed)
    if why:
        return replace(same, action=Action.UPDATE, generation=generation + 1, reason=why)
    if observed.mode != FILE_MODE:
        # the same bytes with the right mode: the kubelet sees the same pod and restarts nothing
        return replace(same, action=Action.UPDATE, reason=f"mode {observed.mode} instead of {FILE_MODE}")
    return same


def _why_rewritten(manifest: Manifest, observed: ObservedFile) -> str:
    reading = observed.reading
    if reading is None or reading.pod is None:
        return "the file on the node cannot be read as a pod"
    if reading.digest == manifest.digest and reading.content_digest == manifest.digest:
        return ""
    if reading.content_digest == manifest.digest:
        return "the stamp was changed by hand"
    if reading.digest == manifest.digest:
        return "the file was changed by hand"
    if reading.pod != manifest.pod:
        return f"the pod's name changes from `{reading.pod}`"
    return "the content changes"


def _foreign(conflict: Change, adopt: bool, adopted: Action) -> Change:
    """A file of our name that is not ours: a conflict, or with `adopt` ours from now on."""
    observed = conflict.observed
    if observed is not None and observed.kind is FileKind.DIRECTORY:
        return replace(
            conflict,
            reason=f"`{conflict.file_name}` is a folder",
            hint="the kubelet does not read folders here; remove it on the node",
        )
    if adopt and observed is not None and observed.kind in (FileKind.REGULAR, FileKind.LINK):
        return replace(conflict, action=adopted, generation=1, reason="taken over with --adopt")
    return replace(
        conflict,
        reason=f"`{conflict.file_name}` is there already and was not written by podwright",
        hint="`podwright manifest diff --adopt` shows what is there; `--adopt` takes it over, as ours to change or remove",
    )


def _duplicate(change: Change, pod: PodRef, others: list[str]) -> Change:
    names = ", ".join(f"`{name}`" for name in others)
    return replace(
        change,
        action=Action.CONFLICT,
        reason=f"{names} in the same folder also defines the pod `{pod}`",
        hint="the kubelet runs one of them and ends the pod of both when one goes;"
        " remove the other file first (`podwright manifest remove`, or by hand if it is not ours)",
    )


def _absent_change(name: str, observation: Observation, adopt: bool) -> Change:
    observed = observation.file(name)
    if observed is None:
        return Change(Action.KEEP, name, reason="is absent already")
    delete = Change(Action.DELETE, name, observed=observed)
    if not observed.managed:
        delete = _foreign(replace(delete, action=Action.CONFLICT), adopt, Action.DELETE)
    pod = observed.pod
    others = [file.name for file in observation.files_of(pod) if file.name != name] if pod else []
    if pod and others:
        return _duplicate(delete, pod, others)
    return delete
