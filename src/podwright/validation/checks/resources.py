"""Requests and limits. Source: `ValidateContainerResourceRequirements`, `validateResizePolicy`, `core/helper`."""

from __future__ import annotations

import re
from functools import lru_cache

from podwright.pods.go_fields import Record, each, pairs, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.quantities import parse_quantity, resource_amount
from podwright.validation.findings import Report, shown

_OF_CONTAINERS = frozenset(["cpu", "memory", "ephemeral-storage"])
_OF_PODS = frozenset(["cpu", "memory"])
HUGE = "hugepages-"
_DOMAIN = re.compile(r".*kubernetes\.io/.*")


def check_resources(
    resources: Record, claims: frozenset[str], path: Path, report: Report, *, of_pod: bool = False
) -> None:
    """Names, values, and requests against limits."""
    limits, requests = pairs(resources, "limits"), pairs(resources, "requests")
    check_amounts(limits, (*path, "limits"), report, of_pod=of_pod)
    check_amounts(requests, (*path, "requests"), report, of_pod=of_pod)
    for name, value in requests.items():
        _check_against_limit(name, value, limits, (*path, "requests", name), report)
    check_huge_pages({*limits, *requests}, path, report)
    _check_claims(resources, claims, path, report)


def check_amounts(amounts: dict[str, str], path: Path, report: Report, *, of_pod: bool = False) -> None:
    for name, value in amounts.items():
        report.add("resources", (*path, name), _wrong_name(name, of_pod=of_pod) or _wrong_amount(name, value))


def check_huge_pages(names_used: set[str], path: Path, report: Report) -> None:
    if any(name.startswith(HUGE) for name in names_used) and not names_used & {"cpu", "memory"}:
        report.add("resources", path, "has huge pages, which need `cpu` or `memory` beside them")


def _wrong_amount(name: str, value: str) -> str:
    amount = resource_amount(value)
    if amount < 0:
        return f"is {shown(value)}, but must not be negative"
    if not overcommits(name) and amount.denominator != 1:
        return f"is {shown(value)}, but must be a whole number"
    if name.startswith(HUGE) and amount % _page_size(name):
        return f"is {shown(value)}, but must be a multiple of the page size"
    return ""


@lru_cache(maxsize=1024)
def _wrong_name(name: str, *, of_pod: bool) -> str:
    if wrong := names.qualified_name(name):
        return wrong
    if name.startswith(HUGE):
        return "" if _page_size(name) else "has no page size, as in `hugepages-2Mi`"
    if "/" not in name:
        known = _OF_PODS if of_pod else _OF_CONTAINERS
        return (
            ""
            if name in known
            else "is not a resource: it must be `cpu`, `memory`, `ephemeral-storage` or `domain/name`"
        )
    if of_pod:
        return "is not a resource that a pod as a whole can have"
    if _is_native(name):
        return ""
    if name.startswith("requests.") or names.qualified_name(f"requests.{name}"):
        return "does not follow the rules for the names of extended resources"
    return ""


def _page_size(name: str) -> int:
    size = parse_quantity(name.removeprefix(HUGE))
    return int(size) if size and size > 0 else 0


def _is_native(name: str) -> bool:
    return "/" not in name or bool(_DOMAIN.fullmatch(name))


def overcommits(name: str) -> bool:
    """Whether a request may be below its limit (extended resources and huge pages may not)."""
    return _is_native(name) and not name.startswith(HUGE)


def _check_against_limit(name: str, value: str, limits: dict[str, str], path: Path, report: Report) -> None:
    if name not in limits:
        if not overcommits(name):
            report.add("resources", path, "needs a limit of the same amount")
        return
    request, limit = resource_amount(value), resource_amount(limits[name])
    if request > limit:
        report.add("resources", path, f"is {shown(value)}, above the limit of {shown(limits[name])}")
    elif request != limit and not overcommits(name):
        report.add("resources", path, f"is {shown(value)}, but must equal the limit of {shown(limits[name])}")


def _check_claims(resources: Record, claims: frozenset[str], path: Path, report: Report) -> None:
    seen: set[tuple[str, str]] = set()
    for here, claim in each(resources, "claims", path):
        name = text(claim, "name")
        if not name:
            report.add("resources", (*here, "name"), "is missing")
        elif name not in claims:
            report.add(
                "resources", (*here, "name"), f"is {shown(name)}, which is not a resource claim of this pod"
            )
        elif (name, text(claim, "request")) in seen:
            report.add("resources", here, f"names {shown(name)} twice")
        seen.add((name, text(claim, "request")))


def check_resize_policy(container: Record, restart_policy: str, path: Path, report: Report) -> None:
    seen: set[str] = set()
    for here, policy in each(container, "resizePolicy", path):
        resource, restart = text(policy, "resourceName"), text(policy, "restartPolicy")
        if resource in seen:
            report.add("resize-policy", here, f"names {shown(resource)} twice")
        report.add("resize-policy", (*here, "resourceName"), names.one_of(resource, sorted(_OF_PODS)))
        wrong = names.one_of(restart, ("NotRequired", "RestartContainer"))
        if not wrong and restart_policy == "Never" and restart != "NotRequired":
            wrong = "must be `NotRequired` when the pod never restarts"
        report.add("resize-policy", (*here, "restartPolicy"), wrong)
        seen.add(resource)
