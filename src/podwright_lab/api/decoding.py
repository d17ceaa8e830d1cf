"""The shapes that Go's decoder insists on, and its words for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from podwright_lab.api.api_error import ApiError, bad_request
from podwright_lab.api.objects import Object

#: Go types of the fields that the rest of this package relies on, as the decoder names them.
_TYPES: dict[str, tuple[type, str]] = {
    "containers": (list, "[]v1.Container"),
    "initContainers": (list, "[]v1.Container"),
    "volumes": (list, "[]v1.Volume"),
    "tolerations": (list, "[]v1.Toleration"),
    "securityContext": (dict, "v1.PodSecurityContext"),
    "terminationGracePeriodSeconds": (int, "int64"),
    "priority": (int, "int32"),
    "hostNetwork": (bool, "bool"),
    "nodeName": (str, "string"),
    "serviceAccountName": (str, "string"),
    "priorityClassName": (str, "string"),
}
_GO_KINDS = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}


_CONTAINER_TYPES: dict[str, tuple[type, str]] = {
    "name": (str, "string"),
    "image": (str, "string"),
    "imagePullPolicy": (str, "string"),
    "command": (list, "[]string"),
    "args": (list, "[]string"),
    "env": (list, "[]v1.EnvVar"),
    "ports": (list, "[]v1.ContainerPort"),
    "volumeMounts": (list, "[]v1.VolumeMount"),
    "resources": (dict, "v1.ResourceRequirements"),
}
_METADATA_TYPES: dict[str, tuple[type, str]] = {
    "name": (str, "string"),
    "namespace": (str, "string"),
    "labels": (dict, "map[string]string"),
    "annotations": (dict, "map[string]string"),
    "finalizers": (list, "[]string"),
    "ownerReferences": (list, "[]v1.OwnerReference"),
}
_STATUS_LISTS = ("conditions", "containerStatuses", "initContainerStatuses", "addresses")


def check_types(kind: str, target: Object) -> None:
    """Raises ApiError 400 if a field holds what Go's decoder would refuse."""
    metadata, spec, status = (target.get(part) or {} for part in ("metadata", "spec", "status"))
    for part, name in ((metadata, "metadata"), (spec, "spec"), (status, "status")):
        if not isinstance(part, dict):
            raise _undecodable(kind, part, f"{kind}.{name}", f"v1.{kind}{name.title()}")
    _check_fields(kind, metadata, "ObjectMeta.metadata", _METADATA_TYPES)
    for field in ("labels", "annotations"):
        for text in (metadata.get(field) or {}).values():
            if not isinstance(text, str):
                raise _undecodable(kind, text, f"ObjectMeta.metadata.{field}", "string")
    for field in _STATUS_LISTS:
        _check_entries(kind, status.get(field), f"{kind}Status.status.{field}", "v1.Condition")
    if kind == "Pod":
        _check_pod_spec(spec)


def _check_pod_spec(spec: Object) -> None:
    _check_fields("Pod", spec, "PodSpec.spec", _TYPES)
    for field, (wanted, go_type) in _TYPES.items():
        if wanted is list:
            _check_entries("Pod", spec.get(field), f"PodSpec.spec.{field}", go_type.removeprefix("[]"))
    for group in ("containers", "initContainers"):
        for container in spec.get(group) or ():
            _check_fields("Pod", container, f"Container.spec.{group}", _CONTAINER_TYPES)


def _check_fields(kind: str, part: Object, where: str, types: dict[str, tuple[type, str]]) -> None:
    for field, (wanted, go_type) in types.items():
        value = part.get(field)
        if value is not None and not _is(value, wanted):
            raise _undecodable(kind, value, f"{where}.{field}", go_type)


def _check_entries(kind: str, entries: object, where: str, go_type: str) -> None:
    if entries is not None and not isinstance(entries, list):
        raise _undecodable(kind, entries, where, f"[]{go_type}")
    for entry in entries or ():
        if not isinstance(entry, dict):
            raise _undecodable(kind, entry, where, go_type)


def _is(value: object, wanted: type) -> bool:
    return isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))


def _undecodable(kind: str, value: object, field: str, go_type: str) -> ApiError:
    found = _GO_KINDS.get(type(value), "null")
    shown = f"{found} {value}" if isinstance(value, float) else found
    return bad_request(
        f'{kind} in version "v1" cannot be handled as a {kind}: json: cannot unmarshal {shown} into Go struct field '
        f"{field} of type {go_type}"
    )


@contextmanager
def decoding(kind: str) -> Iterator[None]:
    """Say 400 if an object of a client turns out to have a shape that Go could not decode."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, RecursionError) as error:
        message = f'{kind} in version "v1" cannot be handled as a {kind}: json: cannot unmarshal: {error!r}'
        raise bad_request(message) from error
