"""The shapes that Go's decoder insists on, and its words for others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from podwright.lab.api.api_error import ApiError, bad_request
from podwright.lab.api.objects import Object

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


def check_types(pod: Object) -> None:
    """Raises ApiError 400 where a field holds what Go's decoder would refuse."""
    spec, metadata = pod.get("spec") or {}, pod.get("metadata") or {}
    if not isinstance(spec, dict):
        raise _undecodable(spec, "Pod.spec", "v1.PodSpec")
    for field, (wanted, go_type) in _TYPES.items():
        value = spec.get(field)
        if value is not None and not _is(value, wanted):
            raise _undecodable(value, f"PodSpec.spec.{field}", go_type)
    for field in ("labels", "annotations"):
        texts = metadata.get(field) or {}
        if not isinstance(texts, dict):
            raise _undecodable(texts, f"ObjectMeta.metadata.{field}", "map[string]string")
        for text in texts.values():
            if not isinstance(text, str):
                raise _undecodable(text, f"ObjectMeta.metadata.{field}", "string")
    for field, (wanted, go_type) in _TYPES.items():
        if wanted is list and not all(isinstance(entry, dict) for entry in spec.get(field) or ()):
            raise _undecodable("", f"PodSpec.spec.{field}", go_type[2:])


def _is(value: object, wanted: type) -> bool:
    return isinstance(value, wanted) and not (wanted is int and isinstance(value, bool))


def _undecodable(value: object, field: str, go_type: str) -> ApiError:
    found = _GO_KINDS.get(type(value), "null")
    shown = f"{found} {value}" if isinstance(value, float) else found
    return bad_request(
        f'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal {shown} into Go struct field '
        f"{field} of type {go_type}"
    )


@contextmanager
def decoding(kind: str) -> Iterator[None]:
    """Say 400 where an object of a client turns out to have a shape that Go could not decode."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        message = f'{kind} in version "v1" cannot be handled as a {kind}: json: cannot unmarshal: {error!r}'
        raise bad_request(message) from error
