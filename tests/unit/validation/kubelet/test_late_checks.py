from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import moment

from podwright.validation.kubelet.verdict import Host


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("evictionHard: {memory.available: 5%, nodefs.inodesFree: 0%}", ""),
        ("evictionHard: {memory.available: -5%}", "start"),
        ("evictionHard: {memory.available: '0'}", "start"),
        ("evictionHard: {memory.available: some}", "start"),
        ("evictionSoft: {memory.available: 1Gi}\nevictionSoftGracePeriod: {memory.available: 1m}", ""),
        ("evictionSoft: {memory.available: 1Gi}\nevictionSoftGracePeriod: {memory.available: soon}", "start"),
        ("evictionSoft: {memory.available: 100%}", ""),
        ("evictionMinimumReclaim: {memory.free: 1Gi}", "start"),
        ("evictionMinimumReclaim: {memory.available: 0%}", "start"),
        ("kubeReserved: {hugepages-2Mi: 1Gi}", "start"),
        ("qosReserved: {memory: 50%}", ""),
        ("qosReserved: {memory: 150%}", "start"),
        ("qosReserved: {cpu: 50%}", "start"),
        ("containerLogMaxSize: '-1'", ""),
        ("containerLogMaxSize: 100m", "start"),
        ("address: '::'", ""),
        ("address: localhost", "start"),
        ("address: localhost\nenableServer: false", ""),
        ("allowedUnsafeSysctls: ['net/core/*']", ""),
        ("allowedUnsafeSysctls: [vm.swappiness]", "start"),
    ],
)
def test_what_ends_a_kubelet_after_its_runtime_answered(text: str, expected: str) -> None:
    assert moment(text) == expected


def test_what_of_the_host_ends_it() -> None:
    assert moment("", host=Host(swap=True)) == "start"
    assert moment("failSwapOn: false", host=Host(swap=True)) == ""
    assert moment("configMapAndSecretChangeDetectionStrategy: Poll") == ""
    assert moment("configMapAndSecretChangeDetectionStrategy: Poll", host=Host(kubeconfig=True)) == "start"
    assert moment("memorySwap: {swapBehavior: LimitedSwap}", minor=34, host=Host(cgroup_v1=True)) == "start"
