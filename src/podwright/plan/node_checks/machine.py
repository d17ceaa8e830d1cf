"""Checks of the machine: control groups, swap, kernel, processors, memory and programs."""

from __future__ import annotations

import re
from collections.abc import Callable

from podwright.plan.facts import Facts
from podwright.plan.node_checks.check import (
    BOTH,
    PLANE,
    STATIC,
    Check,
    Judged,
    Result,
    Severity,
    Subject,
    held,
    known,
    not_applicable,
    of_fact,
    setting,
    unknown,
)
from podwright.plan.unknown_fact import Known, Unknown
from podwright.validation.versions import minor_of

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
#: from this minor version on a kubelet refuses version 1 unless it is told otherwise
_REFUSES_CGROUP_V1 = 35
_CONTROLLERS = ("cpu", "cpuset", "memory", "pids")
_OPTIONS = (
    "CGROUPS",
    "NAMESPACES",
    "UTS_NS",
    "IPC_NS",
    "PID_NS",
    "NET_NS",
    "CGROUP_PIDS",
    "CPUSETS",
    "MEMCG",
    "CGROUP_SCHED",
    "FAIR_GROUP_SCHED",
    "CFS_BANDWIDTH",
    "INOTIFY_USER",
    "SECCOMP_FILTER",
)
_MIB = 1 << 20


def _cgroup(subject: Subject) -> Judged:
    facts = subject.facts
    refused, kubelet = setting(facts, "failCgroupV1", default=True), facts.kubelet.version
    minor = None if isinstance(kubelet, Unknown) else minor_of(kubelet)
    tolerated = not isinstance(refused, Unknown) and refused.value is False
    worst = Result.WARN if tolerated or (minor is not None and minor < _REFUSES_CGROUP_V1) else Result.FAIL

    def judge(version: int) -> Judged:
        return Judged(
            Result.PASS if version > 1 else worst, f"version {version}", "version 2", "/proc/mounts"
        )

    return known(facts.cgroup.version, judge)


def _swap(read: Callable[[Facts], Known[tuple[str, ...]]], source: str) -> Callable[[Subject], Judged]:
    """It matters to a kubelet that does not tolerate swap, which is the default."""

    def judge(subject: Subject) -> Judged:
        strict = setting(subject.facts, "failSwapOn", default=True)
        if not isinstance(strict, Unknown) and strict.value is False:
            return not_applicable(f"`failSwapOn: false` ({strict.source})")
        return known(
            read(subject.facts), lambda found: held(not found, "; ".join(found) or "none", "none", source)
        )

    return judge


def _lacks(wanted: tuple[str, ...], source: str) -> Callable[[tuple[str, ...]], Judged]:
    def judge(there: tuple[str, ...]) -> Judged:
        missing = [name for name in wanted if name not in there]
        seen = f"without {', '.join(missing)}" if missing else "all are there"
        return held(not missing, seen, ", ".join(wanted), source)

    return judge


def _options_set(facts: Facts) -> Known[tuple[str, ...]]:
    options = facts.kernel.options
    if isinstance(options, Unknown):
        return options
    return tuple(name.removeprefix("CONFIG_") for name, value in options.items() if value in ("y", "m"))


def _tools(*wanted: str) -> Callable[[Subject], Judged]:
    return lambda subject: _lacks(wanted, "PATH")(subject.facts.tools)


def _is_from(release: str, major: int, minor: int) -> bool:
    parts = re.match(r"([0-9]{1,4})\.([0-9]{1,4})", release)
    return parts is not None and (int(parts[1]), int(parts[2])) >= (major, minor)


def _nftables(subject: Subject) -> Judged:
    proxy = subject.facts.kube_proxy
    if isinstance(proxy, Unknown):
        return not_applicable(proxy.reason)
    if isinstance(proxy.mode, Unknown):
        return unknown(proxy.mode.reason)
    if proxy.mode != "nftables":
        return not_applicable(f"its kube-proxy uses {proxy.mode or 'the default'}")
    return known(
        subject.facts.kernel.release,
        lambda release: held(
            _is_from(release, 5, 13), release, "5.13 or newer", "/proc/sys/kernel/osrelease"
        ),
    )


def _functions(facts: Facts) -> Known[tuple[str, ...]]:
    return tuple(name for name, there in facts.kernel.functions.items() if there)


