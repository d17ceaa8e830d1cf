"""What was seen: files in a manifest folder, pods in the runtime, mirror pods in the API."""

from __future__ import annotations

from dataclasses import dataclass

from podwright.manifests.pod_ref import PodRef


@dataclass(frozen=True, slots=True)
class ContainerState:
    """One container of a mirror pod: `state` is waiting, running or terminated."""

    name: str
    state: str
    ready: bool = False
    reason: str = ""
    message: str = ""
    restart_count: int = 0


@dataclass(frozen=True, slots=True)
class MirrorPod:
    """A pod as the API shows it.

    `config_mirror` is the annotation `kubernetes.io/config.mirror`, the static pod's uid; `None` says that this is a
    regular pod that owns the name. `digest` and `generation` are our stamp as the API shows it (editable there, so
    no proof alone).
    """

    ref: PodRef
    node_name: str = ""
    uid: str = ""
    config_mirror: str | None = None
    digest: str | None = None
    generation: int | None = None
    phase: str = ""
    ready: bool = False
    deleting: bool = False
    finalizers: tuple[str, ...] = ()
    containers: tuple[ContainerState, ...] = ()
