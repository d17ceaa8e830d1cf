"""Keeps the fleet's mirror pods up to date by one list and watch in one thread, for all node threads to read.

Whatever breaks the stream (410 Gone, a dropped connection, an error event) leads to a new list that replaces
the whole set, so that a pod deleted in the gap is seen as gone (Kubernetes API concepts, "Efficient detection
of changes").
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from msgspec import Struct

from podwright.errors import (
    ClusterAnswerError,
    ClusterError,
    ClusterForbiddenError,
    ClusterTimeoutError,
    KubeconfigError,
)
from podwright.plan.observed import MirrorPod
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube.pod_feed import ChangeKind, PodChange, PodFeed, VersionGoneError

MAX_PODS = 200_000
_JOIN_SECONDS = 5.0
#: A stream that lasted this long was healthy: the next failure starts with the shortest pause again.
_HEALTHY_SECONDS = 5.0


class Pauses(Struct):
    """Growing pauses with jitter between attempts: at most `longest` seconds, the first one nearly none."""

    shortest: float = 0.1
    longest: float = 15.0
    rolled: Callable[[], float] = random.random
    _step: int = 0

    def next(self) -> float:
        ceiling = min(self.longest, self.shortest * 2.0**self._step)
        self._step = min(self._step + 1, 30)
        return ceiling * (0.5 + self.rolled() / 2)

    def reset(self) -> None:
        self._step = 0


class MirrorWatch:
    """The last known mirror pods; safe to ask from any thread. A context manager that starts and closes it.

    A pod that left the selector (its label edited in the API) is reported as not there: confirm "gone" by
    `Cluster.pod` before reporting it.
    """

    def __init__(self, feed: PodFeed, label_selector: str, pauses: Pauses | None = None) -> None:
        self._feed = feed
        self._selector = label_selector
        self._pauses = pauses or Pauses()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mirror-watch", daemon=True)
        self._pods: dict[PodRef, MirrorPod] = {}
        self._on_node: dict[str, set[PodRef]] = {}
        self._synced = False
        self._error: ClusterError | None = None
        self._trouble = "the first list of mirror pods has not come yet"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start listing, then watching, in a thread of its own; returns at once."""
        self._thread.start()

    def close(self) -> None:
        """End the stream and the thread; what is known stays readable."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        self._feed.cancel()
        if self._thread.ident is not None:
            self._thread.join(_JOIN_SECONDS)
        self._mark_stale(None, "the watch is closed")

    @property
    def trouble(self) -> str:
        """Why what is known may be stale, in one line; "" while it is current."""
        return self._trouble

    def wait_synced(self, timeout: float) -> None:
        """Wait for the first list, `timeout` in seconds; raises the ClusterError that it failed with."""
        with self._changed:
            self._changed.wait_for(lambda: self._synced or self._error or self._stopping.is_set(), timeout)
            if self._synced:
                return
            if self._error is not None:
                raise self._error
        raise ClusterTimeoutError(
            f"the API did not list the mirror pods within {timeout:g} s",
            "check it with `kubectl get --raw /readyz`, or pass `--no-api`",
        )

    def get(self, ref: PodRef) -> MirrorPod | None:
        """The pod of that full name, as last known; see `trouble`."""
        with self._changed:
            return self._pods.get(ref)

    def pods(self) -> tuple[MirrorPod, ...]:
        """All pods, as last known."""
        with self._changed:
            return tuple(self._pods.values())

    def pods_on(self, node_name: str) -> tuple[MirrorPod, ...]:
        """The pods bound to a node, as last known."""
        with self._changed:
            return tuple(self._pods[ref] for ref in sorted(self._on_node.get(node_name, ())))

    def _run(self) -> None:
        try:
            while not self._stopping.is_set() and self._list_and_follow():
                self._stopping.wait(self._pauses.next())
        finally:
            # also when a bug ends this thread: what it left behind is not current
            self._mark_stale(None, self._trouble or "the watch ended")

    def _list_and_follow(self) -> bool:
        """One list and the streams that follow it, until one breaks; False if another try cannot help."""
        try:
            version = self._list()
            while not self._stopping.is_set():
                version = self._follow(version)
        except VersionGoneError as error:
            self._mark_stale(error, error.reason)
        except (KubeconfigError, ClusterForbiddenError) as error:
            self._mark_stale(error, error.reason)
            return False
        except ClusterError as error:
            self._mark_stale(error, error.reason)
        return True

    def _list(self) -> str:
        listed = self._feed.list_pods(self._selector)
        pods = {pod.ref: pod for pod in listed.pods}
        with self._changed:
            self._pods, self._synced, self._error, self._trouble = pods, True, None, ""
            self._on_node = {}
            for ref, pod in pods.items():
                self._on_node.setdefault(pod.node_name, set()).add(ref)
            self._changed.notify_all()
        return listed.version

    def _follow(self, version: str) -> str:
        """One stream to its end; returns the version to go on from."""
        started = time.monotonic()
        try:
            with self._feed.watch_pods(self._selector, version) as changes:
                for change in changes:
                    self._apply(change)
                    version = change.version
        except ClusterAnswerError:
            # a flood or nonsense: not healthy, however long it lasted
            started = math.inf
            raise
        finally:
            if time.monotonic() - started > _HEALTHY_SECONDS:
                self._pauses.reset()
        if time.monotonic() - started <= _HEALTHY_SECONDS:
            # a server that ends every stream at once must not be asked in a tight loop
            self._stopping.wait(self._pauses.next())
        return version

    def _apply(self, change: PodChange) -> None:
        if change.pod is None:
            return
        ref, known = change.pod.ref, None if change.kind is ChangeKind.DELETED else change.pod
        with self._changed:
            if self._pods.get(ref) == known:
                return
            if known is None:
                gone = self._pods.pop(ref)
                self._on_node[gone.node_name].discard(ref)
            elif len(self._pods) >= MAX_PODS and ref not in self._pods:
                raise ClusterAnswerError(f"the API shows more than {MAX_PODS} pods with our label")
            else:
                self._pods[ref] = known
                # a pod is bound to its node once, and a mirror from its first instant
                self._on_node.setdefault(known.node_name, set()).add(ref)
            self._changed.notify_all()

    def _mark_stale(self, error: ClusterError | None, trouble: str) -> None:
        with self._changed:
            self._error = error or self._error
            self._trouble = trouble
            self._changed.notify_all()
