"""A pod as a whole, in the order of the API machinery. Source: `ValidatePodSpec`, `ValidatePodCreate`."""

from __future__ import annotations

from podwright.pods.go_fields import Record, child, each, number, pairs, records, text
from podwright.validation.checks import names
from podwright.validation.checks.containers import PodFacts, check_containers
from podwright.validation.checks.enums import RESTART_POLICIES, check_choice
from podwright.validation.checks.metadata import check_metadata
from podwright.validation.checks.network import check_network
from podwright.validation.checks.pod_resources import check_pod_resources
from podwright.validation.checks.ports import check_host_network_ports
from podwright.validation.checks.resources import check_amounts, check_huge_pages
from podwright.validation.checks.scheduling import check_scheduling
from podwright.validation.checks.security import check_host_users, check_pod_security
from podwright.validation.checks.volumes import check_volumes
from podwright.validation.checks.windows import check_host_process, check_os
from podwright.validation.findings import Report, shown
from podwright.validation.versions import Behaviour

_MOST_SECONDS = 2**31 - 1


def check_pod(pod: Record, report: Report) -> None:
    """Everything `ValidatePodCreate` checks of a pod with its defaults, except what depends on the node's name."""
    spec = child(pod, "spec")
    check_metadata(pod, report)
    volumes = check_volumes(spec, report)
    claims = _check_claims(spec, report)
    check_containers(spec, _facts(spec, volumes, claims), report)
    check_pod_resources(spec, report)
    check_host_network_ports(spec, report)
    check_choice(spec, "restartPolicy", RESTART_POLICIES, ("spec",), rule="restart-policy", report=report)
    check_network(spec, report)
    check_pod_security(spec, report)
    check_scheduling(spec, child(pod, "metadata"), report)
    check_host_process(spec, report)
    check_host_users(spec, report)
    check_os(spec, report)
    _check_names(spec, report)
    _check_limits(spec, report)
    _check_gates(spec, report)
    _check_group(spec, report)


def _facts(spec: Record, volumes: dict[str, Record], claims: frozenset[str]) -> PodFacts:
    return PodFacts(
        volumes=volumes,
        claims=claims,
        grace_seconds=number(spec, "terminationGracePeriodSeconds", 30),
        restart_policy=text(spec, "restartPolicy") or "Always",
        host_users=spec.get("hostUsers") is not False,
        os=text(child(spec, "os"), "name"),
    )


def _check_claims(spec: Record, report: Report) -> frozenset[str]:
    seen: set[str] = set()
    for path, claim in each(spec, "resourceClaims", ("spec",)):
        name = text(claim, "name")
        wrong = names.dns_label(name) if name else "is missing"
        if not wrong and name in seen:
            wrong = f"is {shown(name)}, the name of another claim"
        report.add("resource-claims", (*path, "name"), wrong)
        if ("resourceClaimName" in claim) == ("resourceClaimTemplateName" in claim):
            message = "must name one of `resourceClaimName` and `resourceClaimTemplateName`"
            report.add("resource-claims", path, message)
        seen.add(name)
    return frozenset(seen - {""})


def _check_names(spec: Record, report: Report) -> None:
    for field, rule in (
        ("serviceAccountName", "service-account"),
        ("priorityClassName", "priority-class"),
        ("runtimeClassName", "runtime-class"),
    ):
        value = text(spec, field)
        if (value or (field == "runtimeClassName" and field in spec)) and (
            wrong := names.dns_subdomain(value)
        ):
            report.add(rule, ("spec", field), wrong)
    policies = ("PreemptLowerPriority", "Never")
    check_choice(
        spec, "preemptionPolicy", policies, ("spec",), rule="preemption", report=report, pointer=True
    )


def _check_limits(spec: Record, report: Report) -> None:
    if "activeDeadlineSeconds" in spec and not 1 <= number(spec, "activeDeadlineSeconds") <= _MOST_SECONDS:
        seconds = number(spec, "activeDeadlineSeconds")
        report.add("deadline", ("spec", "activeDeadlineSeconds"), f"is {seconds}, but must be at least 1")
    overhead = pairs(spec, "overhead")
    check_amounts(overhead, ("spec", "overhead"), report)
    check_huge_pages(set(overhead), ("spec", "overhead"), report)


def _check_gates(spec: Record, report: Report) -> None:
    for index, gate in enumerate(records(spec, "readinessGates")):
        where = ("spec", "readinessGates", index, "conditionType")
        report.add("readiness-gates", where, names.qualified_name(text(gate, "conditionType")))
    if records(spec, "schedulingGates"):
        hint = "a static pod is on its node already: leave the gates out"
        report.add(
            "scheduling-gates", ("spec", "schedulingGates"), "may not be set on a pod that has its node", hint
        )
    if records(spec, "ephemeralContainers"):
        hint = "add them to the running pod with `kubectl debug`"
        report.add(
            "ephemeral-containers", ("spec", "ephemeralContainers"), "may not be set on creation", hint
        )


def _check_group(spec: Record, report: Report) -> None:
    """A pod that is scheduled with others. Source: `validateSchedulingGroup`."""
    if "schedulingGroup" in spec and report.does(Behaviour.SCHEDULING_GROUP_VALIDATED):
        name = text(child(spec, "schedulingGroup"), "podGroupName")
        wrong = names.dns_subdomain(name) if name else "is missing"
        report.add("scheduling", ("spec", "schedulingGroup", "podGroupName"), wrong)
    if "workloadRef" in spec:
        reference, path = child(spec, "workloadRef"), ("spec", "workloadRef")
        name, group, key = (text(reference, field) for field in ("name", "podGroup", "podGroupReplicaKey"))
        report.add("scheduling", (*path, "name"), names.dns_subdomain(name) if name else "is missing")
        report.add("scheduling", (*path, "podGroup"), names.dns_label(group) if group else "is missing")
        report.add("scheduling", (*path, "podGroupReplicaKey"), names.dns_label(key) if key else "")
