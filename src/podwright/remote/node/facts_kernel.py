"""What the kernel is and does: its functions and options, swap, and control groups."""

from __future__ import annotations

from collections.abc import Iterator

from podwright.plan.facts import Cgroup, Kernel, Swap
from podwright.plan.unknown_fact import Unknown
from podwright.remote.node.facts_files import Texts

_KERNEL_FILES = (
    "boot/config-",
    "usr/lib/modules/",
    "lib/modules/",
    "usr/lib/ostree-boot/",
    "usr/lib/kernel/",
    "usr/src/linux-",
    "proc/config",
)


def kernel(texts: Texts, architecture: str) -> Kernel:
    filesystems = {line.split()[-1] for line in texts.of("proc/filesystems") if line.split()}
    options = {
        key: value.strip('"')
        for path in texts.lines
        if path.startswith(_KERNEL_FILES)
        for line in texts.of(path)
        for key, equals, value in [line.partition("=")]
        if equals and key.startswith("CONFIG_")
    }
    arch = texts.word("proc/sys/kernel/arch")
    folders = ("etc/modules", "run/modules-load.d/", "usr/lib/modules-load.d/")
    at_boot = {
        line.split()[0] for name in folders for path in texts.matching(name) for line in texts.of(path)
    }
    return Kernel(
        release=texts.word("proc/sys/kernel/osrelease"),
        architecture=architecture or arch if isinstance(arch, Unknown) else arch,
        functions={
            "overlay": "overlay" in filesystems,
            "bridge-netfilter": "proc/sys/net/bridge" in texts.paths,
            "conntrack": bool(texts.of("proc/sys/net/netfilter/nf_conntrack_max")),
            "ipvs": "proc/net/ip_vs" in texts.paths,
        },
        options=dict(sorted(options.items()))
        or Unknown("the configuration of the kernel is not among its files"),
        modules_at_boot=tuple(sorted(at_boot)),
    )


def swap(texts: Texts) -> Swap:
    table = texts.of("proc/swaps")
    now = tuple(line.split()[0] for line in table[1:]) if table else texts.why("proc/swaps")
    return Swap(now, () if "etc/systemd/system/swap.target" in texts.masked else tuple(_swap_at_boot(texts)))


def _swap_at_boot(texts: Texts) -> Iterator[str]:
    for line in texts.of("etc/fstab"):
        fields = line.split()
        if len(fields) > 2 and fields[2] == "swap":
            yield f"/etc/fstab: {' '.join(fields)}"
    for path in sorted(texts.paths):
        if path.endswith(".swap") or (path.startswith("etc/runlevels/") and path.endswith("/swap")):
            yield f"/{path}"
    for path in (
        "etc/systemd/zram-generator.conf",
        "usr/lib/systemd/zram-generator.conf",
        "etc/dphys-swapfile",
    ):
        if texts.of(path):
            yield f"/{path}"


def cgroup(texts: Texts) -> Cgroup:
    mounts = [line.split() for line in texts.of("proc/mounts")]
    kinds = {fields[1]: fields[2] for fields in mounts if len(fields) > 2}
    root = kinds.get("/sys/fs/cgroup", "")
    if root == "cgroup2":
        controllers = texts.of("sys/fs/cgroup/cgroup.controllers")
        listed = (
            tuple(controllers[0].split()) if controllers else texts.why("sys/fs/cgroup/cgroup.controllers")
        )
        return Cgroup(2, listed)
    if root or "cgroup" in kinds.values():
        table = [line.split() for line in texts.of("proc/cgroups")]
        enabled = tuple(fields[0] for fields in table if len(fields) == 4 and fields[3] == "1")
        return Cgroup(1, enabled or texts.why("proc/cgroups"), hybrid="cgroup2" in kinds.values())
    why = Unknown("no file system of control groups is mounted")
    return Cgroup(why, why)
