"""What makes a new pod invalid (`ValidatePodCreate` in `pkg/apis/core/validation`), as far as a lab needs it.

A kubelet posts no mirror of a pod that it finds invalid itself, so this is for pods that people create.
"""

from __future__ import annotations

from collections.abc import Iterator

from podwright_lab.api.api_error import invalid
from podwright_lab.api.kinds import KINDS
from podwright_lab.api.names import dns_label, metadata_problems, qualified_name
from podwright_lab.api.objects import Object
from podwright_lab.api.quantity import parse_quantity

_POD_CHOICES = {
    "restartPolicy": ("Always", "OnFailure", "Never"),
    "dnsPolicy": ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"),
}
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_STANDARD_RESOURCES = frozenset(("cpu", "memory", "ephemeral-storage"))
_GROUPS = ("containers", "initContainers")


def check_pod(pod: Object) -> None:
    """Raises ApiError 422 with all that is wrong."""
    problems = [*metadata_problems(KINDS["pods"], pod["metadata"]), *_spec_problems(pod["spec"])]
    if problems:
        raise invalid("Pod", str(pod["metadata"].get("name") or ""), problems)


def _spec_problems(spec: Object) -> Iterator[str]:
    volumes: set[str] = set()
    for index, volume in enumerate(spec.get("volumes") or ()):
        yield from _named(f"spec.volumes[{index}].name", volume.get("name"), volumes)
    yield from _containers_problems(spec, volumes)
    if spec.get("ephemeralContainers"):
        yield "spec.ephemeralContainers: Forbidden: cannot be set on create"
    for field, choices in _POD_CHOICES.items():
        yield from _choice(f"spec.{field}", spec[field], choices)
    if spec.get("schedulingGates") and spec.get("nodeName"):
        yield "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"


def _containers_problems(spec: Object, volumes: set[str]) -> Iterator[str]:
    if not spec.get("containers"):
        yield "spec.containers: Required value"
        return
    names: set[str] = set()
    host_ports: set[str] = set()
    for group in _GROUPS:
        for index, container in enumerate(spec.get(group) or ()):
            where = f"spec.{group}[{index}]"
            yield from _named(f"{where}.name", container.get("name"), names)
            yield from _image(f"{where}.image", container.get("image"))
            yield from _choice(f"{where}.imagePullPolicy", container["imagePullPolicy"], _PULL_POLICIES)
            yield from _ports(where, container, host_ports, host_network=bool(spec.get("hostNetwork")))
            yield from _environment(where, container)
            yield from _mounts(where, container, volumes)
            yield from _resources(f"{where}.resources", container["resources"])


def _named(field: str, name: object, seen: set[str]) -> list[str]:
    if not isinstance(name, str) or not name:
        return [f"{field}: Required value"]
    if name in seen:
        return [f'{field}: Duplicate value: "{name}"']
    seen.add(name)
    return dns_label(field, name)


def _choice(field: str, value: object, choices: tuple[str, ...]) -> Iterator[str]:
    if value not in choices:
        supported = ", ".join(f'"{choice}"' for choice in choices)
        yield f'{field}: Unsupported value: "{value}": supported values: {supported}'


def _image(field: str, image: object) -> Iterator[str]:
    if not image:
        yield f"{field}: Required value"
    elif isinstance(image, str) and image != image.strip():
        yield f'{field}: Invalid value: "{image}": must not have leading or trailing whitespace'


def _ports(where: str, container: Object, host_ports: set[str], *, host_network: bool) -> Iterator[str]:
    for index, port in enumerate(container.get("ports") or ()):
        field = f"{where}.ports[{index}]"
        number, host_port = port.get("containerPort") or 0, port.get("hostPort") or 0
        if not number:
            yield f"{field}.containerPort: Required value"
        elif not 0 < number < 65536:
            yield f"{field}.containerPort: Invalid value: {number}: must be between 1 and 65535, inclusive"
        if host_port and not 0 < host_port < 65536:
            yield f"{field}.hostPort: Invalid value: {host_port}: must be between 1 and 65535, inclusive"
        if host_port and host_network and host_port != number:
            yield f"{field}.hostPort: Invalid value: {host_port}: must match `containerPort` when `hostNetwork` is true"
        claim = f"{port['protocol']}/{port.get('hostIP', '')}/{host_port}"
        if host_port and claim in host_ports:
            yield f'{field}.hostPort: Duplicate value: "{claim}"'
        host_ports.add(claim)


def _environment(where: str, container: Object) -> Iterator[str]:
    for index, variable in enumerate(container.get("env") or ()):
        name = str(variable.get("name") or "")
        if not name:
            yield f"{where}.env[{index}].name: Required value"
        elif not name.isascii() or not name.isprintable() or "=" in name:
            rule = "a valid environment variable name must consist only of printable ASCII characters other than '='"
            yield f'{where}.env[{index}].name: Invalid value: "{name}": {rule}'


def _mounts(where: str, container: Object, volumes: set[str]) -> Iterator[str]:
    paths: set[str] = set()
    for index, mount in enumerate(container.get("volumeMounts") or ()):
        field = f"{where}.volumeMounts[{index}]"
        name, path = mount.get("name"), str(mount.get("mountPath") or "")
        if not name:
            yield f"{field}.name: Required value"
        elif name not in volumes:
            yield f'{field}.name: Not found: "{name}"'
        if not path:
            yield f"{field}.mountPath: Required value"
        elif path in paths:
            yield f'{field}.mountPath: Invalid value: "{path}": must be unique'
        paths.add(path)


def _resources(field: str, resources: Object) -> Iterator[str]:
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for kind, amounts in (("limits", limits), ("requests", requests)):
        for name, value in amounts.items():
            yield from _resource_name(f"{field}.{kind}[{name}]", name)
            yield from _not_negative(f"{field}.{kind}[{name}]", value)
    for name, limit in limits.items():
        if name in requests and _is_more(requests[name], limit):
            yield (
                f'{field}.requests: Invalid value: "{requests[name]}": '
                f"must be less than or equal to {name} limit of {limit}"
            )


def _resource_name(field: str, name: str) -> Iterator[str]:
    if name in _STANDARD_RESOURCES or name.startswith("hugepages-"):
        return
    yield from qualified_name(field, name)
    if "/" not in name:
        yield f'{field}: Invalid value: "{name}": must be a standard resource type or fully qualified'
        yield f'{field}: Invalid value: "{name}": must be a standard resource for containers'


def _not_negative(field: str, value: object) -> Iterator[str]:
    try:
        negative = parse_quantity(value) < 0
    except ValueError:
        negative = False
    if negative:
        yield f'{field}: Invalid value: "{value}": must be greater than or equal to 0'


def _is_more(request: object, limit: object) -> bool:
    try:
        return parse_quantity(request) > parse_quantity(limit)
    except ValueError:
        return False
