"""Environment variables and references to the pod's own fields.

Source: `ValidateEnv`, `ValidateEnvFrom`, `validateFileKeySelector`, `validateObjectFieldSelector`,
`validateContainerResourceFieldSelector`.
"""

from __future__ import annotations

import re

from podwright.pods.go_fields import Record, child, each, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.quantities import parse_quantity
from podwright.validation.findings import Report, shown
from podwright.validation.versions import Behaviour

ENV_FIELDS = frozenset([
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
    "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
])  # fmt: skip
FILE_FIELDS = frozenset(
    ["metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"]
)
_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_RESOURCES = frozenset(
    f"{kind}.{name}" for kind in ("limits", "requests") for name in ("cpu", "memory", "ephemeral-storage")
)
_EXPONENT = re.compile(r"[eE][-+]?[0-9]")
_SUBSCRIPT = re.compile(r"(.+)\['(.*)'\]")
_DECIMAL_SIZES = frozenset(["1", "1k", "1M", "1G", "1T", "1P", "1E"])
_BINARY_SIZES = frozenset(["1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"])


def relaxed_names(report: Report) -> bool:
    """Whether nearly any name is allowed."""
    return report.does(Behaviour.ANY_ENV_NAME)


def check_env(container: Record, volumes: dict[str, Record], path: Path, report: Report) -> None:
    for here, variable in each(container, "env", path):
        name = text(variable, "name")
        wrong = names.env_name(name, relaxed=relaxed_names(report)) if name else "is missing"
        report.add("env", (*here, "name"), wrong)
        if "valueFrom" in variable:
            _check_value_from(variable, volumes, (*here, "valueFrom"), report)


def _check_value_from(variable: Record, volumes: dict[str, Record], path: Path, report: Report) -> None:
    source = child(variable, "valueFrom")
    given = [name for name in _SOURCES if name in source]
    if not given:
        report.add("env", path, f"must name one of {', '.join(f'`{name}`' for name in _SOURCES)}")
    elif text(variable, "value"):
        report.add("env", path, "may not be set together with a `value` that is not empty")
    elif len(given) > 1:
        report.add("env", path, "may name one source only")
    if "fieldRef" in source:
        check_field_reference(child(source, "fieldRef"), ENV_FIELDS, (*path, "fieldRef"), report)
    if "resourceFieldRef" in source:
        check_resource_reference(child(source, "resourceFieldRef"), (*path, "resourceFieldRef"), report)
    for name in ("configMapKeyRef", "secretKeyRef"):
        if name in source:
            _check_key_reference(child(source, name), (*path, name), report)
    if "fileKeyRef" in source:
        _check_file_reference(child(source, "fileKeyRef"), volumes, (*path, "fileKeyRef"), report)


def _check_key_reference(reference: Record, path: Path, report: Report) -> None:
    report.add("env", (*path, "name"), names.dns_subdomain(text(reference, "name")))
    key = text(reference, "key")
    report.add("env", (*path, "key"), names.config_key(key) if key else "is missing")


def _check_file_reference(reference: Record, volumes: dict[str, Record], path: Path, report: Report) -> None:
    key, file, volume = (text(reference, name) for name in ("key", "path", "volumeName"))
    wrong_key = names.env_name(key, relaxed=True) if key else "is missing"
    wrong_path = names.no_backsteps(file) if file else "is missing"
    for name, wrong in (("key", wrong_key), ("path", wrong_path)):
        report.add("env", (*path, name), wrong)
    if wrong := names.dns_label(volume) if volume else "is missing":
        report.add("env", (*path, "volumeName"), wrong)
    elif volume not in volumes:
        report.add("env", (*path, "volumeName"), f"is {shown(volume)}, which is not a volume of this pod")
    elif "emptyDir" not in volumes[volume]:
        report.add("env", (*path, "volumeName"), f"is {shown(volume)}, but must be an `emptyDir`")


def check_env_from(container: Record, path: Path, report: Report) -> None:
    for here, source in each(container, "envFrom", path):
        prefix = text(source, "prefix")
        if prefix:
            report.add("env", (*here, "prefix"), names.env_name(prefix, relaxed=relaxed_names(report)))
        given = [name for name in ("configMapRef", "secretRef") if name in source]
        if len(given) != 1:
            report.add("env", here, "must name one of `configMapRef` and `secretRef`")
        for name in given:
            reference = text(child(source, name), "name")
            wrong = names.dns_subdomain(reference) if reference else "is missing"
            report.add("env", (*here, name, "name"), wrong)


def check_field_reference(reference: Record, fields: frozenset[str], path: Path, report: Report) -> None:
    """`fieldRef`: a field of the pod that may be handed to the container this way."""
    version, field = text(reference, "apiVersion") or "v1", text(reference, "fieldPath")
    if version != "v1":
        report.add("field-reference", (*path, "apiVersion"), f"is {shown(version)}, but must be `v1`")
    elif wrong := _wrong_field(field, fields):
        report.add("field-reference", (*path, "fieldPath"), wrong)


def _wrong_field(field: str, fields: frozenset[str]) -> str:
    if not field:
        return "is missing"
    subscripted = _SUBSCRIPT.fullmatch(field)
    if subscripted:
        base, key = subscripted[1], subscripted[2]
        if base not in {"metadata.annotations", "metadata.labels"}:
            return f"is {shown(field)}, but only labels and annotations take a subscript"
        return names.qualified_name(key.lower() if base == "metadata.annotations" else key)
    field = {"spec.host": "spec.nodeName"}.get(field, field)
    if field in fields:
        return ""
    listed = ", ".join(f"`{name}`" for name in sorted(fields))
    return f"is {shown(field)}, but must be one of {listed}, or one label or annotation (`metadata.labels['key']`)"


def check_resource_reference(
    reference: Record, path: Path, report: Report, *, in_volume: bool = False
) -> None:
    """`resourceFieldRef`: a limit or request of a container."""
    resource = text(reference, "resource")
    if in_volume and not text(reference, "containerName"):
        report.add("field-reference", (*path, "containerName"), "is missing")
    elif not resource:
        report.add("field-reference", (*path, "resource"), "is missing")
    elif resource not in _RESOURCES and not resource.startswith(("requests.hugepages-", "limits.hugepages-")):
        report.add("field-reference", (*path, "resource"), names.one_of(resource, sorted(_RESOURCES)))
    _check_divisor(resource, text(reference, "divisor"), path, report)


def _check_divisor(resource: str, divisor: str, path: Path, report: Report) -> None:
    value = parse_quantity(divisor) if divisor else None
    allowed = _divisors(resource, divisor)
    # Kubernetes compares the text, in which `1e3` stays what it is
    exponent = _EXPONENT.search(divisor) and value != 1
    if value and allowed and (exponent or value not in {parse_quantity(one) for one in allowed}):
        listed = ", ".join(f"`{one}`" for one in sorted(allowed))
        report.add("field-reference", (*path, "divisor"), f"is {shown(divisor)}, but must be one of {listed}")


def _divisors(resource: str, divisor: str) -> frozenset[str]:
    if resource.endswith(".cpu"):
        return frozenset(["1m", "1"])
    if resource in _RESOURCES or ".hugepages-" in resource:
        return _BINARY_SIZES if divisor.endswith("i") else _DECIMAL_SIZES
    return frozenset()
