from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import moment

from podwright.validation.kubelet.allocatable import cpus_of


@pytest.mark.parametrize(
    ("text", "minor", "expected"),
    [
        ("enforceNodeAllocatable: [none]\ncgroupsPerQOS: false", 36, ""),
        ("enforceNodeAllocatable: []\ncgroupsPerQOS: false", 36, ""),
        ("enforceNodeAllocatable: [none, pods]", 36, "trial"),
        ("enforceNodeAllocatable: [pods, pods]", 36, "trial"),
        ("enforceNodeAllocatable: [system-reserved-compressible]\nsystemReservedCgroup: /s", 31, "trial"),
        ("enforceNodeAllocatable: [system-reserved-compressible]\nsystemReservedCgroup: /s", 32, ""),
        (
            "enforceNodeAllocatable: [kube-reserved, kube-reserved-compressible]\nkubeReservedCgroup: /k",
            36,
            "trial",
        ),
        ("reservedSystemCPUs: 3-1", 36, "trial"),
        # k8s.io/utils/cpuset `Parse` reads each number with a sign
        ("reservedSystemCPUs: '+0-+1'", 36, ""),
        ("reservedSystemCPUs: 0--1", 36, "trial"),
        ("reservedMemory: [{numaNode: 0, limits: {memory: 0}}]", 36, "trial"),
        ("reservedMemory: [{numaNode: 0, limits: {cpu: 1}}]", 36, "trial"),
        ("reservedMemory: [{limits: {memory: 1}}, {numaNode: 0, limits: {memory: 1}}]", 36, "trial"),
    ],
)
def test_what_a_kubelet_of_a_version_refuses(text: str, minor: int, expected: str) -> None:
    assert moment(text, minor=minor) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0-2,8", {0, 1, 2, 8}),
        ("", None),
        ("1-", None),
        ("2-1", None),
        ("0-999999999999", None),
        ("1," * 999, None),
    ],
)
def test_cpus_by_number(text: str, expected: set[int] | None) -> None:
    assert cpus_of(text) == expected
