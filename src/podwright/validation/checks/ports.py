"""Ports of containers. Source: `validateContainerPorts`, `AccumulateUniqueHostPorts`, `validatePodHostNetworkDeps`."""

from __future__ import annotations

from collections.abc import Sequence

from podwright.pods.fields import Record, flag, number, records, text
from podwright.pods.go_values import Path
from podwright.validation.checks import names
from podwright.validation.checks.choices import PROTOCOLS, check_choice
from podwright.validation.findings import Report, shown


def check_ports(container: Record, path: Path, report: Report) -> None:
    seen: set[str] = set()
    for index, port in enumerate(records(container, "ports")):
        here = (*path, "ports", index)
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


def check_host_ports_once(
    containers: Sequence[Record], path: Path, report: Report, *, first: int = 0
) -> None:
    """No two ports of these containers take the same port of the node (protocol, address and number alike)."""
    seen: set[tuple[str, str, int]] = set()
    for container_index, container in enumerate(containers, first):
        for index, port in enumerate(records(container, "ports")):
            taken = (text(port, "protocol"), text(port, "hostIP"), number(port, "hostPort"))
            if taken[2] and taken in seen:
                where = (*path, container_index, "ports", index, "hostPort")
                report.add(
                    "host-port", where, f"is {taken[2]}/{taken[0]}, which another port of this pod takes"
                )
            seen.add(taken)


def check_host_network_ports(spec: Record, report: Report) -> None:
    """On the host's network a host port can only be the container's own."""
    if not flag(spec, "hostNetwork"):
        return
    for container_index, container in enumerate(records(spec, "containers")):
        for index, port in enumerate(records(container, "ports")):
            outer, inner = number(port, "hostPort"), number(port, "containerPort")
            if outer != inner:
                where = ("spec", "containers", container_index, "ports", index, "hostPort")
                hint = f"leave it out: with `hostNetwork: true` the port is {inner}"
                report.add(
                    "host-port",
                    where,
                    f"is {outer}, but must equal `containerPort` on the host's network",
                    hint,
                )
