"""Containers of every kind. Source: `validateContainers`, `validateInitContainers`, `validateContainerCommon`."""

from __future__ import annotations

from msgspec import Struct

from podwright.pods.go_fields import Record, child, each, records, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.enums import MESSAGE_POLICIES, PULL_POLICIES, check_choice
from podwright.validation.checks.env_variables import check_env, check_env_from
from podwright.validation.checks.mounts import check_devices, check_mounts
from podwright.validation.checks.ports import check_host_ports_once, check_ports
from podwright.validation.checks.probes import check_lifecycle, check_probes
from podwright.validation.checks.resources import check_resize_policy, check_resources
from podwright.validation.checks.restarts import check_container_restart
from podwright.validation.checks.security import check_container_security
from podwright.validation.findings import Report, shown
from podwright.validation.versions import Behaviour


class PodFacts(Struct, frozen=True):
    """What the check of a container must know of its pod; `volumes` are the valid ones by name."""

    volumes: dict[str, Record]
    claims: frozenset[str]
    grace_seconds: int
    restart_policy: str
    host_users: bool
    os: str


def check_containers(spec: Record, facts: PodFacts, report: Report) -> None:
    """All init and regular containers; names must differ over both."""
    if not records(spec, "containers"):
        report.add(
            "containers-missing",
            ("spec", "containers"),
            "is missing or empty",
            "a pod needs at least one container",
        )
    seen: set[str] = set()
    for here, container in each(spec, "containers", ("spec",)):
        check_container(container, facts, here, report)
        _check_name_once(container, seen, here, report)
        check_lifecycle(container, facts.grace_seconds, facts.os, here, report)
        check_probes(container, here, report)
        check_container_restart(container, here, report, init=False)
    check_host_ports_once(each(spec, "containers", ("spec",)), report)
    _check_init_containers(spec, facts, seen, report)


def _check_init_containers(spec: Record, facts: PodFacts, seen: set[str], report: Report) -> None:
    for here, container in each(spec, "initContainers", ("spec",)):
        check_container(container, facts, here, report)
        _check_name_once(container, seen, here, report)
        check_container_restart(container, here, report, init=True)
        check_host_ports_once([(here, container)], report)
        if is_sidecar(container):
            check_lifecycle(container, facts.grace_seconds, facts.os, here, report)
            check_probes(container, here, report)
        else:
            _refuse_for_init(container, here, report)
        _check_init_resize(container, here, report)


def is_sidecar(container: Record) -> bool:
    """An init container that goes on running beside the others."""
    return text(container, "restartPolicy") == "Always"


def _check_init_resize(container: Record, path: Path, report: Report) -> None:
    if container.get("resizePolicy") and not report.does(Behaviour.INIT_RESIZE_POLICY):
        report.add("init-container", (*path, "resizePolicy"), "may not be set for an init container")
    for here, policy in each(container, "resizePolicy", path):
        if text(policy, "restartPolicy") == "RestartContainer" and not is_sidecar(container):
            concern = report.concern(Behaviour.INIT_RESTART_ON_RESIZE_REFUSED)
            message = (
                "is `RestartContainer`, but an init container that is no sidecar takes only `NotRequired`"
            )
            report.add("init-container", (*here, "restartPolicy"), message, concern=concern)


def _refuse_for_init(container: Record, path: Path, report: Report) -> None:
    for field in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe"):
        if field in container:
            hint = "an init container with `restartPolicy: Always` (a sidecar) may have it"
            report.add("init-container", (*path, field), "may not be set for an init container", hint)


def check_container(container: Record, facts: PodFacts, path: Path, report: Report) -> None:
    """What holds for a container of any kind."""
    _check_identity(container, path, report)
    check_choice(container, "imagePullPolicy", PULL_POLICIES, path, rule="pull-policy", report=report)
    check_choice(
        container,
        "terminationMessagePolicy",
        MESSAGE_POLICIES,
        path,
        rule="termination-message",
        report=report,
    )
    check_ports(container, path, report)
    check_env(container, facts.volumes, path, report)
    check_env_from(container, path, report)
    check_mounts(container, facts.volumes, path, report)
    check_devices(container, facts.volumes, path, report)
    check_resources(child(container, "resources"), facts.claims, (*path, "resources"), report)
    check_resize_policy(container, facts.restart_policy, path, report)
    check_container_security(container, facts.host_users, path, report)


def _check_identity(container: Record, path: Path, report: Report) -> None:
    name, image = text(container, "name"), text(container, "image")
    report.add("container-name", (*path, "name"), names.dns_label(name) if name else "is missing")
    if not image:
        report.add("image", (*path, "image"), "is missing")
    elif image != names.trimmed(image):
        report.add("image", (*path, "image"), f"is {shown(image)}, with blanks at an end")


def _check_name_once(container: Record, seen: set[str], path: Path, report: Report) -> None:
    name = text(container, "name")
    if name and name in seen:
        report.add("container-name", (*path, "name"), f"is {shown(name)}, the name of another container")
    seen.add(name)
