"""What a kubelet's own validation refuses, before it asks its runtime for anything.

Source: pkg/kubelet/apis/config/validation/validation.go, component-base/{logs,tracing,metrics}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from podwright.pods.go_fields import Record, child, flag, number, records, text
from podwright.validation.checks import names
from podwright.validation.findings import shown
from podwright.validation.kubelet.access import check_access
from podwright.validation.kubelet.allocatable import check_allocatable
from podwright.validation.kubelet.defaults import MEMORY_RESERVATION_SINCE
from podwright.validation.kubelet.durations import seconds
from podwright.validation.kubelet.gates import is_on, refusals
from podwright.validation.kubelet.images import wrong_images
from podwright.validation.kubelet.logging import check_logging, check_tracing
from podwright.validation.kubelet.verdict import Found, Host

_NOT_NEGATIVE = (
    "eventBurst", "eventRecordQPS", "kubeAPIBurst", "kubeAPIQPS", "maxOpenFiles", "maxPods", "podsPerCore",
    "registryBurst", "registryPullQPS",
)  # fmt: skip
_RANGES = {
    "containerLogMaxWorkers": (1, 2**31),
    "imageGCHighThresholdPercent": (0, 100),
    "imageGCLowThresholdPercent": (0, 100),
    "iptablesDropBit": (0, 31),
    "iptablesMasqueradeBit": (0, 31),
    "nodeLeaseDurationSeconds": (1, 2**31),
    "nodeStatusMaxImages": (-1, 2**31),
    "oomScoreAdj": (-1000, 1000),
    "port": (1, 65535),
    "healthzPort": (0, 65535),
    "readOnlyPort": (0, 65535),
}
_CHOICES = {
    "hairpinMode": ("none", "hairpin-veth", "promiscuous-bridge"),
    "topologyManagerPolicy": ("none", "best-effort", "restricted", "single-numa-node"),
    "topologyManagerScope": ("container", "pod"),
}
#: before, these end a kubelet only later
LOG_FILES_SINCE, RUN_ONCE_REFUSED_SINCE = 33, 32
_TAINT_EFFECTS = ("", "NoSchedule", "PreferNoSchedule", "NoExecute")


def check(config: Record, minor: int, host: Host, found: Found) -> None:
    """Refuse what ends the kubelet of this version on this host before it asks its runtime."""
    gates = child(config, "featureGates")
    for name, why in refusals(gates, minor):
        found.refuse(("featureGates", name), why)
    check_logging(child(config, "logging"), gates, minor, found)
    check_tracing(config, gates, minor, found)
    check_allocatable(config, minor, found)
    for field, wrong in _wrong_values(config, gates, minor):
        found.refuse((field,), wrong)
    for index, taint in enumerate(records(config, "registerWithTaints")):
        found.refuse(("registerWithTaints", index), _taint(taint))
    _check_host(config, minor, host, found)


def _wrong_values(config: Record, gates: Mapping[str, object], minor: int) -> Iterator[tuple[str, str]]:
    for field in _NOT_NEGATIVE:
        yield field, f"is {number(config, field)}, but must not be negative" * (number(config, field) < 0)
    for field, (low, high) in _RANGES.items():
        value = number(config, field, low)
        yield field, "" if low <= value <= high else f"is {value}, but must be between {low} and {high}"
    for field, words in _CHOICES.items():
        yield field, names.one_of(text(config, field), words)
    yield from wrong_images(config, gates, minor)
    yield from _shutdown(config, gates, minor)
    yield from _gated(config, gates, minor)
    yield from _memory(config, gates, minor)
    yield from _paths(config)
    if minor >= LOG_FILES_SINCE and number(config, "containerLogMaxFiles") <= 1:
        yield "containerLogMaxFiles", "must be greater than 1"
    if seconds(config.get("containerLogMonitorInterval")) < 3:
        yield "containerLogMonitorInterval", "must be at least 3 seconds"
    hidden = text(config, "showHiddenMetricsForVersion")
    if hidden and hidden != f"1.{minor - 1}":
        yield "showHiddenMetricsForVersion", f"is {shown(hidden)}, but only `1.{minor - 1}` is allowed"
    if flag(config, "runOnce") and minor >= RUN_ONCE_REFUSED_SINCE:
        yield "runOnce", "must not be set"


def _shutdown(config: Record, gates: Mapping[str, object], minor: int) -> Iterator[tuple[str, str]]:
    total, critical = "shutdownGracePeriod", "shutdownGracePeriodCriticalPods"
    periods = {name: seconds(config.get(name)) for name in (total, critical)}
    by_priority = records(config, "shutdownGracePeriodByPodPriority")
    if is_on("GracefulNodeShutdown", gates, minor):
        if periods[critical] > periods[total]:
            yield critical, f"must not exceed `{total}`"
        for name, period in periods.items():
            if period < 0 or 0 < period < 1:
                yield name, "must be zero or at least 1 second"
    elif any(period > 0 for period in periods.values()):
        yield total, "needs the feature gate `GracefulNodeShutdown`"
    if not by_priority:
        return
    if not is_on("GracefulNodeShutdownBasedOnPodPriority", gates, minor):
        yield (
            "shutdownGracePeriodByPodPriority",
            "needs the feature gate `GracefulNodeShutdownBasedOnPodPriority`",
        )
    elif any(period > 0 for period in periods.values()):
        yield "shutdownGracePeriodByPodPriority", f"cannot stand beside `{total}`"


def _gated(config: Record, gates: Mapping[str, object], minor: int) -> Iterator[tuple[str, str]]:
    period = seconds(config.get("cpuCFSQuotaPeriod"))
    if is_on("CustomCPUCFSQuotaPeriod", gates, minor):
        if not 0.001 <= period <= 1:
            yield "cpuCFSQuotaPeriod", "must be between 1ms and 1s"
    elif period != seconds("100ms"):
        yield "cpuCFSQuotaPeriod", "needs the feature gate `CustomCPUCFSQuotaPeriod`"
    swap = text(child(config, "memorySwap"), "swapBehavior")
    if is_on("NodeSwap", gates, minor):
        yield "memorySwap", names.one_of(swap, ("LimitedSwap", "NoSwap")) if swap else ""
    elif swap:
        yield "memorySwap", "needs the feature gate `NodeSwap`"
    back_off = child(config, "crashLoopBackOff").get("maxContainerRestartPeriod")
    if back_off is not None and not is_on("KubeletCrashLoopBackOffMax", gates, minor):
        yield "crashLoopBackOff", "needs the feature gate `KubeletCrashLoopBackOffMax`"
    elif back_off is not None and not 1000 <= int(seconds(back_off) * 1000) <= 300_000:
        yield "crashLoopBackOff", "must be between 1s and 300s"
    if flag(config, "serverTLSBootstrap") and not is_on("RotateKubeletServerCertificate", gates, minor):
        yield "serverTLSBootstrap", "needs the feature gate `RotateKubeletServerCertificate`"
    if flag(config, "enableSystemLogQuery"):
        if not is_on("NodeLogQuery", gates, minor):
            yield "enableSystemLogQuery", "needs the feature gate `NodeLogQuery`"
        elif not flag(config, "enableSystemLogHandler"):
            yield "enableSystemLogQuery", "needs `enableSystemLogHandler`"


def _memory(config: Record, gates: Mapping[str, object], minor: int) -> Iterator[tuple[str, str]]:
    factor = config.get("memoryThrottlingFactor")
    if isinstance(factor, int | float) and not 0 < factor <= 1:
        yield "memoryThrottlingFactor", "must be above 0 and at most 1.0"
    policy = text(config, "memoryReservationPolicy")
    if minor >= MEMORY_RESERVATION_SINCE:
        yield "memoryReservationPolicy", names.one_of(policy, ("None", "TieredReservation"))
    if policy == "TieredReservation" and not is_on("MemoryQoS", gates, minor):
        yield "memoryReservationPolicy", "needs the feature gate `MemoryQoS`"


def _paths(config: Record) -> Iterator[tuple[str, str]]:
    logs = text(config, "podLogsDir")
    clean = "/" + "/".join(part for part in logs.split("/") if part not in ("", "."))
    if not logs.startswith("/") or logs != clean or ".." in logs.split("/") or not logs.isascii():
        yield "podLogsDir", f"is {shown(logs)}, but must be an absolute, normalized path of ASCII characters"
    if text(config, "systemCgroups") and not text(config, "cgroupRoot"):
        yield "systemCgroups", "needs `cgroupRoot`"


def _taint(taint: Record) -> str:
    key, value = text(taint, "key"), text(taint, "value")
    wrong = names.qualified_name(key) or (names.label_value(value) if value else "")
    if "timeAdded" in taint:
        wrong = wrong or "must not have `timeAdded`"
    if text(taint, "effect") not in _TAINT_EFFECTS:
        wrong = wrong or f"has the effect {shown(text(taint, 'effect'))}, which there is not"
    return wrong


def _check_host(config: Record, minor: int, host: Host, found: Found) -> None:
    if host.cgroup_v1:
        if flag(config, "failCgroupV1"):
            found.refuse(("failCgroupV1",), "is true, and the node uses cgroup v1")
        if config.get("singleProcessOOMKill") is False:
            found.refuse(("singleProcessOOMKill",), "cannot be false on a node that uses cgroup v1")
    _check_user_namespaces(config, found)
    check_access(config, minor, host, found)


def _check_user_namespaces(config: Record, found: Found) -> None:
    length = child(config, "userNamespaces").get("idsPerPod")
    if isinstance(length, int) and (length % 65536 or not 65536 <= length < 1 << 32):
        path = ("userNamespaces", "idsPerPod")
        found.refuse(path, f"is {length}, but must be a multiple of 65536 below 1<<32")
