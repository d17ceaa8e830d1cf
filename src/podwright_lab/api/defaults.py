"""What the API server fills in when a client leaves it out (`pkg/apis/core/v1/defaults.go`)."""

from __future__ import annotations

from collections.abc import Iterator

from podwright_lab.api.objects import Object, clone
from podwright_lab.api.quantity import canonical_quantity

__all__ = [
    "clone",
    "containers_of",
    "default_pod",
    "default_regular_pod",
    "ordered_metadata",
    "pull_policy",
    "quality_of_service",
]

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_FILE_MODE = 0o644
_MODE_VOLUMES = ("downwardAPI", "configMap", "secret", "projected")
_METADATA_ORDER = (
    "name",
    "generateName",
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "labels",
    "annotations",
    "ownerReferences",
    "finalizers",
)
_NOT_READY_TOLERATIONS = tuple(
    {
        "key": f"node.kubernetes.io/{what}",
        "operator": "Exists",
        "effect": "NoExecute",
        "tolerationSeconds": 300,
    }
    for what in ("not-ready", "unreachable")
)


def ordered_metadata(metadata: Object) -> Object:
    """The known fields of `metadata` in the order of Go's ObjectMeta; empty ones are left out."""
    return {name: metadata[name] for name in _METADATA_ORDER if metadata.get(name) not in (None, {}, [], "")}


def containers_of(spec: Object) -> Iterator[Object]:
    for group in ("initContainers", "containers"):
        yield from spec.get(group) or ()


def default_pod(spec: Object) -> None:
    """Complete a pod's spec in place."""
    for name, value in (
        ("restartPolicy", "Always"),
        ("terminationGracePeriodSeconds", 30),
        ("dnsPolicy", "ClusterFirst"),
        ("securityContext", {}),
        ("schedulerName", "default-scheduler"),
        ("enableServiceLinks", True),
        ("preemptionPolicy", "PreemptLowerPriority"),
    ):
        if spec.get(name) is None:
            spec[name] = clone(value)
    if isinstance(spec["terminationGracePeriodSeconds"], int) and spec["terminationGracePeriodSeconds"] < 0:
        spec["terminationGracePeriodSeconds"] = 1
    for container in containers_of(spec):
        _default_container(container, host_network=bool(spec.get("hostNetwork")))
    for volume in spec.get("volumes") or ():
        _default_volume(volume)


def default_regular_pod(spec: Object) -> None:
    """Complete what ServiceAccount and DefaultTolerationSeconds admission give to a pod that is not a mirror."""
    spec.setdefault("serviceAccountName", "default")
    spec.setdefault("serviceAccount", spec["serviceAccountName"])
    tolerations = spec.setdefault("tolerations", [])
    for toleration in _NOT_READY_TOLERATIONS:
        if not any(_tolerates(own, toleration) for own in tolerations):
            tolerations.append(dict(toleration))


def _tolerates(own: Object, toleration: Object) -> bool:
    return own.get("key", toleration["key"]) == toleration["key"] and own.get("effect") in (None, "NoExecute")


def _default_container(container: Object, *, host_network: bool) -> None:
    container["resources"] = _default_resources(container.get("resources") or {})
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("imagePullPolicy", pull_policy(str(container.get("image") or "")))
    for port in container.get("ports") or ():
        port.setdefault("protocol", "TCP")
        if host_network and "hostPort" not in port and "containerPort" in port:
            port["hostPort"] = port["containerPort"]
    for variable in container.get("env") or ():
        _default_field_ref(variable.get("valueFrom") or {})
    for name in _PROBES:
        if container.get(name):
            _default_probe(container[name])
    for handler in (container.get("lifecycle") or {}).values():
        _default_http_get(handler)


def _default_resources(resources: Object) -> Object:
    for kind in ("limits", "requests"):
        if resources.get(kind):
            resources[kind] = {name: _canonical(value) for name, value in resources[kind].items()}
    limits = resources.get("limits") or {}
    if limits:
        resources["requests"] = dict(limits) | (resources.get("requests") or {})
    return resources


def _canonical(value: object) -> str:
    try:
        return canonical_quantity(value)
    except ValueError:
        return str(value)


def pull_policy(image: str) -> str:
    """`Always` for a tag `latest`, given or implied."""
    if "@" in image:
        return "IfNotPresent"
    tag = image.rpartition("/")[2].partition(":")[2]
    return "Always" if tag in ("", "latest") else "IfNotPresent"


def _default_probe(probe: Object) -> None:
    for name, value in (
        ("timeoutSeconds", 1),
        ("periodSeconds", 10),
        ("successThreshold", 1),
        ("failureThreshold", 3),
    ):
        probe[name] = probe.get(name) or value
    _default_http_get(probe)
    if isinstance(probe.get("grpc"), dict):
        probe["grpc"].setdefault("service", "")


def _default_http_get(handler: Object) -> None:
    if isinstance(handler, dict) and isinstance(handler.get("httpGet"), dict):
        handler["httpGet"].setdefault("path", "/")
        handler["httpGet"].setdefault("scheme", "HTTP")


def _default_volume(volume: Object) -> None:
    if set(volume) <= {"name"}:
        volume["emptyDir"] = {}
    if isinstance(volume.get("hostPath"), dict):
        volume["hostPath"].setdefault("type", "")
    if isinstance(volume.get("image"), dict):
        reference = str(volume["image"].get("reference") or "")
        volume["image"].setdefault("pullPolicy", pull_policy(reference))
    for source in _MODE_VOLUMES:
        if isinstance(volume.get(source), dict):
            volume[source].setdefault("defaultMode", _FILE_MODE)
    if isinstance(volume.get("projected"), dict):
        # an empty list is a nil one once it has been through protobuf
        volume["projected"]["sources"] = volume["projected"].get("sources") or None
    projected = (volume.get("projected") or {}).get("sources") or ()
    for downward in (
        volume.get("downwardAPI") or {},
        *(source.get("downwardAPI") or {} for source in projected),
    ):
        for item in downward.get("items") or ():
            _default_field_ref(item)


def _default_field_ref(source: Object) -> None:
    if isinstance(source.get("fieldRef"), dict):
        source["fieldRef"].setdefault("apiVersion", "v1")


def quality_of_service(spec: Object) -> str:
    """BestEffort, Guaranteed or Burstable (`pkg/apis/core/v1/helper/qos`)."""
    resources = [container.get("resources") or {} for container in containers_of(spec)]
    asked = [
        {name: value for name, value in (part.get(kind) or {}).items() if name in ("cpu", "memory")}
        for part in resources
        for kind in ("requests", "limits")
    ]
    if not any(asked):
        return "BestEffort"
    guaranteed = all(
        {"cpu", "memory"} <= set(part.get("limits") or {})
        and all((part.get("requests") or {}).get(name) == part["limits"][name] for name in ("cpu", "memory"))
        for part in resources
    )
    return "Guaranteed" if guaranteed else "Burstable"
