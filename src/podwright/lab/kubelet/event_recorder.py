"""Writes Events about pods, counting the repeats (`client-go/tools/record`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from podwright.lab.api.api_error import ApiError, ApiUnavailable, Object
from podwright.lab.api.store import Store
from podwright.lab.kubelet.agenda import Agenda, Scope
from podwright.lab.kubelet.static_pod import uid_of
from podwright.lab.kubelet.timing import Timing

_KEPT = 1000


class EventRecorder:
    """Events wait while the API is down, in order; one that the API refuses is lost."""

    def __init__(
        self,
        node_name: str,
        store: Store,
        agenda: Agenda,
        scope: Scope,
        timing: Timing,
        now: Callable[[], str],
        log: Callable[[str], None],
    ) -> None:
        self._node_name = node_name
        self._store = store
        self._agenda = agenda
        self._scope = scope
        self._timing = timing
        self._now = now
        self._log = log
        self._counts: dict[tuple[str, ...], tuple[str, int]] = {}
        self._unsent: deque[Callable[[], None]] = deque(maxlen=_KEPT)
        self._number = 0
        self._retrying = False

    def record(self, pod: Object, event_type: str, reason: str, message: str, field: str = "") -> None:
        """`event_type` is Normal or Warning; `field` says which container, as `spec.containers{c}`."""
        key = (uid_of(pod), event_type, reason, message, field)
        name, count = self._counts.get(key, ("", 0))
        namespace = pod["metadata"]["namespace"]
        if not name:
            self._number += 1
            name = f"{pod['metadata']['name']}.{self._number:016x}"
            event = self._event(pod, name, event_type, reason, message, field)
            self._unsent.append(lambda: self._create(event))
        else:
            again = {"count": count + 1, "lastTimestamp": self._now()}
            self._unsent.append(lambda: self._again(namespace, name, again))
        self._counts[key] = (name, count + 1)
        if len(self._counts) > _KEPT:
            self._counts.pop(next(iter(self._counts)))
        if not self._retrying:
            self._agenda.call_after(self._timing.api_call, self._send, self._scope)

    def _event(
        self, pod: Object, name: str, event_type: str, reason: str, message: str, field: str
    ) -> Object:
        metadata = pod["metadata"]
        subject = {
            "kind": "Pod",
            "namespace": metadata["namespace"],
            "name": metadata["name"],
            "uid": uid_of(pod),
            "apiVersion": "v1",
        }
        return {
            "metadata": {"name": name, "namespace": metadata["namespace"]},
            "involvedObject": subject | ({"fieldPath": field} if field else {}),
            "reason": reason,
            "message": message,
            "source": {"component": "kubelet", "host": self._node_name},
            "firstTimestamp": self._now(),
            "lastTimestamp": self._now(),
            "count": 1,
            "type": event_type,
            "eventTime": None,
            "reportingComponent": "kubelet",
            "reportingInstance": self._node_name,
        }

    def _create(self, event: Object) -> None:
        self._store.create("events", event, user=f"system:node:{self._node_name}")

    def _again(self, namespace: str, name: str, change: Object) -> None:
        self._store.patch("events", namespace, name, change, user=f"system:node:{self._node_name}")

    def _send(self) -> None:
        self._retrying = False
        while self._unsent:
            try:
                self._unsent[0]()
            except ApiUnavailable:
                self._retrying = True
                self._agenda.call_after(self._timing.event_retry, self._send, self._scope)
                return
            except ApiError as error:
                self._log(f'"Server rejected event (will not retry!)" err="{error}"')
            self._unsent.popleft()
