"""Sysctls that pods rely on, that do not last, and that a strict kubelet wants."""

from __future__ import annotations

from tests.fakes.machines import config, facts, judged, kubelet, result, subject

from podwright.plan.facts import Limits, Sysctl
from podwright.plan.unknown_fact import Unknown


def test_forwarding_and_open_files() -> None:
    for name in ("ip-forward", "control-plane-ip-forward"):
        assert result(name, subject(sysctls={"net.ipv4.ip_forward": Sysctl("0")})) == "fail"
    assert result("open-files", subject(sysctls={"fs.file-max": Sysctl("1024")})) == "fail"
    assert result("open-files", subject(sysctls={"fs.file-max": Sysctl("many")})) == "unknown"


def test_a_process_that_may_open_few_files_is_named() -> None:
    few = Limits(0, 0, {"kubelet": 1_000_000, "containerd": 1_024})
    assert judged("open-files-of-processes", subject(limits=few)).seen == "containerd 1024"
    assert result("open-files-of-processes", subject()) == "pass"
    assert result("open-files-of-processes", subject(limits=Limits(0, 0))) == "unknown"


def test_a_value_that_a_boot_changes_is_named_with_the_file_that_wins() -> None:
    changing = Sysctl(
        "1", ("/etc/sysctl.d/99-sysctl.conf: 0",), "/etc/sysctl.d/99-sysctl.conf", "0", lasts=False
    )
    found = judged("sysctl-lasts", subject(sysctls={"net.ipv4.ip_forward": changing}))
    assert found.seen == "net.ipv4.ip_forward is 1 and becomes 0"
    assert found.source == "/etc/sysctl.d/99-sysctl.conf"


def test_the_kernels_defaults_matter_to_a_kubelet_that_protects_them() -> None:
    wrong = {**facts().sysctls, "kernel.panic": Sysctl("0")}
    assert result("sysctl-kernel-defaults", subject(sysctls=wrong)) == "n/a"
    strict = kubelet(config=config(protectKernelDefaults=True))
    assert (
        judged("sysctl-kernel-defaults", subject(sysctls=wrong, kubelet=strict)).seen == "kernel.panic is 0"
    )
    assert result("sysctl-kernel-defaults", subject(kubelet=strict)) == "pass"
    hidden = {**facts().sysctls, "kernel.panic": Sysctl(Unknown("no"))}
    assert result("sysctl-kernel-defaults", subject(sysctls=hidden, kubelet=strict)) == "unknown"


def test_ipv6_matters_to_a_kubelet_with_such_an_address() -> None:
    off = {"net.ipv6.conf.default.forwarding": Sysctl("0")}
    given = kubelet(config=config(**{"--node-ip": "192.0.2.1,2001:db8::1"}))
    assert result("ipv6-forward", subject(sysctls=off, kubelet=given)) == "fail"
    assert result("ipv6-forward", subject(sysctls=off)) == "n/a"
