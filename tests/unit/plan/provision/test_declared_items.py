from __future__ import annotations

import hashlib

from podwright.inventory.provisioning import (
    DirectoryEntry,
    FileEntry,
    NodeDeclaration,
    PackageEntry,
    ServiceEntry,
    UserEntry,
)
from podwright.plan.provision.declared_items import MODULES_FILE, SYSCTL_FILE, Text, items_of

EVERYTHING = NodeDeclaration(
    files=(
        FileEntry("/etc/a", content="x\n", label="system_u:object_r:etc_t:s0"),
        FileEntry("/etc/old", "absent"),
    ),
    directories=(
        DirectoryEntry("/srv/a", mode="750"),
        DirectoryEntry("/srv/b", "absent"),
        DirectoryEntry("/srv/b/c", "absent"),
    ),
    sysctls=(("vm.swappiness", "1"),),
    modules=("overlay", "br_netfilter"),
    swap_off=True,
    services=(
        ServiceEntry("app", enabled=True, started=False),
        ServiceEntry("run", started=True, restart_for=("/etc/a",), drop_in="[Service]\n"),
        ServiceEntry("nothing"),
    ),
)


def test_everything_stands_in_the_order_in_which_it_is_changed() -> None:
    items = items_of(EVERYTHING, {"/etc/a": Text("x\n", "podwright_node.files")})
    drop_in = "/etc/systemd/system/run.service.d/90-podwright.conf"
    assert [(item.name, item.state.partition(" ")[0]) for item in items] == [
        ("/srv/a", "directory"),
        ("/etc/a", "file"),
        ("/etc/old", "absent"),
        ("/srv/b/c", "absent"),
        ("/srv/b", "absent"),
        (MODULES_FILE, "file"),
        (SYSCTL_FILE, "file"),
        (drop_in, "file"),
        ("module overlay", "loaded"),
        ("module br_netfilter", "loaded"),
        ("sysctl vm.swappiness", "1"),
        ("swap fstab", "off"),
        ("swap now", "off"),
        ("service app", "enabled=yes"),
        ("service run", "started=yes"),
    ]
    assert items[0].state == "directory 750 root:root"
    digest = hashlib.sha256(items[1].text.encode()).hexdigest()
    assert items[1].state == f"file {digest} 644 root:root system_u:object_r:etc_t:s0"
    assert items[6].text.endswith("\nvm.swappiness = 1\n")
    assert items[13].state == "enabled=yes started=no"
    assert items[14].asks == ("started current", drop_in, "/etc/a")


def test_nothing_is_made_of_nothing() -> None:
    assert items_of(NodeDeclaration(), {}) == ()


def test_packages_come_after_where_they_come_from_and_before_all_else() -> None:
    declaration = NodeDeclaration(
        packages=(
            PackageEntry("containerd"),
            PackageEntry("nano", "absent"),
            PackageEntry("kubelet", version="1.36.2-1.1", hold=True),
        ),
        files=(FileEntry("/etc/a", "absent"), FileEntry("/etc/apt/sources.list.d/k8s.list", "absent")),
    )
    items = items_of(declaration, {})
    assert [(item.key, item.state, item.asks) for item in items] == [
        ("/etc/apt/sources.list.d/k8s.list", "absent", ()),
        ("containerd", "present", ("", "")),
        ("nano", "absent", ("", "")),
        ("kubelet", "present version=1.36.2-1.1 hold=yes", ("version hold", "1.36.2-1.1")),
        ("/etc/a", "absent", ()),
    ]


def test_a_login_comes_before_its_files_and_goes_after_them() -> None:
    entry = UserEntry("podwright", keys=("ssh-ed25519 AAAA x",), sudo=True, groups=("adm",))
    items = items_of(NodeDeclaration(users=(entry,)), {})
    assert [(item.key, " ".join(item.state.split()[-2:])) for item in items] == [
        ("podwright", "shell=/bin/sh groups=adm"),
        ("/home/podwright", "755 root:root"),
        ("/home/podwright/.ssh", "755 root:root"),
        ("/home/podwright/.ssh/authorized_keys", "644 root:root"),
        ("/etc/sudoers.d/podwright-podwright", "440 root:root"),
    ]
    assert items[3].text.endswith("\nssh-ed25519 AAAA x\n")
    assert items[4].text.endswith('\npodwright ALL=(root) NOPASSWD: /bin/sh ""\n')
    gone = items_of(NodeDeclaration(users=(UserEntry("podwright", "absent"),)), {})
    assert [item.key for item in gone] == [item.key for item in reversed(items)]
    assert {item.state for item in gone} == {"absent"}


def test_a_login_without_a_rule_of_sudo_has_none_of_before() -> None:
    items = items_of(NodeDeclaration(users=(UserEntry("ops"),)), {})
    assert [item.state for item in items[-2:]] == ["absent", "absent"]
