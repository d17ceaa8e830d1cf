"""What an update may change, and what it becomes (`pkg/registry/core/pod/strategy.go` and its like)."""

from __future__ import annotations

from podwright_lab.api.api_error import conflict, invalid
from podwright_lab.api.decoding import check_types
from podwright_lab.api.defaults import containers_of, default_pod, ordered_metadata
from podwright_lab.api.kinds import Kind
from podwright_lab.api.names import check_labels
from podwright_lab.api.objects import Json, Object, clone
from podwright_lab.api.pod_fields import known_spec
from podwright_lab.api.pod_validation import check_pod

MIRROR_ANNOTATION = "kubernetes.io/config.mirror"
_KEPT_METADATA = (
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)
_SPEC_FORBIDDEN = (
    "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
    "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing "
    "tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_MIRROR_FORBIDDEN = (
    f"metadata.annotations[{MIRROR_ANNOTATION}]: Forbidden: may not remove or update mirror pod annotation"
)


def updated(kind: Kind, before: Object, after: Object, *, status_only: bool) -> Object:
    """Return what to store; raises ApiError 409 for a stale resourceVersion, 422 for what must not change."""
    check_types(kind.kind, after)
    _check_version(kind, before, after)
    result: Object = {"kind": kind.kind, "apiVersion": kind.api_version}
    result["metadata"] = _metadata(before, after, status_only=status_only)
    source = before if status_only else after
    for name in sorted({*before, *after} - {"kind", "apiVersion", "metadata", "status"}, key=_position):
        if source.get(name) is not None:
            result[name] = clone(source[name])
    if "status" in before or "status" in after:
        takes_status = status_only or not kind.has_status
        result["status"] = clone(_status(before, after) if takes_status else before.get("status", {}))
    if kind.plural == "pods" and not status_only:
        result["spec"] = known_spec(result.get("spec") or {})
        default_pod(result["spec"])
        _check_pod(before, result)
    check_labels(kind, result)
    if kind.counts_generations and before.get("spec") != result.get("spec"):
        result["metadata"]["generation"] = before["metadata"].get("generation", 1) + 1
    return result


def released(before: Object, after: Object) -> bool:
    """Whether this update takes away the last finalizer of an object that only finalizers hold."""
    metadata = before["metadata"]
    held = "deletionTimestamp" in metadata and bool(metadata.get("finalizers"))
    return held and not after["metadata"].get("finalizers") and not metadata.get("deletionGracePeriodSeconds")


def _position(name: str) -> tuple[bool, str]:
    return name != "spec", name


def _check_version(kind: Kind, before: Object, after: Object) -> None:
    metadata, name = after.get("metadata") or {}, before["metadata"]["name"]
    if metadata.get("resourceVersion") not in (None, "", before["metadata"]["resourceVersion"]):
        why = "the object has been modified; please apply your changes to the latest version and try again"
        raise conflict(kind.plural, name, why)
    if metadata.get("uid") not in (None, "", before["metadata"]["uid"]):
        why = (
            f"StorageError: invalid object, Code: 4, Key: /registry/{kind.plural}/{name}, AdditionalErrorMsg: "
            f"Precondition failed: UID in precondition: {metadata['uid']}, UID in object meta: "
            f"{before['metadata']['uid']}"
        )
        raise conflict(kind.plural, name, why)


def _metadata(before: Object, after: Object, *, status_only: bool) -> Object:
    metadata = dict(before["metadata"] if status_only else after.get("metadata") or {})
    for name in _KEPT_METADATA:
        metadata.pop(name, None)
        if name in before["metadata"]:
            metadata[name] = before["metadata"][name]
    return ordered_metadata(clone(metadata))


def _status(before: Object, after: Object) -> Json:
    status = after.get("status") or {}
    if "qosClass" in before.get("status", {}) and "qosClass" not in status:
        return status | {"qosClass": before["status"]["qosClass"]}
    return status


def _check_pod(before: Object, after: Object) -> None:
    problems = []
    mirror_before = (before["metadata"].get("annotations") or {}).get(MIRROR_ANNOTATION)
    if mirror_before != (after["metadata"].get("annotations") or {}).get(MIRROR_ANNOTATION):
        problems.append(_MIRROR_FORBIDDEN)
    if _immutable_part(before["spec"]) != _immutable_part(after["spec"]) or not _tolerations_kept(
        before, after
    ):
        problems.append(_SPEC_FORBIDDEN)
    if problems:
        raise invalid("Pod", before["metadata"]["name"], problems)
    if before["spec"] != after["spec"]:
        check_pod(after)


def _immutable_part(spec: Object) -> Object:
    part: Object = clone(spec)
    part.pop("activeDeadlineSeconds", None)
    part.pop("tolerations", None)
    for container in containers_of(part):
        container.pop("image", None)
    if part.get("terminationGracePeriodSeconds", 0) < 0:
        part["terminationGracePeriodSeconds"] = 1
    return part


def _tolerations_kept(before: Object, after: Object) -> bool:
    now = after["spec"].get("tolerations") or []
    return all(toleration in now for toleration in before["spec"].get("tolerations") or [])
