"""Makes the kubelet's pod of a manifest file: decoded, defaulted, named as this node's (`kubelet/config/common.go`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from podwright.pods.go_yaml import decode
from podwright.validation.findings import Report
from podwright.validation.go_types import fit
from podwright.validation.judge import judge
from podwright.validation.schema import pod_types
from podwright_lab.api.api_error import Object
from podwright_lab.api.defaults import clone, default_pod, ordered_metadata

CONFIG_HASH = "kubernetes.io/config.hash"
CONFIG_SEEN = "kubernetes.io/config.seen"
CONFIG_SOURCE = "kubernetes.io/config.source"
CONFIG_MIRROR = "kubernetes.io/config.mirror"
DEFAULT_GRACE_SECONDS = 30
KUBERNETES_VERSION = "v1.36.2"
_MINOR = 36


class RejectedError(Exception):
    """The kubelet's own reason not to take a file."""


def read_manifest(data: bytes, path: str, node_name: str) -> Object:
    """Return the static pod that `data` at `path` defines on the node; raises RejectedError.

    The uid is 32 hex digits over the decoded and defaulted pod, the node and the path, so neither comments nor the
    order of keys change it, and a rename does.
    """
    verdict = judge(
        data, file_name=path.rpartition("/")[2], node_name=node_name, kubernetes_version=KUBERNETES_VERSION
    )
    if verdict.kubelet != "accepts":
        errors = [f"{found.path}: {found.message}" for found in verdict.findings if found.severity == "error"]
        raise RejectedError(f"invalid pod: [{' '.join(errors)}]")
    return _as_static(_decoded(data), path, node_name)


def _decoded(data: bytes) -> Object:
    """Only what a Pod has, completed with the defaults. Only for what the judge has let pass."""
    document = decode(data).value
    if not isinstance(document, Mapping):
        raise RejectedError("the file holds no object")
    fitted = fit(document, pod_types(_MINOR), Report(_MINOR))
    pod: Object = {"kind": "Pod", "apiVersion": "v1", "metadata": fitted.get("metadata") or {}}
    pod["spec"] = fitted.get("spec") or {}
    try:
        default_pod(pod["spec"])
    except (AttributeError, KeyError, TypeError) as error:
        raise RejectedError(f"no pod that can be completed: {error!r}") from error
    return pod


def _as_static(pod: Object, path: str, node_name: str) -> Object:
    """`applyDefaults`: the uid comes before the suffix and the toleration, so that it depends on neither."""
    metadata, spec = pod["metadata"], pod["spec"]
    uid = str(metadata.get("uid") or _uid(pod, path, node_name))
    metadata["uid"] = uid
    metadata["name"] = f"{metadata.get('name', '')}-{node_name.lower()}"
    metadata.setdefault("namespace", "default")
    annotations = {str(key): str(value) for key, value in (metadata.get("annotations") or {}).items()}
    metadata["annotations"] = annotations | {CONFIG_HASH: uid}
    metadata.pop("ownerReferences", None)
    spec["nodeName"] = node_name
    spec.setdefault("tolerations", []).append({"operator": "Exists", "effect": "NoExecute"})
    return pod


def _uid(pod: Object, path: str, node_name: str) -> str:
    text = json.dumps([pod["metadata"], pod["spec"], f"host:{node_name}", f"file:{path}"], sort_keys=True)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def mirror_of(pod: Object, node_uid: str) -> Object:
    """The pod that is sent to the API (`mirror_client.go:CreateMirrorPod`)."""
    mirror: Object = clone(pod)
    metadata = mirror["metadata"]
    metadata.pop("uid")
    metadata["annotations"][CONFIG_MIRROR] = pod["metadata"]["annotations"][CONFIG_HASH]
    owner = {
        "apiVersion": "v1",
        "kind": "Node",
        "name": pod["spec"]["nodeName"],
        "uid": node_uid,
        "controller": True,
    }
    metadata["ownerReferences"] = [owner]
    if not metadata.get("resourceVersion"):
        mirror["metadata"] = ordered_metadata(metadata)
    return mirror


def uid_of(pod: Object) -> str:
    return str(pod["metadata"]["uid"])


def full_name(pod: Object) -> str:
    """`namespace/name`, the name with its suffix."""
    return f"{pod['metadata'].get('namespace', 'default')}/{pod['metadata']['name']}"


def is_mirror(pod: Object) -> bool:
    return CONFIG_MIRROR in (pod["metadata"].get("annotations") or {})


def is_mirror_of(mirror: Object, pod: Object) -> bool:
    hashed = pod["metadata"]["annotations"].get(CONFIG_HASH)
    return bool((mirror["metadata"].get("annotations") or {}).get(CONFIG_MIRROR) == hashed)


def grace_seconds(pod: Object) -> float:
    seconds = pod["spec"].get("terminationGracePeriodSeconds", DEFAULT_GRACE_SECONDS)
    return float(seconds) if seconds >= 0 else 1.0


def containers(pod: Object) -> list[Object]:
    return list(pod["spec"].get("containers") or ())


def init_containers(pod: Object) -> list[Object]:
    return list(pod["spec"].get("initContainers") or ())
