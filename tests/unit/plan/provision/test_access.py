from __future__ import annotations

import pytest

from podwright.plan.provision.access import may_lock_out
from podwright.plan.provision.item import Item, Kind


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (Kind.FILE, "/etc/ssh/sshd_config.d/10-site.conf"),
        (Kind.FILE, "/etc/sudoers"),
        (Kind.FILE, "/etc/sudoers.d/ops"),
        (Kind.FILE, "/home/ops/.ssh/authorized_keys"),
        (Kind.FILE, "/etc/systemd/network/10-eth0.network"),
        (Kind.FILE, "/etc/systemd/system/ssh.service.d/90-podwright.conf"),
        (Kind.ORIGINAL, "/etc/resolv.conf"),
        (Kind.DIRECTORY, "/root/.ssh"),
        (Kind.SERVICE, "ssh"),
        (Kind.PACKAGE, "openssh-server"),
        (Kind.USER, "podwright"),
        (Kind.SERVICE, "ssh.socket"),
        (Kind.SERVICE, "NetworkManager.service"),
    ],
)
def test_what_lets_us_in_may_lock_us_out(kind: Kind, key: str) -> None:
    assert may_lock_out(Item(kind, key, "x"))


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (Kind.FILE, "/etc/sshd"),
        (Kind.FILE, "/etc/systemd/system/containerd.service.d/90-podwright.conf"),
        (Kind.SERVICE, "containerd"),
        (Kind.PACKAGE, "nano"),
        (Kind.SYSCTL, "net.ipv4.ip_forward"),
    ],
)
def test_nothing_else_does(kind: Kind, key: str) -> None:
    assert not may_lock_out(Item(kind, key, "x"))
