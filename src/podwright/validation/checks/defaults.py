"""The API's defaults, as far as a check needs them. Source: `pkg/apis/core/v1/defaults.go`, conversions."""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, flag, number, records, text
from podwright.validation.checks.volumes import CHECKS

_CONTAINERS = ("initContainers", "containers")


def with_defaults(pod: Record) -> Record:
    """Return the pod with the fields set that Kubernetes sets before it validates; other fields are shared."""
    spec = dict(child(pod, "spec"))
    host_network = flag(spec, "hostNetwork")
    for kind in _CONTAINERS:
        if kind in spec:
            spec[kind] = [_container(item, host_network=host_network) for item in records(spec, kind)]
    if "volumes" in spec:
        spec["volumes"] = [_volume(volume) for volume in records(spec, "volumes")]
    if number(spec, "terminationGracePeriodSeconds") < 0:
        spec["terminationGracePeriodSeconds"] = 1
    if not text(spec, "serviceAccountName") and text(spec, "serviceAccount"):
        spec["serviceAccountName"] = text(spec, "serviceAccount")
    return {**pod, "spec": spec}


def _container(container: Record, *, host_network: bool) -> Record:
    if "ports" not in container:
        return container
    return {
        **container,
        "ports": [_port(port, host_network=host_network) for port in records(container, "ports")],
    }


def _port(port: Record, *, host_network: bool) -> Record:
    host_port = number(port, "hostPort") or (number(port, "containerPort") if host_network else 0)
    return {**port, "protocol": text(port, "protocol") or "TCP", "hostPort": host_port}


def _volume(volume: Record) -> Record:
    return volume if set(volume) & set(CHECKS) else {**volume, "emptyDir": {}}
