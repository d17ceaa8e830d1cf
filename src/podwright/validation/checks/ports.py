"""Ports of containers. Source: `validateContainerPorts`, `AccumulateUniqueHostPorts`, `validatePodHostNetworkDeps`."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.pods.go_fields import Record, each, flag, number, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.enums import PROTOCOLS, check_choice
from podwright.validation.findings import Report, shown


def check_ports(container: Record, path: Path, report: Report) -> None:
    seen: set[str] = set()
    for here, port in each(container, "ports", path):
        _check_port_name(port, seen, here, report)
        inner, outer = number(port, "containerPort"), number(port, "hostPort")
        report.add("ports", (*here, "containerPort"), names.port_number(inner) if inner else "is missing")
        if outer:
            report.add("ports", (*here, "hostPort"), names.port_number(outer))
        check_choice(port, "protocol", PROTOCOLS, here, rule="ports", report=report)


def _check_port_name(port: Record, seen: set[str], path: Path, report: Report) -> None:
    name = text(port, "name")
    wrong = names.port_name(name) if name else ""
    if not wrong and name and name in seen:
        wrong = f"is {shown(name)}, the name of another port of this container"
    report.add("ports", (*path, "name"), wrong)
    seen.add(name)


def check_host_ports_once(containers: Iterable[tuple[Path, Record]], report: Report) -> None:
    """No two ports of these containers take the same port of the node (protocol, address and number alike)."""
    seen: set[tuple[str, str, int]] = set()
    for path, container in containers:
        for here, port in each(container, "ports", path):
            taken = (text(port, "protocol"), text(port, "hostIP"), number(port, "hostPort"))
            if taken[2] and taken in seen:
                message = f"is {taken[2]}/{taken[0]}, which another port of this pod takes"
                report.add("host-port", (*here, "hostPort"), message)
            seen.add(taken)


def check_host_network_ports(spec: Record, report: Report) -> None:
    """On the host's network a host port can only be the container's own."""
    if not flag(spec, "hostNetwork"):
        return
    for path, container in each(spec, "containers", ("spec",)):
        for here, port in each(container, "ports", path):
            outer, inner = number(port, "hostPort"), number(port, "containerPort")
            if outer != inner:
                hint = f"leave it out: with `hostNetwork: true` the port is {inner}"
                message = f"is {outer}, but must equal `containerPort` on the host's network"
                report.add("host-port", (*here, "hostPort"), message, hint)
