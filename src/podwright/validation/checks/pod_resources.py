"""Resources of a pod as a whole (KEP-2837), which the kubelet validates since 1.35, and what its containers request.

Source: `SetDefaults_Pod`, `validatePodResources`, `validatePodResourceConsistency`, component-helpers `resource/helpers.go`.
"""

from __future__ import annotations

from fractions import Fraction

from podwright.pods.go_fields import Record, child, pairs, records, text
from podwright.validation.checks.quantities import resource_amount
from podwright.validation.checks.resources import HUGE, check_resources
from podwright.validation.findings import Report, shown
from podwright.validation.versions import Behaviour

Amounts = dict[str, Fraction]


def check_pod_resources(spec: Record, report: Report) -> None:
    if "resources" not in spec:
        return
    before = len(report.notes)
    _check(spec, report)
    if not report.does(Behaviour.POD_RESOURCES_VALIDATED):
        report.leave_to_api(before)


def _check(spec: Record, report: Report) -> None:
    resources, path = child(spec, "resources"), ("spec", "resources")
    if text(child(spec, "os"), "name") == "windows":
        report.add("resources", path, "may not be set for a Windows pod")
    if "claims" in resources:
        report.add("resources", (*path, "claims"), "may not be set for the pod as a whole")
    limits = _default_limits(spec)
    requests = _default_requests(spec, limits)
    check_resources({"limits": limits, "requests": requests}, frozenset(), path, report, of_pod=True)
    _check_limits(spec, limits, report)
    for name, amount in container_amounts(spec, "requests").items():
        if name in requests and _is_of_pods(name) and amount > resource_amount(requests[name]):
            message = f"is {shown(requests[name])}, less than the containers request together"
            report.add("resources", (*path, "requests", name), message)


def effective_requests(spec: Record) -> Amounts:
    """What a node must have for the pod: what its containers request at most at one time, or the pod as a whole."""
    limits = _default_limits(spec)
    of_pod = _default_requests(spec, limits) if "resources" in spec else {}
    whole = {name: resource_amount(value) for name, value in of_pod.items() if _is_of_pods(name)}
    return {**container_amounts(spec, "requests"), **whole}


def container_amounts(spec: Record, side: str) -> Amounts:
    """The sum over all containers and sidecars, or what an init container and the sidecars before it have, if more."""
    total: Amounts = {}
    for container in records(spec, "containers"):
        _add(total, _amounts(container, side))
    sidecars: Amounts = {}
    most: Amounts = {}
    for container in records(spec, "initContainers"):
        own = _amounts(container, side)
        if text(container, "restartPolicy") == "Always":
            _add(total, own)
            _add(sidecars, own)
            own = {}
        together = dict(sidecars)
        _add(together, own)
        _raise(most, together)
    _raise(total, most)
    return total


def _amounts(container: Record, side: str) -> Amounts:
    """A container's limits, or its requests: what is limited and not requested is requested."""
    resources = child(container, "resources")
    values = pairs(resources, "limits") if side == "limits" else {}
    if side == "requests":
        values = {**pairs(resources, "limits"), **pairs(resources, "requests")}
    return {name: resource_amount(value) for name, value in values.items()}


def _add(total: Amounts, more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, Fraction(0)) + amount


def _raise(least: Amounts, other: Amounts) -> None:
    for name, amount in other.items():
        least[name] = max(least.get(name, amount), amount)


def _is_of_pods(name: str) -> bool:
    return name in {"cpu", "memory"} or name.startswith(HUGE)


def _default_limits(spec: Record) -> dict[str, str]:
    """The pod's limits; those of huge pages default to what its containers have."""
    resources = child(spec, "resources")
    limits, requests = pairs(resources, "limits"), pairs(resources, "requests")
    if limits or requests:
        for name, amount in container_amounts(spec, "limits").items():
            if name.startswith(HUGE) and name not in requests:
                limits.setdefault(name, _written(amount))
    return limits


def _default_requests(spec: Record, limits: dict[str, str]) -> dict[str, str]:
    """The pod's requests; if it has limits they default to what its containers request, otherwise to the limits."""
    requests = pairs(child(spec, "resources"), "requests")
    if not limits:
        return requests
    for name, amount in container_amounts(spec, "requests").items():
        if name in {"cpu", "memory"}:
            requests.setdefault(name, _written(amount))
    return {**{name: value for name, value in limits.items() if _is_of_pods(name)}, **requests}


def _written(amount: Fraction) -> str:
    return f"{int(amount * 1000)}m"


def _check_limits(spec: Record, limits: dict[str, str], report: Report) -> None:
    for index, container in enumerate(records(spec, "containers")):
        for name, value in pairs(child(container, "resources"), "limits").items():
            if name in limits and resource_amount(value) > resource_amount(limits[name]):
                where = ("spec", "containers", index, "resources", "limits", name)
                message = f"is {shown(value)}, above the pod's limit of {shown(limits[name])}"
                report.add("resources", where, message)
