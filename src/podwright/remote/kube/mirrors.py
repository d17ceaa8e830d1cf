"""Each pod's mirror as the API shows it now, or why that cannot be known."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from podwright.errors import ClusterError
from podwright.manifests.stamp import MANAGED
from podwright.plan.observed import MirrorPod, Unavailable
from podwright.pods.pod_ref import PodRef

if TYPE_CHECKING:
    from podwright.plan.admission import Refusal
    from podwright.remote.kube.cluster import Cluster, NodeStatus
    from podwright.remote.kube.mirror_watch import MirrorWatch

SYNC_SECONDS = 15.0
#: how often one pod is asked for by name while the watch does not show it
ASK_SECONDS = 1.0
#: how often one pod's Events are asked for while it does not start
REFUSAL_SECONDS = 2.0

Answer = MirrorPod | None | Unavailable
Found = TypeVar("Found")


class Mirrors:
    """One list and watch for the whole fleet, started by the first call; safe to use from any thread.

    If `cluster` is Unavailable, so is every answer.
    """

    def __init__(self, cluster: Cluster | Unavailable) -> None:
        self.cluster = cluster
        self._lock = threading.Lock()
        self._watch: MirrorWatch | None = None
        self._unavailable = cluster if isinstance(cluster, Unavailable) else None
        self._nodes: dict[str, NodeStatus | None] = {}
        self._asked: dict[PodRef, tuple[float, Answer]] = {}
        self._asked_refusal: dict[PodRef, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            watch, self._watch = self._watch, None
        if watch is not None:
            watch.close()
        if not isinstance(self.cluster, Unavailable):
            self.cluster.close()

    @property
    def unavailable(self) -> str:
        """Why the API is not checked in this run; "" if it is. Waits for the first list."""
        self._start()
        return self._unavailable.reason if self._unavailable else ""

    @property
    def trouble(self) -> str:
        """Why what is shown may be stale by now, or nothing is; "" while it is current."""
        return self.unavailable or (self._watch.trouble if self._watch else "the watch is closed")

    @property
    def remedy(self) -> str:
        """The hint to `unavailable`."""
        return self._unavailable.hint if self._unavailable else ""

    def see(self, ref: PodRef, *, fresh: bool = False) -> Answer:
        """The mirror pod of that full name as last known; with `fresh`, or if the watch has none, by a GET now.

        The watch shows only pods with our label: what it does not show may be unlabelled. Its absence proves nothing.
        """
        self._start()
        if self._unavailable or self._watch is None:
            return self._unavailable or Unavailable("the watch is closed")
        if self._watch.trouble:
            return Unavailable(self._watch.trouble)
        known = self._watch.get(ref)
        if known is not None and not fresh:
            return known
        return self._ask(ref, fresh=fresh)

    def on_node(self, node_name: str) -> tuple[MirrorPod, ...]:
        """Every mirror pod of ours that is bound to a node; none if the API cannot be asked."""
        self._start()
        if self._unavailable or self._watch is None or self._watch.trouble:
            return ()
        return tuple(pod for pod in self._watch.pods_on(node_name) if pod.config_mirror is not None)

    def everywhere(self) -> tuple[MirrorPod, ...]:
        """Every mirror pod of ours, on whatever node; none if the API cannot be asked."""
        self._start()
        if self._unavailable or self._watch is None or self._watch.trouble:
            return ()
        return tuple(pod for pod in self._watch.pods() if pod.config_mirror is not None)

    def _start(self) -> None:
        """The first caller lists and starts the watch; the others wait for it."""
        with self._lock:
            if self._watch is not None or isinstance(self.cluster, Unavailable) or self._unavailable:
                return
            watch = self.cluster.watch(f"{MANAGED}=true")
            watch.start()
            try:
                watch.wait_synced(SYNC_SECONDS)
            except ClusterError as error:
                watch.close()
                self._unavailable = Unavailable(error.message, error.hint)
                return
            self._watch = watch

    def _ask(self, ref: PodRef, *, fresh: bool) -> Answer:
        asked_at, answer = self._asked.get(ref, (0.0, None))
        if not fresh and time.monotonic() - asked_at < ASK_SECONDS and asked_at:
            return answer
        answer = self._get(ref)
        self._asked[ref] = (time.monotonic(), answer)
        return answer

    def _get(self, ref: PodRef) -> Answer:
        if isinstance(self.cluster, Unavailable):
            return self.cluster
        try:
            return self.cluster.pod(ref)
        except ClusterError as error:
            return Unavailable(error.message)

    def _answer(self, ask: Callable[[Cluster], Found], otherwise: Found) -> Found:
        """What the API answers, or `otherwise` if it cannot be asked."""
        if isinstance(self.cluster, Unavailable):
            return otherwise
        try:
            return ask(self.cluster)
        except ClusterError:
            return otherwise

    def lacks_namespace(self, name: str) -> bool:
        """Whether the namespace is known to be missing; False if the API cannot be asked."""
        return self._answer(lambda cluster: not cluster.exists("namespaces", name), False)

    def lacks_priority_class(self, name: str) -> bool:
        """Likewise."""
        return self._answer(lambda cluster: not cluster.exists("priorityclasses", name), False)

    def node(self, name: str) -> NodeStatus | None:
        """The node's object in the API, asked for once a run; None if there is none or the API cannot be asked."""
        if self.unavailable:
            return None
        if name not in self._nodes:
            self._nodes[name] = self._answer(lambda cluster: cluster.node(name), None)
        return self._nodes[name]

    def hears_from(self, node_name: str) -> bool:
        """Whether the API shows, asked now, that the kubelet of this node reports to it."""
        shown = self._answer(lambda cluster: cluster.node(node_name), None)
        return shown is not None and shown.ready is not None

    def silent_now(self) -> str:
        """Why the API does not answer, asked now; "" if it does."""
        if isinstance(self.cluster, Unavailable):
            return self.cluster.reason
        try:
            self.cluster.exists("namespaces", "kube-system")
        except ClusterError as error:
            return error.message
        return ""

    def is_cordoned(self, node_name: str) -> bool:
        """Whether the API shows, asked now, that the node takes no new pods; False if the API cannot be asked."""
        shown = self._answer(lambda cluster: cluster.node(node_name), None)
        return shown is not None and shown.cordoned

    def pressures(self, node_name: str) -> tuple[str, ...] | None:
        """The node's conditions of pressure that hold, asked now; None if its kubelet does not report to the API."""
        shown = self._answer(lambda cluster: cluster.node(node_name), None)
        return shown.pressures if shown and shown.ready is not None else None

    def refusal(self, ref: PodRef, since: float) -> Refusal | None:
        """Why the node did not admit what was written `since` (Unix seconds); None also if the API cannot be asked."""
        self._start()
        if self._unavailable:
            return None
        asked_at = self._asked_refusal.get(ref, 0.0)
        if time.monotonic() - asked_at < REFUSAL_SECONDS:
            return None
        self._asked_refusal[ref] = time.monotonic()
        return self._answer(lambda cluster: cluster.refusal(ref.namespace, ref.name, since), None)

    def warnings(self, ref: PodRef, uid: str, others: Collection[str] = ()) -> tuple[str, ...]:
        """The last warning Events about a pod (`Cluster.events`); none if the API cannot be asked."""
        if self._unavailable:
            return ()
        return self._answer(lambda cluster: cluster.events(ref.namespace, ref.name, uid, others), ())
