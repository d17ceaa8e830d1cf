"""Reads mirror pods, nodes and warnings from the cluster's API."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from podwright.errors import ClusterAnswerError
from podwright.inventory.sources.kubernetes import ClusterNode
from podwright.plan.observed import MirrorPod
from podwright.pods.pod_ref import PodRef
from podwright.remote.kube.cluster import NodeStatus
from podwright.remote.kube.json_parts import JsonObject
from podwright.remote.kube.kubeconfig import SERVICE_ACCOUNT, find_access
from podwright.remote.kube.mirror_watch import MirrorWatch
from podwright.remote.kube.objects import cluster_node, mirror_pod, node_status
from podwright.remote.kube.request import Request
from podwright.text import printable

if TYPE_CHECKING:
    from podwright.plan.admission import Refusal
    from podwright.remote.kube.auth import CredentialSource
    from podwright.remote.kube.cluster_access import Access
    from podwright.remote.kube.events import PodEvent
    from podwright.remote.kube.http import KubeHttp
    from podwright.remote.kube.proxy import Proxy

#: more than any cluster has
MAX_NODES = 20_000


def connect(
    *,
    kubeconfig: str | None,
    context: str | None,
    environ: Mapping[str, str],
    timeout: float = 10.0,
    service_account: Path = SERVICE_ACCOUNT,
) -> KubeCluster:
    """Find the cluster and who we are there; makes no request. `timeout` is in seconds, for each request.

    Raises NoKubeconfigError if there is no kubeconfig, KubeconfigError for one that cannot be used.
    """
    from podwright.remote.kube.auth import credential_source
    from podwright.remote.kube.proxy import choose_proxy

    access = find_access(kubeconfig, context, environ, service_account)
    terminal = sys.stdin is not None and sys.stdin.isatty()
    return KubeCluster(
        access,
        credential_source(access, environ, terminal=terminal),
        choose_proxy(access.endpoint, environ),
        timeout,
    )


class KubeCluster:
    """The Cluster of `connect`; safe to use from any thread."""

    def __init__(
        self, access: Access, credentials: CredentialSource, proxy: Proxy | None, timeout: float
    ) -> None:
        self._access = access
        self._credentials = credentials
        self._proxy = proxy
        self._timeout = timeout
        self._started = time.monotonic()
        self._http = self._new_http()
        self._watches: list[MirrorWatch] = []

    def __repr__(self) -> str:
        return f"<{self._access.endpoint.server} by {self._access.source}>"

    def pod(self, ref: PodRef) -> MirrorPod | None:
        path = f"/api/v1/namespaces/{_segment(ref.namespace)}/pods/{_segment(ref.name)}"
        found = self._get("pods", path)
        pod = mirror_pod(found) if found is not None else None
        if pod is not None and pod.ref != ref:
            raise ClusterAnswerError(
                f"the API was asked for the pod `{ref}` and answers with `{printable(str(pod.ref))}`"
            )
        return pod

    def node(self, name: str) -> NodeStatus | None:
        found = self._get("nodes", f"/api/v1/nodes/{_segment(name)}")
        return node_status(found) if found is not None else None

    def nodes(self) -> tuple[ClusterNode, ...]:
        """All nodes now, with their addresses and labels."""
        from podwright.remote.kube.list_and_watch import list_items

        request = Request("list", "nodes", "/api/v1/nodes")
        return list_items(self._http, request, cluster_node, MAX_NODES)[0]

    def exists(self, resource: str, name: str) -> bool:
        group = "/api/v1" if resource == "namespaces" else "/apis/scheduling.k8s.io/v1"
        return self._get(resource, f"{group}/{resource}/{_segment(name)}") is not None

    def events(
        self, namespace: str, pod_name: str, uid: str, others: Collection[str] = (), limit: int = 5
    ) -> tuple[str, ...]:
        from podwright.remote.kube.events import events_of, time_before

        events = self._warnings(namespace, pod_name, uid)
        since = time_before(self._http.date, time.monotonic() - self._started)
        return tuple(event.text for event in events_of(events, uid, others, since)[-limit:])

    def refusal(self, namespace: str, pod_name: str, since: float) -> Refusal | None:
        from podwright.remote.kube.events import refusal_of

        return refusal_of(self._warnings(namespace, pod_name), since)

    def _warnings(self, namespace: str, pod_name: str, uid: str = "") -> tuple[PodEvent, ...]:
        from podwright.remote.kube.events import MAX_EVENTS, read_event
        from podwright.remote.kube.list_and_watch import list_items

        fields = f"involvedObject.kind=Pod,involvedObject.name={pod_name},type=Warning"
        if uid:
            fields += f",involvedObject.uid={uid}"
        path = f"/api/v1/namespaces/{_segment(namespace)}/events"
        request = Request("list", "events", path, (("fieldSelector", fields),))
        events, _ = list_items(self._http, request, read_event, MAX_EVENTS)
        return tuple(events)

    def watch(self, label_selector: str) -> MirrorWatch:
        from podwright.remote.kube.list_and_watch import KubeFeed

        watch = MirrorWatch(KubeFeed(self._new_http()), label_selector)
        self._watches.append(watch)
        return watch

    def close(self) -> None:
        self._http.close()
        for watch in self._watches:
            watch.close()

    def _get(self, resource: str, path: str) -> JsonObject | None:
        return self._http.get(Request("get", resource, path))

    def _new_http(self) -> KubeHttp:
        from podwright.remote.kube.http import KubeHttp

        return KubeHttp(self._access, self._credentials, self._proxy, self._timeout)


def _segment(name: str) -> str:
    """One part of a path; raises ClusterAnswerError for a name that would lead elsewhere."""
    if name in {"", ".", ".."}:
        raise ClusterAnswerError(f"`{name}` is not a name of an object")
    return quote(name, safe="")
