"""The few fields of a pod that others ask for, with the API's defaults."""

from __future__ import annotations

from collections.abc import Mapping

from podwright.pods.pod_ref import PodRef

DEFAULT_GRACE_SECONDS = 30


def pod_ref(document: Mapping[str, object]) -> PodRef | None:
    """The pod's name as in the file, in namespace `default` where it names none; None without a name."""
    metadata = _map(document.get("metadata"))
    name, namespace = metadata.get("name"), metadata.get("namespace")
    if not isinstance(name, str) or not name:
        return None
    return PodRef(namespace if isinstance(namespace, str) and namespace else "default", name)


def grace_seconds(document: Mapping[str, object]) -> int:
    """`terminationGracePeriodSeconds`: 30 where absent, 1 where negative (the API sets it so)."""
    value = _map(document.get("spec")).get("terminationGracePeriodSeconds")
    if not isinstance(value, int) or isinstance(value, bool):
        return DEFAULT_GRACE_SECONDS
    return 1 if value < 0 else value


def container_names(document: Mapping[str, object]) -> tuple[str, ...]:
    """Names of `spec.containers`, in order."""
    return tuple(name for entry in _containers(document) if isinstance(name := entry.get("name"), str))


def restart_policy(document: Mapping[str, object]) -> str:
    """`restartPolicy`, `Always` where absent."""
    value = _map(document.get("spec")).get("restartPolicy")
    return value if isinstance(value, str) and value else "Always"


def readiness_seconds(document: Mapping[str, object]) -> float:
    """The longest that one container's startup probe and readiness probe may take to succeed."""
    return max(map(_container_seconds, _containers(document)), default=0.0)


def unready_seconds(document: Mapping[str, object]) -> float:
    """How long one container's readiness probe may fail before the pod is no longer ready; 0 without one."""
    probes = (entry.get("readinessProbe") for entry in _containers(document))
    return max((_failing_seconds(probe) for probe in probes if isinstance(probe, Mapping)), default=0.0)


def _containers(document: Mapping[str, object]) -> list[Mapping[str, object]]:
    containers = _map(document.get("spec")).get("containers")
    return [_map(entry) for entry in containers] if isinstance(containers, list) else []


def _failing_seconds(probe: Mapping[str, object]) -> float:
    """Of the failures that it takes, the last may begin a period late and take until its timeout; then it is reported."""
    times = _number(probe.get("failureThreshold"), 3.0)
    return _number(probe.get("periodSeconds"), 10.0) * times + _number(probe.get("timeoutSeconds"), 1.0) + 1.0


def _container_seconds(container: Mapping[str, object]) -> float:
    startup = _probe_seconds(container.get("startupProbe"), whole=True)
    return startup + _probe_seconds(container.get("readinessProbe"), whole=False)


def _probe_seconds(probe: object, *, whole: bool) -> float:
    """`whole`: until the probe gives up; otherwise until it may first have succeeded often enough."""
    if not isinstance(probe, Mapping):
        return 0.0
    period = _number(probe.get("periodSeconds"), 10.0)
    times = (
        _number(probe.get("failureThreshold"), 3.0) if whole else _number(probe.get("successThreshold"), 1.0)
    )
    return _number(probe.get("initialDelaySeconds"), 0.0) + period * times


def _number(value: object, default: float) -> float:
    return float(value) if isinstance(value, int | float) and value > 0 else default


def _map(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
