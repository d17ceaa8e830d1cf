from __future__ import annotations

import pytest

from podwright.plan.provision.declared_items import SYSCTL_FILE
from podwright.plan.provision.observed import NodeFacts, NodeSeen, SysctlLine
from podwright.plan.provision.sysctls import beaten, boot_value, refusals
from podwright.plan.reasons import Conflict

OURS = SysctlLine(SYSCTL_FILE, "1")


@pytest.mark.parametrize(
    ("others", "init", "winner"),
    [
        ([("/usr/lib/sysctl.d/10-a.conf", "0")], "systemd", SYSCTL_FILE),
        ([("/usr/lib/sysctl.d/99-a.conf", "0")], "systemd", "/usr/lib/sysctl.d/99-a.conf"),
        ([("/usr/lib/sysctl.d/90-podwright.conf", "0")], "systemd", SYSCTL_FILE),
        (
            [("/usr/lib/sysctl.d/99-a.conf", "0"), ("/etc/sysctl.d/99-a.conf", "2")],
            "systemd",
            "/etc/sysctl.d/99-a.conf",
        ),
        ([("/etc/sysctl.conf", "0")], "systemd", SYSCTL_FILE),
        ([("/etc/sysctl.d/99-sysctl.conf", "0")], "systemd", "/etc/sysctl.d/99-sysctl.conf"),
        ([("/etc/sysctl.conf", "0")], "openrc", "/etc/sysctl.conf"),
    ],
)
def test_which_file_wins_at_boot(others: list[tuple[str, str]], init: str, winner: str) -> None:
    lines = [*(SysctlLine(*other) for other in others), OURS]
    found = boot_value(lines, NodeFacts(init=init))
    assert found is not None
    assert found.file == winner


def test_of_one_file_the_last_line_counts() -> None:
    lines = [SysctlLine("/etc/sysctl.d/a.conf", value) for value in ("1", "2")]
    assert boot_value(lines, NodeFacts(init="systemd")) == lines[1]
    assert boot_value([], NodeFacts()) is None


def test_a_value_that_will_not_last_is_named_with_its_file() -> None:
    lines = {
        "vm.a": (SysctlLine("/etc/sysctl.d/99-x.conf", "0"),),
        "vm.b": (SysctlLine("/etc/sysctl.d/99-x.conf", "1"),),
    }
    [warning] = beaten(
        [("vm.a", "1"), ("vm.b", "1"), ("vm.c", "1")], NodeSeen("n", NodeFacts(init="systemd"), {}, lines)
    )
    assert warning.startswith(
        "`vm.a` is `0` again after the next boot: `/etc/sysctl.d/99-x.conf` is read after"
    )


@pytest.mark.parametrize(
    ("name", "now", "wanted", "why"),
    [
        ("vm.swappiness", "60", "10", None),
        ("vm.swappiness", "60", "low", Conflict.SYSCTL_NUMBERS),
        ("vm.swappiness", "60", "010", Conflict.SYSCTL_NUMBERS),
        ("net.ipv4.tcp_rmem", "4096 131072 6291456", "4096 131072", Conflict.SYSCTL_NUMBERS),
        ("net.ipv4.tcp_rmem", "4096 131072 6291456", "4096 131072 1", None),
        ("net/ipv4/ip_local_reserved_ports", "8080", "8080,9000-9100", None),
        ("net.ipv4.tcp_congestion_control", "cubic", "bbr", None),
        ("kernel.watchdog_cpumask", "0", "0-3", None),
        ("net.netfilter.nf_conntrack_max", "", "low", None),
        ("kernel.yama.ptrace_scope", "3", "1", Conflict.SYSCTL_STAYS),
        ("kernel.yama.ptrace_scope", "1", "2", None),
    ],
)
def test_what_the_kernel_would_not_take(name: str, now: str, wanted: str, why: Conflict | None) -> None:
    assert [reason.kind for reason in refusals(name, now, wanted)] == ([why] if why else [])
