"""What a declaration would switch off that protects a node: SELinux and firewalls stay as they are."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.inventory.provisioning import NodeDeclaration
from podwright.inventory.provisioning_faults import Fault, shown_path
from podwright.lazy_pattern import lazy_pattern
from podwright.plan.provision.item import ABSENT

_FIREWALLS = frozenset(("firewalld", "ufw", "nftables", "iptables", "ip6tables", "netfilter-persistent"))
_PACKAGES = _FIREWALLS | {"iptables-persistent", "iptables-services"}
_OFF = {
    "/etc/selinux/config": lazy_pattern(r"(?mi)^\s*SELINUX\s*=\s*[\"']?(disabled|permissive)"),
    "/etc/ufw/ufw.conf": lazy_pattern(r"(?mi)^\s*ENABLED\s*=\s*[\"']?no"),
}
_OPEN = "leave it out; `podwright node check --profile control-plane` names the ports that must be open"
_LABEL = "leave it out, and give files the `label` that their programs may read"


def switched_off(declaration: NodeDeclaration) -> Iterator[Fault]:
    """Services and packages of firewalls."""
    for service in declaration.services:
        fields = {"enabled": service.enabled, "started": service.started}
        off = [name for name, wanted in fields.items() if wanted is False]
        if off and service.name.removesuffix(".service") in _FIREWALLS:
            yield _fault(("services", service.name, off[0]), "a firewall", _OPEN)
    for package in declaration.packages:
        if package.state == ABSENT and package.name in _PACKAGES:
            yield _fault(("packages", package.name), "a firewall", _OPEN)


def text_switches_off(path: str, text: str) -> Iterator[Fault]:
    if path in _OFF and _OFF[path].search(text):
        of_selinux = "selinux" in path
        yield _fault(
            ("files", path), "SELinux" if of_selinux else "a firewall", _LABEL if of_selinux else _OPEN
        )


def _fault(path: tuple[object, ...], what: str, hint: str) -> Fault:
    return Fault(path, f"`{shown_path(path)}` would switch {what} off, which podwright does not do", hint)
