"""Checks of what is running short, and of the clock."""

from __future__ import annotations

from collections.abc import Callable

from podwright.plan.facts import Facts, FileSystem
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
    unknown,
)
from podwright.plan.node_checks.sysctls import number
from podwright.plan.unknown_fact import Known, Unknown

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
#: share that is free below which the kubelet evicts pods, and below which it will soon
_SPACE, _INODES = (0.10, 0.15), (0.05, 0.10)
#: share of a limit in use
_MIB = 1 << 20
_FULL, _NEARLY = 0.95, 0.80
#: the defaults of older kernels
_FEW_INSTANCES, _FEW_WATCHES = 128, 8_192
#: seconds: what certificates and leases bear, and what is a sign of trouble
_SKEW, _SMALL_SKEW = 30.0, 5.0


def _free(
    share: Callable[[FileSystem], float | None], limits: tuple[float, float]
) -> Callable[[Subject], Judged]:
    """The fullest file system of those that count."""

    def judge(found: tuple[FileSystem, ...]) -> Judged:
        shares = [(free, one.path) for one in found if (free := share(one)) is not None]
        if not shares:
            return not_applicable("its file systems make inodes as needed")
        free, path = min(shares)
        result = Result.FAIL if free < limits[0] else Result.WARN if free < limits[1] else Result.PASS
        return Judged(result, f"{free:.0%} free on {path}", f"{limits[1]:.0%} free", path)

    return lambda subject: known(subject.facts.file_systems, judge)


def _room(least: int) -> Callable[[Subject], Judged]:
    """Of what holds the kubelet's folder; a share says little of a small file system."""

    def judge(found: tuple[FileSystem, ...]) -> Judged:
        inside = ("/var/lib/kubelet", "/var", "/")
        one = min(
            (one for one in found if one.path in inside), key=lambda one: inside.index(one.path), default=None
        )
        if one is None:
            return unknown("stat could not tell")
        seen = f"{one.available_bytes // _MIB} MiB free on {one.path}"
        return held(one.available_bytes >= least * _MIB, seen, f"{least} MiB", one.path)

    return lambda subject: known(subject.facts.file_systems, judge)


def _space(one: FileSystem) -> float | None:
    return one.available_bytes / one.size_bytes if one.size_bytes else None


def _inodes(one: FileSystem) -> float | None:
    if isinstance(one.inodes, Unknown) or isinstance(one.free_inodes, Unknown):
        return None
    return one.free_inodes / one.inodes


def _share_in_use(
    used: Callable[[Facts], Known[int]], limit: str, unit: str, few: int = 0
) -> Callable[[Subject], Judged]:
    """How much of a limit is in use; a limit of `few` or less is a sign of trouble whatever is in use."""

    def judge(subject: Subject) -> Judged:
        most, now = number(subject.facts, limit), used(subject.facts)
        if isinstance(most, Unknown):
            return unknown(most.reason)
        if most <= few:
            return Judged(Result.WARN, f"at most {most} {unit}", f"more than {few}", limit)
        if isinstance(now, Unknown):
            return unknown(now.reason)
        share = now / most
        result = Result.FAIL if share >= _FULL else Result.WARN if share >= _NEARLY else Result.PASS
        return Judged(result, f"{now} of {most} {unit}", f"below {_NEARLY:.0%}", limit)

    return judge


def _offset(subject: Subject) -> Judged:
    time = subject.facts.time

    def judge(offset: float) -> Judged:
        # what the round trip leaves open is not held against it
        least = max(0.0, abs(offset) - time.uncertainty_seconds)
        result = Result.FAIL if least > _SKEW else Result.WARN if least > _SMALL_SKEW else Result.PASS
        side = "ahead of" if offset > 0 else "behind"
        seen = f"{abs(offset):.1f} s {side} the controller, give or take {time.uncertainty_seconds:.1f} s"
        return Judged(result, seen, f"at most {_SMALL_SKEW:.0f} s", "date")

    return known(time.offset_seconds, judge)


CHECKS = (
    Check(
        "disk-space", _ERROR, BOTH, "a file system runs full", "below 10 % the kubelet evicts pods and refuses new ones",
        "`crictl rmi --prune`, or give it more room", _free(_space, _SPACE),
    ),
    Check(
        "disk-room", _ERROR, STATIC, "there is little room for images", "k0s asks for 512 MiB",
        "`crictl rmi --prune`, or give it more room", _room(512),
    ),
    Check(
        "control-plane-disk-room", _ERROR, PLANE, "there is little room for a control plane",
        "k0s asks for 1.3 GiB", "`crictl rmi --prune`, or give it more room", _room(1_331),
    ),
    Check(
        "disk-inodes", _ERROR, BOTH, "a file system is short of inodes",
        "below 5 % the kubelet evicts pods and refuses new ones", "delete small files, or format it with more",
        _free(_inodes, _INODES),
    ),
    Check(
        "inotify-instances", _ERROR, BOTH, "inotify instances run short",
        "without one the kubelet sees changes of manifests 20 s late, and programs in pods fail",
        "`sysctl -w fs.inotify.max_user_instances=8192`",
        _share_in_use(lambda facts: facts.limits.inotify_instances, "fs.inotify.max_user_instances", "instances",
        _FEW_INSTANCES),
        "sysctls: {fs.inotify.max_user_instances: 8192}",
    ),
    Check(
        "inotify-watches", _WARNING, BOTH, "few inotify watches are allowed",
        "the kubelet and programs in pods share them, and fail with `no space left on device`",
        "`sysctl -w fs.inotify.max_user_watches=524288`",
        of_fact(lambda facts: number(facts, "fs.inotify.max_user_watches"), lambda most: most > _FEW_WATCHES,
                f"more than {_FEW_WATCHES}", "fs.inotify.max_user_watches"),
        "sysctls: {fs.inotify.max_user_watches: 524288}",
    ),
    Check(
        "conntrack", _ERROR, BOTH, "the table of connections runs full", "new connections are dropped then",
        "`sysctl -w net.netfilter.nf_conntrack_max=262144`",
        _share_in_use(lambda facts: facts.limits.connections, "net.netfilter.nf_conntrack_max", "connections"),
        "sysctls: {net.netfilter.nf_conntrack_max: 262144}",
    ),
    Check(
        "time-offset", _ERROR, BOTH, "the clock is wrong",
        "certificates seem expired or not valid yet, and leases are lost",
        "start chrony or systemd-timesyncd", _offset, "time: {sync: true}",
    ),
    Check(
        "time-synchronized", _WARNING, BOTH, "the clock is not synchronized", "it will be wrong some day",
        "start chrony or systemd-timesyncd",
        of_fact(lambda facts: facts.time.synchronized, lambda yes: yes, "synchronized",
                say=lambda yes: "synchronized" if yes else "not synchronized"),
        "time: {sync: true}",
    ),
)  # fmt: skip
