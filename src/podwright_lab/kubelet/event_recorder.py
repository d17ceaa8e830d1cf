"""Writes Events about pods, counting the repeats (`client-go/tools/record`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from podwright_lab.api.api_error import ApiError, ApiUnavailable, Object
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.static_pod import uid_of

_KEPT = 1000


class EventRecorder:
    """Events wait while the API is down, in order; one that the API refuses is lost."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._counts: dict[tuple[str, ...], tuple[str, int]] = {}
        self._unsent: deque[Callable[[], None]] = deque(maxlen=_KEPT)
        self._number = 0
        self._retrying = False

    def record(self, pod: Object, event_type: str, reason: str, message: str, field: str = "") -> None:
        """`event_type` is Normal or Warning; `field` is the container, as `spec.containers{c}`."""
        key = (uid_of(pod), event_type, reason, message, field)
        name, count = self._counts.get(key, ("", 0))
        namespace = pod["metadata"]["namespace"]
        if not name:
            name = f"{pod['metadata']['name']}.{self._next_number():016x}"
            event_fields = {"type": event_type, "reason": reason, "message": message}
            event = self._event(pod, name, event_fields, field)
            self._unsent.append(lambda: self._create(event))
        else:
            again = {"count": count + 1, "lastTimestamp": self._run.now()}
            self._unsent.append(lambda: self._again(namespace, name, again))
        self._counts[key] = (name, count + 1)
        if len(self._counts) > _KEPT:
            self._counts.pop(next(iter(self._counts)))
        if not self._retrying:
            self._send_after(self._run.timing.api_call)

    def _next_number(self) -> int:
        """Nanoseconds since 1970, so that the kubelet's next life names its Events otherwise; never one twice."""
        now = int(self._run.world.wall().timestamp() * 1_000_000) * 1000
        self._number = max(self._number + 1, now)
        return self._number

    def _event(self, pod: Object, name: str, event_fields: Object, field: str) -> Object:
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
            "reason": event_fields["reason"],
            "message": event_fields["message"],
            "source": {"component": "kubelet", "host": self._run.node.name},
            "firstTimestamp": self._run.now(),
            "lastTimestamp": self._run.now(),
            "count": 1,
            "type": event_fields["type"],
            "eventTime": None,
            "reportingComponent": "kubelet",
            "reportingInstance": self._run.node.name,
        }

    def _create(self, event: Object) -> None:
        self._run.store.create("events", event, user=self._run.user)

    def _again(self, namespace: str, name: str, change: Object) -> None:
        self._run.store.patch("events", namespace, name, change, user=self._run.user)

    def _send_after(self, seconds: float) -> None:
        self._run.agenda.call_after(seconds, self._send, self._run.scope)

    def _send(self) -> None:
        self._retrying = False
        while self._unsent:
            try:
                self._unsent[0]()
            except ApiUnavailable:
                self._retrying = True
                self._send_after(self._run.timing.event_retry)
                return
            except ApiError as error:
                self._run.log(f'"Server rejected event (will not retry!)" err="{error}"')
            self._unsent.popleft()
