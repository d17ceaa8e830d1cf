from __future__ import annotations

import yaml
from tests.docs.test_provision_page import EXAMPLE

from podwright.inventory.provisioning import (
    DirectoryEntry,
    FileEntry,
    NodeDeclaration,
    PackageEntry,
    ServiceEntry,
    UserEntry,
    declared,
)
from podwright.inventory.provisioning_checks import declaration_faults


def read(text: str) -> object:
    return yaml.safe_load(text)


def test_the_documented_example_is_a_declaration() -> None:
    value = read(EXAMPLE)["podwright_node"]
    assert not tuple(declaration_faults(value))
    declaration = declared(value)
    for section in NodeDeclaration.__struct_fields__:
        assert getattr(declaration, section), f"the example shows no `{section}`"


def test_short_forms_mean_the_long_ones() -> None:
    declaration = declared(
        read(
            "files: {/etc/old: absent, /etc/a: {content: x, mode: '0600'}}\n"
            "directories: {/srv/a: , /srv/b: absent}\n"
            "sysctls: {vm.swappiness: 1, net.ipv4.tcp_rmem: '4096  8192\t1'}\n"
            "modules: [overlay, overlay]\nswap: off\nservices: {a: {started: true}}"
        )
    )
    assert declaration == NodeDeclaration(
        files=(FileEntry("/etc/old", "absent"), FileEntry("/etc/a", content="x", mode="600")),
        directories=(DirectoryEntry("/srv/a"), DirectoryEntry("/srv/b", "absent")),
        sysctls=(("vm.swappiness", "1"), ("net.ipv4.tcp_rmem", "4096 8192 1")),
        modules=("overlay",),
        swap_off=True,
        services=(ServiceEntry("a", started=True),),
    )


def test_short_forms_of_packages_and_users() -> None:
    assert declared(read("packages: [nano, tree]")).packages == (PackageEntry("nano"), PackageEntry("tree"))
    text = (
        "packages: {a: present, b: absent, c: {hold: true}}\nusers: {x: {keys: [k], groups: []}, y: absent}"
    )
    assert declared(read(text)) == NodeDeclaration(
        packages=(PackageEntry("a"), PackageEntry("b", "absent"), PackageEntry("c", hold=True)),
        users=(UserEntry("x", keys=("k",), groups=()), UserEntry("y", "absent")),
    )


def test_who_keeps_the_time_is_our_concern_only_if_it_is_declared() -> None:
    assert declared(read("time: {sync: true}")).time == ()
    assert declared(read("{}")).time is None
