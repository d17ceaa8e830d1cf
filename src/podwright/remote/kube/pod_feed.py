"""The seam between the watch and the API: whole lists of pods, and the changes that follow them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from podwright.errors import ClusterError
from podwright.plan.observed import MirrorPod


class VersionGoneError(ClusterError):
    """410: the API no longer knows what happened since the version we hold."""


class ChangeKind(StrEnum):
    ADDED = "ADDED"
    MODIFIED = "MODIFIED"
    DELETED = "DELETED"
    BOOKMARK = "BOOKMARK"


class PodChange(Struct, frozen=True):
    """One watch event; a bookmark has no pod. `version` is the API's resourceVersion, opaque."""

    kind: ChangeKind
    version: str
    pod: MirrorPod | None = None


class PodList(Struct, frozen=True):
    """The whole set at one resourceVersion."""

    pods: tuple[MirrorPod, ...]
    version: str


class PodFeed(Protocol):
    """Where lists and streams come from; raises ClusterError and its kinds."""

    def list_pods(self, label_selector: str) -> PodList: ...

    def watch_pods(self, label_selector: str, version: str) -> AbstractContextManager[Iterator[PodChange]]:
        """Entered once the API has accepted the watch; the iterator ends when the API ends it as asked."""

    def cancel(self) -> None:
        """From any thread: make a list or stream under way fail now, and every later one."""
