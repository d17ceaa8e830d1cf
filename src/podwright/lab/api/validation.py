"""The checks on new objects that no schema makes: names, and what a pod cannot do without."""

from __future__ import annotations

import re

from podwright.lab.api.api_error import invalid
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
