"""A new object as the API server stores it: named, completed, checked."""

from __future__ import annotations

import hashlib
from datetime import datetime

from podwright_lab.api.api_error import ApiError
from podwright_lab.api.defaults import default_pod, ordered_metadata, quality_of_service
from podwright_lab.api.deletion import timestamp
from podwright_lab.api.kinds import Kind
from podwright_lab.api.names import check_metadata
from podwright_lab.api.objects import Object, clone
from podwright_lab.api.pod_fields import known_spec
from podwright_lab.api.pod_validation import check_pod

_SET_BY_SERVER = ("deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "generation")


def prepared(kind: Kind, obj: Object, now: datetime, uid: str) -> Object:
    """Return `obj` ready to store; raises ApiError 422 if it is not valid, 500 if it has a resourceVersion."""
    target: Object = {"kind": kind.kind, "apiVersion": kind.api_version}
    target["metadata"] = _metadata(kind, obj.get("metadata") or {}, now, uid)
    for name, value in obj.items():
        if name not in target and value is not None:
            target[name] = clone(value)
    if kind.plural == "pods":
        _complete_pod(target)
    elif kind.plural == "namespaces":
        metadata = target["metadata"]
        metadata["labels"] = (metadata.get("labels") or {}) | {
            "kubernetes.io/metadata.name": metadata.get("name", "")
        }
        target["spec"] = {"finalizers": ["kubernetes"]}
        target["status"] = {"phase": "Active"}
    check_metadata(kind, target)
    target["metadata"] = ordered_metadata(target["metadata"])
    return target


def _metadata(kind: Kind, given: Object, now: datetime, uid: str) -> Object:
    if given.get("resourceVersion"):
        # kube-apiserver has no better status for it either: storage.ErrResourceVersionSetOnCreate
        raise ApiError(500, "", "resourceVersion should not be set on objects to be created")
    metadata: Object = {name: clone(value) for name, value in given.items() if value is not None}
    for name in _SET_BY_SERVER:
        metadata.pop(name, None)
    if not metadata.get("name") and metadata.get("generateName"):
        metadata["name"] = f"{metadata['generateName']}{_suffix(uid)}"
    if kind.namespaced:
        metadata.setdefault("namespace", "default")
    else:
        metadata.pop("namespace", None)
    metadata |= {"uid": uid, "creationTimestamp": timestamp(now)}
    if kind.counts_generations:
        metadata["generation"] = 1
    return metadata


def _suffix(uid: str) -> str:
    """Five letters without vowels, as the API server's generator gives; from the uid, so that tests repeat."""
    alphabet = "bcdfghjklmnpqrstvwxz2456789"
    digest = hashlib.sha256(uid.encode()).digest()
    return "".join(alphabet[byte % len(alphabet)] for byte in digest[:5])


def _complete_pod(pod: Object) -> None:
    for name in set(pod) - {"kind", "apiVersion", "metadata", "spec"}:
        del pod[name]
    spec = pod["spec"] = known_spec(pod.get("spec") or {})
    default_pod(spec)
    check_pod(pod)
    # whatever status a client sends, a new pod is pending (podStrategy.PrepareForCreate)
    pod["status"] = {"phase": "Pending", "qosClass": quality_of_service(spec)}
