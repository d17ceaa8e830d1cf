"""What all parts of one run of a kubelet share: its node, the API, the clock, and how to log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from podwright_lab.api.store import Store
from podwright_lab.kubelet.agenda import Agenda, Scope
from podwright_lab.kubelet.folder_watch import FolderWatches
from podwright_lab.kubelet.mirror_feed import MirrorFeed
from podwright_lab.kubelet.timing import Jitter, Timing


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """What a node is; `name` is already in lower case, as the kubelet makes it."""

    name: str
    manifest_dir: Path
    kubelet_root: Path
    address: str = "127.0.0.1"
    labels: Mapping[str, str] = field(default_factory=dict)
    capacity: Mapping[str, str] = field(
        default_factory=lambda: {"cpu": "2", "memory": "4Gi", "ephemeral-storage": "40Gi", "pods": "110"}
    )
    network_ready: bool = True


@dataclass(frozen=True, slots=True)
class World:
    """What the kubelets of a lab share; `wall` is the time of day that goes into objects."""

    store: Store
    agenda: Agenda
    watches: FolderWatches
    feed: MirrorFeed
    timing: Timing
    jitter: Jitter
    wall: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Run:
    """`scope` ends with the kubelet's process; `log` takes a line without its time."""

    node: NodeSettings
    world: World
    scope: Scope
    log: Callable[[str], None]

    @property
    def store(self) -> Store:
        return self.world.store

    @property
    def agenda(self) -> Agenda:
        return self.world.agenda

    @property
    def timing(self) -> Timing:
        return self.world.timing

    @property
    def jitter(self) -> Jitter:
        return self.world.jitter

    @property
    def user(self) -> str:
        """As whom the API knows this kubelet."""
        return f"system:node:{self.node.name}"

    def now(self) -> str:
        """The time of day as `metav1.Time`."""
        return self.world.wall().strftime("%Y-%m-%dT%H:%M:%SZ")
