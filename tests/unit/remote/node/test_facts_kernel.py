"""Swap and control groups by what the kernel mounts and what turns swap on at a boot."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.recorded_machine import machine_host
from tests.fakes.texts import texts
from tests.unit.remote.node.test_facts import look

from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_kernel import cgroup, kernel, swap

V2 = "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0"
V1 = "tmpfs /sys/fs/cgroup tmpfs ro 0 0\ncgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0"
TABLE = "memory\t7\t150\t1\nrdma\t2\t1\t0"


@pytest.mark.parametrize(
    ("mounts", "version", "hybrid", "controllers"),
    [
        (V2, 2, False, ("cpu", "memory")),
        (V1, 1, False, ("memory",)),
        (f"{V1}\ncgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0", 1, True, ("memory",)),
    ],
)
def test_the_version_is_that_of_what_is_mounted(mounts, version, hybrid, controllers) -> None:
    files = {
        "proc__mounts": mounts,
        "sys__fs__cgroup__cgroup_1controllers": "cpu memory",
        "proc__cgroups": TABLE,
    }
    found = cgroup(texts(**files))
    assert (found.version, found.hybrid, found.controllers) == (version, hybrid, controllers)


def test_without_a_mount_it_is_unknown() -> None:
    assert isinstance(cgroup(texts()).version, Unknown)


def test_swap_that_comes_back_is_found_wherever_it_is_named() -> None:
    files = {
        "etc__fstab": "/dev/a none swap sw 0 0\n/dev/b / ext4 rw 0 1",
        "etc__systemd__zram_0generator_1conf": "[zram0]",
    }
    found = swap(texts(paths="there run/systemd/generator/dev-a.swap", proc__swaps="Filename Type", **files))
    assert found.now == ()
    assert found.at_boot == (
        "/etc/fstab: /dev/a none swap sw 0 0", "/run/systemd/generator/dev-a.swap", "/etc/systemd/zram-generator.conf",
    )  # fmt: skip


def test_a_masked_target_turns_none_on() -> None:
    found = swap(texts(paths="masked etc/systemd/system/swap.target", etc__fstab="/dev/a none swap sw 0 0"))
    assert found.at_boot == ()
    assert isinstance(found.now, Unknown)


def test_functions_and_options_of_the_kernel() -> None:
    found = kernel(texts(proc__filesystems="nodev\toverlay", boot__config_06_11="CONFIG_MEMCG=y"), "riscv64")
    assert (found.functions["overlay"], found.functions["conntrack"], found.architecture) == (
        True,
        False,
        "riscv64",
    )
    assert found.options == {"CONFIG_MEMCG": "y"}
    assert isinstance(kernel(texts(), "").options, Unknown)


def test_options_stand_where_the_kernel_was_built(tmp_path: Path) -> None:
    host = machine_host("debian-12", "dash", tmp_path)
    (tmp_path / "root/boot/config-6.1.0-28-amd64").unlink()
    written = tmp_path / "root/usr/src/linux-6.1.0-28-amd64/.config"
    written.parent.mkdir(parents=True)
    written.write_text("CONFIG_MEMCG=y\nCONFIG_SOUND=y\n")
    assert look(host).kernel.options == {"CONFIG_MEMCG": "y"}
