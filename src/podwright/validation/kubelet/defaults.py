"""Sets the defaults of a kubelet's configuration, as far as a rule asks for the field.

Source: pkg/kubelet/apis/config/v1beta1/defaults.go.
"""

from __future__ import annotations

from collections.abc import Mapping

from podwright.pods.go_fields import child
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
    "evictionHard": {
        "memory.available": "100Mi",
        "nodefs.available": "10%",
        "nodefs.inodesFree": "5%",
        "imagefs.available": "15%",
        "imagefs.inodesFree": "5%",
    },
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
    "memoryReservationPolicy": "None",
    "nodeLeaseDurationSeconds": 40,
    "podLogsDir": "/var/log/pods",
    "port": 10250,
    "registryBurst": 10,
    "topologyManagerPolicy": "none",
    "topologyManagerScope": "container",
}
_FAIL_CGROUP_V1_SINCE = 35
_VERIFICATION = "imagePullCredentialsVerificationPolicy"


def with_defaults(config: Mapping[str, object], minor: int) -> dict[str, object]:
    result = dict(config)
    for name, value in _WHEN_ABSENT.items():
        result.setdefault(name, value)
    for name, value in _WHEN_ZERO.items():
        if not result.get(name) or (name == "imageMinimumGCAge" and not seconds(result[name])):
            result[name] = value
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
