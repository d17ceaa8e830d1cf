"""Control groups, swap, kernel, memory and programs."""

from __future__ import annotations

import pytest
from tests.fakes.copies import replace
from tests.fakes.machines import config, facts, kubelet, result, subject

from podwright.plan.facts import Cgroup, Swap
from podwright.plan.unknown_fact import Unknown

V1 = Cgroup(1, ("cpu", "cpuset", "memory", "pids"))
SWAPPING = Swap(("/swap.img",), ("/etc/fstab: /swap.img none swap sw 0 0",))


@pytest.mark.parametrize(
    ("version", "settings", "expected"),
    [
        ("1.35.0", {}, "fail"),
        ("1.36.1", {"failCgroupV1": False}, "warn"),
        ("1.34.9", {}, "warn"),
        ("", {}, "fail"),
    ],
)
def test_version_1_of_control_groups_is_refused_from_1_35_on(version, settings, expected) -> None:
    on = subject(cgroup=V1, kubelet=kubelet(version=version, config=config(**settings)))
    assert result("cgroup-v1", on) == expected


def test_a_missing_controller_fails() -> None:
    assert result("cgroup-controllers", subject(cgroup=Cgroup(2, ("cpu", "cpuset", "pids")))) == "fail"


@pytest.mark.parametrize("name", ["swap-on", "swap-at-boot"])
def test_swap_matters_unless_the_kubelet_tolerates_it(name: str) -> None:
    assert result(name, subject(swap=SWAPPING)) == "fail"
    tolerant = kubelet(config=config(failSwapOn=False))
    assert result(name, subject(swap=SWAPPING, kubelet=tolerant)) == "n/a"


@pytest.mark.parametrize(
    ("release", "expected"), [("5.4.0-1", "pass"), ("6.1", "pass"), ("4.18.0-x", "fail"), ("odd", "fail")]
)
def test_old_kernels(release: str, expected: str) -> None:
    assert result("kernel-old", subject(kernel=replace(facts().kernel, release=release))) == expected


def test_functions_and_options_of_the_kernel() -> None:
    bare = replace(facts().kernel, functions={"overlay": False}, options={"CONFIG_CGROUPS": "y"})
    assert result("kernel-overlay", subject(kernel=bare)) == "fail"
    assert result("kernel-options", subject(kernel=bare)) == "fail"


@pytest.mark.parametrize(
    ("name", "mib", "expected"),
    [
        ("memory", 499, "fail"),
        ("memory", 500, "pass"),
        ("control-plane-memory", 1000, "fail"),
        ("control-plane-memory", 1700, "pass"),
    ],
)
def test_memory(name: str, mib: int, expected: str) -> None:
    assert result(name, subject(memory_bytes=mib << 20)) == expected


def test_processors_and_programs_of_a_control_plane() -> None:
    assert result("control-plane-cpus", subject(cpus=1)) == "fail"
    for name in ("tools-missing", "control-plane-tools", "control-plane-useful-tools"):
        assert result(name, subject(tools=("ip",))) == "fail"


@pytest.mark.parametrize(
    ("mode", "release", "expected"),
    [
        ("nftables", "5.10.0-28", "fail"), ("nftables", "5.13.1", "pass"), ("iptables", "5.10.0", "n/a"),
        ("", "5.10.0", "n/a"), (Unknown("the login may not read its configuration"), "5.10.0", "unknown"),
    ],
)  # fmt: skip
def test_nftables_of_kube_proxy_needs_a_newer_kernel(mode, release: str, expected: str) -> None:
    proxy = replace(facts().kube_proxy, mode=mode)
    on = subject(kube_proxy=proxy, kernel=replace(facts().kernel, release=release))
    assert result("kernel-nftables", on) == expected
    assert result("kernel-nftables", subject(kube_proxy=Unknown("none runs"))) == "n/a"
