from __future__ import annotations

import pytest

from podwright.plan.provision.item import Item, Kind
from podwright.plan.provision.lockout import may_lock_out


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
        (Kind.FILE, "/etc/nftables.conf"),
        (Kind.FILE, "/etc/nftables.d/10-ssh.nft"),
        (Kind.FILE, "/etc/iptables/rules.v4"),
        (Kind.FILE, "/etc/sysconfig/ip6tables"),
        (Kind.FILE, "/etc/default/ufw"),
        (Kind.FILE, "/etc/ufw/user.rules"),
        (Kind.FILE, "/etc/firewalld/zones/public.xml"),
        (Kind.SERVICE, "nftables"),
        (Kind.SERVICE, "netfilter-persistent"),
        (Kind.SERVICE, "ufw.service"),
        (Kind.SERVICE, "firewalld"),
        (Kind.PACKAGE, "nftables"),
        (Kind.PACKAGE, "iptables-persistent"),
        (Kind.PACKAGE, "firewalld"),
        (Kind.FILE, "/etc/sssd/sssd.conf"),
        (Kind.FILE, "/etc/nslcd.conf"),
        (Kind.SERVICE, "sssd-pam.socket"),
        (Kind.PACKAGE, "libpam-sss"),
        (Kind.FILE, "/etc/security/access.conf"),
        (Kind.FILE, "/etc/nologin"),
        (Kind.FILE, "/etc/passwd"),
        (Kind.FILE, "/etc/shadow"),
        (Kind.FILE, "/etc/group"),
        (Kind.FILE, "/etc/systemd/system/ssh.service"),
        (Kind.FILE, "/etc/systemd/networkd.conf"),
        (Kind.FILE, "/etc/conf.d/sshd"),
        (Kind.PACKAGE, "network-manager"),
        (Kind.PACKAGE, "netplan.io"),
        (Kind.PACKAGE, "ifupdown"),
        (Kind.PACKAGE, "systemd-networkd"),
        (Kind.DIRECTORY, "/root"),
        (Kind.DIRECTORY, "/home/ops"),
    ],
)
def test_what_lets_us_in_may_lock_us_out(kind: Kind, key: str) -> None:
    assert may_lock_out(Item(kind, key, "x"))


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        (Kind.FILE, "/etc/sshd"),
        (Kind.FILE, "/etc/default/kubelet"),
        (Kind.FILE, "/etc/sysctl.d/90-podwright.conf"),
        (Kind.FILE, "/home/ops/.profile"),
        (Kind.DIRECTORY, "/srv/data"),
        (Kind.PACKAGE, "libnuma1"),
        (Kind.PACKAGE, "networkd-notes"),
        (Kind.FILE, "/etc/systemd/system/containerd.service.d/90-podwright.conf"),
        (Kind.SERVICE, "containerd"),
        (Kind.PACKAGE, "nano"),
        (Kind.SYSCTL, "net.ipv4.ip_forward"),
    ],
)
def test_nothing_else_does(kind: Kind, key: str) -> None:
    assert not may_lock_out(Item(kind, key, "x"))
