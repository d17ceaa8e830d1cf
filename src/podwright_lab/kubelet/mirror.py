"""Makes and removes mirror pods in the API (`pkg/kubelet/pod/mirror_client.go`, `kubelet.go:tryReconcileMirrorPods`)."""

from __future__ import annotations

import json

from podwright_lab.api.api_error import ApiError, ApiUnavailable, Object
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.static_pod import full_name, is_mirror_of, mirror_of, uid_of

#: etcd's `--max-request-bytes`, which the lab's store has nothing behind it to enforce
_ETCD_REQUEST_BYTES = 3 << 19


class MirrorClient:
    """What the API refuses is logged and not repeated: the next sync of the pod tries again."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._store = run.store
        self._log = run.log

    def reconcile(self, pod: Object, mirror: Object | None, node: Object | None) -> None:
        """Replace a mirror that is another pod's or on its way out, and make a missing one.

        `node` is the Node object as last seen, `None` without one: then no mirror is made.
        """
        if mirror is not None and (
            "deletionTimestamp" in mirror["metadata"] or not is_mirror_of(mirror, pod)
        ):
            if not self.delete(full_name(pod), uid_of(mirror)):
                return
            mirror = None
        if mirror is None:
            self._create(pod, node)

    def _create(self, pod: Object, node: Object | None) -> None:
        if node is None:
            self._log(
                '"No need to create a mirror pod, since failed to get node info from the cluster" '
                f'node="{self._run.node.name}"'
            )
            return
        self._log(f'"Creating a mirror pod for static pod" pod="{full_name(pod)}"')
        mirror = mirror_of(pod, node["metadata"]["uid"])
        try:
            if len(json.dumps(mirror)) > _ETCD_REQUEST_BYTES:
                raise ApiError(500, "", "etcdserver: request is too large")
            self._store.create("pods", mirror, user=self._run.user)
        except (ApiError, ApiUnavailable) as error:
            self._log(f'"Failed creating a mirror pod" err="{error}" pod="{full_name(pod)}"')

    def delete(self, name: str, uid: str | None) -> bool:
        """Delete without grace; false if it was gone already, is another, or the API did not answer."""
        namespace, _, pod_name = name.partition("/")
        self._log(f'"Deleting a mirror pod" pod="{name}" podUID="{uid or ""}"')
        try:
            self._store.delete(
                "pods", namespace, pod_name, grace_seconds=0, preconditions_uid=uid, user=self._run.user
            )
        except ApiError as error:
            if error.code != 404:
                self._log(f'"Failed deleting a mirror pod" err="{error}" pod="{name}"')
            return False
        except ApiUnavailable as error:
            self._log(f'"Failed deleting a mirror pod" err="{error}" pod="{name}"')
            return False
        return True
