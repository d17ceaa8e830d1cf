"""A declaration that would switch a protection off is refused, whatever else it says."""

from __future__ import annotations

import pytest
import yaml

from podwright.inventory.provisioning import declared
from podwright.plan.provision.protections import switched_off, text_switches_off


@pytest.mark.parametrize(
    ("section", "names"),
    [
        (
            "services: {firewalld: {started: false}, ufw.service: {enabled: false}, app: {started: false}}",
            ["firewalld", "ufw.service"],
        ),
        ("services: {nftables: {enabled: true, started: true}}", []),
        ("packages: {ufw: absent, nano: absent, firewalld: present}", ["ufw"]),
    ],
)
def test_services_and_packages_of_firewalls(section: str, names: list[str]) -> None:
    assert [fault.path[1] for fault in switched_off(declared(yaml.safe_load(section)))] == names


@pytest.mark.parametrize(
    ("path", "text", "refused"),
    [
        ("/etc/selinux/config", "# SELINUX=disabled\nSELINUX=enforcing\n", False),
        ("/etc/selinux/config", "SELINUX=disabled\n", True),
        ("/etc/selinux/config", "SELINUXTYPE=targeted\n SELINUX = permissive\n", True),
        ("/etc/ufw/ufw.conf", "ENABLED=no\n", True),
        ("/etc/other", "SELINUX=disabled\n", False),
    ],
)
def test_files(path: str, text: str, refused: bool) -> None:
    found = list(text_switches_off(path, text))
    assert bool(found) is refused
    assert all("would switch" in fault.message and fault.hint for fault in found)
