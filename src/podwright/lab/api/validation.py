"""The checks on new objects that no schema makes: names, and what a pod cannot do without."""

from __future__ import annotations

import re

from podwright.lab.api.api_error import ApiError, bad_request, invalid
from podwright.lab.api.kinds import Kind
from podwright.lab.api.objects import Object

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
    "with an alphanumeric character (e.g. 'my-name', or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)


def check_name(kind: Kind, target: Object) -> None:
    """Raises ApiError 422."""
    name = target["metadata"].get("name", "")
    problems = name_problems(kind, name)
    if problems:
        raise invalid(kind.kind, name, problems)


def name_problems(kind: Kind, name: object) -> list[str]:
    if not isinstance(name, str) or not name:
        return ["metadata.name: Required value: name or generateName is required"]
    if kind.plural == "namespaces":
        return _checked("metadata.name", name, _LABEL, _LABEL_RULE, 63)
    return _checked("metadata.name", name, _SUBDOMAIN, _SUBDOMAIN_RULE, 253)


def _checked(field: str, value: str, pattern: re.Pattern[str], rule: str, limit: int) -> list[str]:
    shown = f'{field}: Invalid value: "{value}"'
    problems = []
    if len(value) > limit:
        problems.append(f"{shown}: must be no more than {limit} characters")
    if not pattern.fullmatch(value):
        problems.append(f"{shown}: {rule}")
    return problems


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


def check_pod(pod: Object) -> None:
    """Raises ApiError 422 for the faults that a stand-in kubelet could hand on; its own checks find the rest."""
    from podwright.lab.api.kinds import KINDS

    spec = pod["spec"]
    name = pod["metadata"].get("name", "")
    problems = name_problems(KINDS["pods"], name)
    problems += _container_problems(spec)
    if spec.get("ephemeralContainers"):
        problems.append("spec.ephemeralContainers: Forbidden: cannot be set on create")
    if spec.get("schedulingGates") and spec.get("nodeName"):
        problems.append("spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared")
    if problems:
        raise invalid("Pod", str(name), problems)


def _container_problems(spec: Object) -> list[str]:
    containers = spec.get("containers") or []
    if not containers:
        return ["spec.containers: Required value"]
    problems: list[str] = []
    seen: set[str] = set()
    for group in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(group) or ()):
            where = f"spec.{group}[{index}]"
            problems += _name_in(f"{where}.name", container.get("name"), seen)
            if not container.get("image"):
                problems.append(f"{where}.image: Required value")
    return problems


def _name_in(field: str, name: object, seen: set[str]) -> list[str]:
    if not isinstance(name, str) or not name:
        return [f"{field}: Required value"]
    if name in seen:
        return [f'{field}: Duplicate value: "{name}"']
    seen.add(name)
    return _checked(field, name, _LABEL, _LABEL_RULE, 63)
