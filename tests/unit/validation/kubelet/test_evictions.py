"""Source: pkg/kubelet/eviction/helpers.go `ParseThresholdConfig`."""

from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("evictionHard: {memory.available: 5%, nodefs.inodesFree: 0%}", ""),
        ("evictionHard: {memory.available: -5%}", "start"),
        ("evictionHard: {memory.available: 1_0%}", ""),
        ("evictionHard: {memory.available: 10_%}", "start"),
        ("evictionHard: {memory.available: '0'}", "start"),
        ("evictionHard: {memory.available: some}", "start"),
        ("evictionSoft: {memory.available: 1Gi}\nevictionSoftGracePeriod: {memory.available: 1m}", ""),
        ("evictionSoft: {memory.available: 1Gi}\nevictionSoftGracePeriod: {memory.available: soon}", "start"),
        ("evictionSoft: {memory.available: 100%}", ""),
        ("evictionMinimumReclaim: {memory.free: 1Gi}", "start"),
        ("evictionMinimumReclaim: {memory.available: 0%}", "start"),
    ],
)
def test_what_a_kubelet_refuses_of_its_eviction_settings(text: str, expected: str) -> None:
    assert moment(text) == expected
