"""Sets the defaults of a kubelet's configuration, as far as a rule asks for the field.

Source: pkg/kubelet/apis/config/v1beta1/defaults.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from podwright.pods.go_fields import child, flag
from podwright.validation.kubelet.durations import seconds
from podwright.validation.kubelet.gates import is_on

#: a value of its own may be zero
_WHEN_ABSENT: Mapping[str, object] = {
    "cgroupsPerQOS": True,
    "containerLogMaxFiles": 5,
    "containerLogMaxWorkers": 1,
    "containerLogMonitorInterval": "10s",
    "cpuCFSQuotaPeriod": "100ms",
    "enableServer": True,
    "enableSystemLogHandler": True,
    "enforceNodeAllocatable": ["pods"],
    "eventRecordQPS": 50,
    "failSwapOn": True,
    "healthzPort": 10248,
    "imageGCHighThresholdPercent": 85,
    "imageGCLowThresholdPercent": 80,
    "iptablesDropBit": 15,
    "iptablesMasqueradeBit": 14,
    "kubeAPIQPS": 50,
    "memoryThrottlingFactor": 0.9,
    "nodeStatusMaxImages": 50,
    "oomScoreAdj": -999,
    "registryPullQPS": 5,
}
#: zero and nothing are the same
_WHEN_ZERO: Mapping[str, object] = {
    "address": "0.0.0.0",  # noqa: S104  # the kubelet's own default
    "cgroupDriver": "cgroupfs",
    "configMapAndSecretChangeDetectionStrategy": "Watch",
    "containerLogMaxSize": "10Mi",
    "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
    "cpuManagerPolicy": "none",
    "eventBurst": 100,
    "hairpinMode": "promiscuous-bridge",
    "healthzBindAddress": "127.0.0.1",
    "imageMinimumGCAge": "2m",
    "kubeAPIBurst": 100,
    "maxOpenFiles": 1_000_000,
    "maxPods": 110,
    "memoryManagerPolicy": "None",
    "nodeLeaseDurationSeconds": 40,
    "podLogsDir": "/var/log/pods",
    "port": 10250,
    "registryBurst": 10,
    "runtimeRequestTimeout": "2m",
    "syncFrequency": "1m",
    "topologyManagerPolicy": "none",
    "topologyManagerScope": "container",
}
_DURATIONS = ("imageMinimumGCAge", "runtimeRequestTimeout", "syncFrequency")
EVICTION_HARD: Mapping[str, object] = {
    "memory.available": "100Mi",
    "nodefs.available": "10%",
    "nodefs.inodesFree": "5%",
    "imagefs.available": "15%",
    "imagefs.inodesFree": "5%",
}
_FAIL_CGROUP_V1_SINCE = 35
MEMORY_RESERVATION_SINCE = 36
_VERIFICATION = "imagePullCredentialsVerificationPolicy"


def with_defaults(config: Mapping[str, object], minor: int) -> dict[str, object]:
    result = dict(config)
    for name, value in _WHEN_ABSENT.items():
        result.setdefault(name, value)
    for name, value in _WHEN_ZERO.items():
        if not result.get(name) or (name in _DURATIONS and not seconds(result[name])):
            result[name] = value
    if minor >= MEMORY_RESERVATION_SINCE and not result.get("memoryReservationPolicy"):
        result["memoryReservationPolicy"] = "None"
    result.setdefault("failCgroupV1", minor >= _FAIL_CGROUP_V1_SINCE)
    pulls = result.get("maxParallelImagePulls")
    result.setdefault("serializeImagePulls", not isinstance(pulls, int) or pulls < 2)
    gates = child(result, "featureGates")
    if is_on("KubeletCrashLoopBackOffMax", gates, minor):
        back_off = {"maxContainerRestartPeriod": "5m", **child(result, "crashLoopBackOff")}
        result["crashLoopBackOff"] = back_off
    if is_on("KubeletEnsureSecretPulledImages", gates, minor) and not result.get(_VERIFICATION):
        result[_VERIFICATION] = "NeverVerifyPreloadedImages"
    return result


def with_evictions(config: dict[str, object]) -> dict[str, object]:
    """A main file gets these, and nothing brings them back that a drop-in takes away (`loadConfigFile`)."""
    if config.get("evictionHard") is None or flag(config, "mergeDefaultEvictionSettings"):
        config["evictionHard"] = {**EVICTION_HARD, **child(config, "evictionHard")}
    return config


def of_flags_alone(minor: int) -> dict[str, object]:
    """Without a main file (cmd/kubelet/app/options `applyLegacyDefaults`)."""
    access = {"anonymous": {"enabled": True}, "webhook": {"enabled": False}}
    legacy = {"authentication": access, "authorization": {"mode": "AlwaysAllow"}, "readOnlyPort": 10255}
    return with_defaults(legacy, minor)