def _mib(size: int) -> str:
    return f"{size // _MIB} MiB"


def _memory(least: int) -> Callable[[Subject], Judged]:
    return of_fact(
        lambda facts: facts.memory_bytes,
        lambda size: size >= least * _MIB,
        f"{least} MiB",
        "/proc/meminfo",
        _mib,
    )


CHECKS = (
    Check(
        "cgroup-v1", _ERROR, BOTH, "control groups are of version 1",
        "kubelets from 1.35 on refuse to start there, and memory limits are weaker",
        "boot with `systemd.unified_cgroup_hierarchy=1`", _cgroup,
    ),
    Check(
        "cgroup-controllers", _ERROR, BOTH, "controllers of control groups are missing",
        "the kubelet does not start without them", "boot with `cgroup_enable=memory` (Alpine, Raspberry Pi)",
        lambda subject: known(subject.facts.cgroup.controllers, _lacks(_CONTROLLERS, "/sys/fs/cgroup")),
    ),
    Check(
        "swap-on", _ERROR, BOTH, "swap is on", "the kubelet does not start again while swap is on",
        "`swapoff -a`", _swap(lambda facts: facts.swap.now, "/proc/swaps"), "swap: off",
    ),
    Check(
        "swap-at-boot", _ERROR, BOTH, "swap comes back at a boot", "after a reboot the kubelet does not start",
        "comment the line of /etc/fstab, or mask the unit",
        _swap(lambda facts: facts.swap.at_boot, ""), "swap: off",
    ),
    Check(
        "kernel-old", _WARNING, BOTH, "the kernel is older than 5.4", "Kubernetes is not tested on it",
        "update the system",
        of_fact(
            lambda facts: facts.kernel.release, lambda release: _is_from(release, 5, 4), "5.4 or newer",
            "/proc/sys/kernel/osrelease",
        ),
    ),
    Check(
        "kernel-nftables", _WARNING, PLANE, "the kernel is older than 5.13, and kube-proxy uses nftables",
        "its rules need what that kernel brought", "update the system, or set kube-proxy's `mode: iptables`",
        _nftables,
    ),
    Check(
        "kernel-overlay", _ERROR, BOTH, "the kernel has no overlay file system loaded",
        "the runtime unpacks images with it", "`modprobe overlay`",
        lambda subject: known(_functions(subject.facts), _lacks(("overlay",), "/proc/filesystems")),
        "modules: [overlay]",
    ),
    Check(
        "kernel-options", _WARNING, PLANE, "options of the kernel are missing", "containers need them",
        "boot another kernel",
        lambda subject: known(_options_set(subject.facts), _lacks(_OPTIONS, "the kernel's configuration")),
    ),
    Check(
        "memory", _WARNING, STATIC, "there is little memory",
        "below 500 MiB a kubelet and a runtime leave none to pods",
        "give the machine more", _memory(500),
    ),
    Check(
        "control-plane-memory", _ERROR, PLANE, "there is too little memory for a control plane",
        "kubeadm asks for 1700 MB", "give the machine more", _memory(1_621),
    ),
    Check(
        "control-plane-cpus", _ERROR, PLANE, "there are too few processors for a control plane",
        "kubeadm asks for 2", "give the machine more",
        of_fact(lambda facts: facts.cpus, lambda count: count >= 2, "2", "/sys/devices/system/cpu/online"),
    ),
    Check(
        "tools-missing", _ERROR, BOTH, "programs are missing that the kubelet starts",
        "without them it mounts no volume", "install util-linux", _tools("mount", "umount"),
        "packages: [util-linux]",
    ),
    Check(
        "control-plane-tools", _ERROR, PLANE, "programs are missing that kubeadm asks for", "kubeadm refuses the node",
        "install iproute2, iptables and util-linux", _tools("ip", "iptables", "mount", "nsenter"),
        "packages: [NAME]",
    ),
    Check(
        "control-plane-useful-tools", _WARNING, PLANE, "programs are missing that are of use",
        "kubeadm and k0s warn of them", "install ebtables, ethtool, kmod, socat, iproute2 and coreutils",
        _tools("ebtables", "ethtool", "modprobe", "socat", "tc", "touch"),
        "packages: [NAME]",
    ),
)  # fmt: skip
