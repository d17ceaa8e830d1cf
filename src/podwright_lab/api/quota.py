"""ResourceQuota admission: what a namespace may hold (`staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota`)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from podwright_lab.api.objects import Object
from podwright_lab.api.quantity import canonical_quantity, decimal_quantity, parse_quantity

_COUNTS = ("pods", "count/pods")
_ALIASES = {"cpu": ("requests", "cpu"), "memory": ("requests", "memory")}


def quota_refusal(pod: Object, quotas: Iterable[Object], pods: Iterable[Object]) -> str | None:
    """Why the first quota that is exceeded refuses `pod` beside `pods`, all of one namespace."""
    living = [
        other for other in pods if (other.get("status") or {}).get("phase") not in ("Succeeded", "Failed")
    ]
    for quota in quotas:
        name, hard = quota["metadata"]["name"], (quota.get("spec") or {}).get("hard") or {}
        missing = _missing(pod, hard)
        if missing:
            return f"failed quota: {name}: must specify {'; '.join(missing)}"
        exceeded = [resource for resource in sorted(hard) if _over(resource, hard[resource], pod, living)]
        if exceeded:
            asked = ",".join(f"{resource}={decimal_quantity(_usage(resource, pod))}" for resource in exceeded)
            used = ",".join(
                f"{resource}={decimal_quantity(_total(resource, living))}" for resource in exceeded
            )
            limited = ",".join(f"{resource}={canonical_quantity(hard[resource])}" for resource in exceeded)
            return f"exceeded quota: {name}, requested: {asked}, used: {used}, limited: {limited}"
    return None


def _kind_of(resource: str) -> tuple[str, str] | None:
    """`requests.cpu` as (requests, cpu); `None` for what containers do not ask for."""
    if resource in _ALIASES:
        return _ALIASES[resource]
    kind, _, name = resource.partition(".")
    return (kind, name) if kind in ("requests", "limits") and name else None


def _missing(pod: Object, hard: Object) -> list[str]:
    missing = []
    for resource in sorted(hard):
        kind = _kind_of(resource)
        if kind is None or kind[1] not in ("cpu", "memory"):
            continue
        containers = [
            str(container["name"])
            for container in pod["spec"].get("containers") or ()
            if kind[1] not in ((container.get("resources") or {}).get(kind[0]) or {})
        ]
        if containers:
            missing.append(f"{resource} for: {','.join(sorted(containers))}")
    return missing


def _over(resource: str, limit: object, pod: Object, pods: list[Object]) -> bool:
    asked = _usage(resource, pod)
    return asked > 0 and _total(resource, pods) + asked > parse_quantity(limit)


def _total(resource: str, pods: list[Object]) -> Fraction:
    return sum((_usage(resource, pod) for pod in pods), Fraction(0))


def _usage(resource: str, pod: Object) -> Fraction:
    if resource in _COUNTS:
        return Fraction(1)
    kind = _kind_of(resource)
    if kind is None:
        return Fraction(0)
    asked = ((container.get("resources") or {}).get(kind[0]) or {} for container in pod["spec"]["containers"])
    return sum((parse_quantity(part.get(kind[1], 0)) for part in asked), Fraction(0))
