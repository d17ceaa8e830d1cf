from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import judged, moment

from podwright.validation.kubelet.verdict import Host


@pytest.mark.parametrize(
    ("text", "minor", "expected"),
    [
        ("maxPods: -1", 36, "trial"),
        ("imageMaximumGCAge: -1s", 36, "trial"),
        ("imageMaximumGCAge: 2m", 36, "trial"),
        ("imageMaximumGCAge: 3m", 36, ""),
        ("containerLogMaxFiles: 1", 32, "start"),
        ("containerLogMaxFiles: 1", 33, "trial"),
        ("containerLogMonitorInterval: 1s", 36, "trial"),
        ("showHiddenMetricsForVersion: '1.35'", 36, ""),
        ("showHiddenMetricsForVersion: '1.34'", 36, "trial"),
        ("runOnce: true", 31, "start"),
        ("runOnce: true", 36, "trial"),
        ("cpuCFSQuotaPeriod: 50ms", 35, "trial"),
        ("cpuCFSQuotaPeriod: 50ms", 36, ""),
        ("featureGates: {CustomCPUCFSQuotaPeriod: true}\ncpuCFSQuotaPeriod: 50ms", 31, ""),
        ("crashLoopBackOff: {maxContainerRestartPeriod: 10s}", 31, ""),
        ("crashLoopBackOff: {maxContainerRestartPeriod: 10s}", 33, "trial"),
        ("crashLoopBackOff: {maxContainerRestartPeriod: 10m}", 36, "trial"),
        ("imagePullCredentialsVerificationPolicy: AlwaysVerify", 34, "trial"),
        ("imagePullCredentialsVerificationPolicy: AlwaysVerify", 35, ""),
        ("imagePullCredentialsVerificationPolicy: Sometimes", 35, "trial"),
        ("preloadedImagesVerificationAllowlist: [a]", 35, "trial"),
        ("shutdownGracePeriod: 500ms", 36, "trial"),
        ("shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: 1}]", 36, ""),
        (
            "shutdownGracePeriodByPodPriority: [{priority: 0, shutdownGracePeriodSeconds: 1}]\n"
            "shutdownGracePeriod: 5s",
            36,
            "trial",
        ),
        ("enableSystemLogQuery: true", 35, "trial"),
        ("featureGates: {NodeLogQuery: true}\nenableSystemLogQuery: true", 35, ""),
        ("enableSystemLogQuery: true", 36, ""),
        ("memoryThrottlingFactor: 1.5", 36, "trial"),
        ("memoryReservationPolicy: TieredReservation", 36, "trial"),
        ("memoryReservationPolicy: TieredReservation", 35, ""),
        ("podLogsDir: /var/log/../pods", 36, "trial"),
        ("podLogsDir: logs", 36, ""),
        ("podLogsDir: /logs/", 36, "trial"),
        ("systemCgroups: /system", 36, "trial"),
        ("registerWithTaints: [{key: 'a b'}]", 36, "trial"),
        ("registerWithTaints: [{key: a}]", 36, ""),
        ("userNamespaces: {idsPerPod: 65537}", 36, "trial"),
        ("topologyManagerScope: node", 36, "trial"),
    ],
)
def test_what_a_kubelet_of_a_version_refuses(text: str, minor: int, expected: str) -> None:
    assert moment(text, minor=minor) == expected


def test_a_host_on_cgroup_v1_is_refused_by_default_since_1_35() -> None:
    host = Host(cgroup_v1=True)
    assert [moment("", minor=minor, host=host) for minor in (34, 35)] == ["", "trial"]
    assert moment("singleProcessOOMKill: false", minor=34, host=host) == "trial"


def test_what_is_not_known_of_the_host_refuses_nothing() -> None:
    assert not judged("").errors
