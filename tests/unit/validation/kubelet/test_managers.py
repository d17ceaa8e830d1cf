from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import moment

_STATIC = "cpuManagerPolicy: static\nreservedSystemCPUs: '0'\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cpuManagerPolicy: static\nkubeReserved: {cpu: '0'}", "start"),
        ("cpuManagerPolicy: static\nkubeReserved: {cpu: 500m}", ""),
        ("cpuManagerPolicyOptions: {full-pcpus-only: 'true'}", "start"),
        (f"{_STATIC}cpuManagerPolicyOptions: {{full-pcpus-only: 'true'}}", ""),
        (f"{_STATIC}cpuManagerPolicyOptions: {{full-pcpus-only: 'T'}}", ""),
        (f"{_STATIC}cpuManagerPolicyOptions: {{full-pcpus-only: 'yes'}}", "start"),
        (f"{_STATIC}cpuManagerPolicyOptions: {{no-such-option: 'true'}}", "start"),
        (f"{_STATIC}cpuManagerPolicyOptions: {{align-by-socket: 'true'}}", "start"),
        (
            f"{_STATIC}cpuManagerPolicyOptions: {{align-by-socket: 'true'}}\n"
            "featureGates: {CPUManagerPolicyAlphaOptions: true}",
            "",
        ),
        (
            f"{_STATIC}cpuManagerPolicyOptions: {{align-by-socket: 'true'}}\n"
            "topologyManagerPolicy: single-numa-node\nfeatureGates: {CPUManagerPolicyAlphaOptions: true}",
            "start",
        ),
        (
            f"{_STATIC}cpuManagerPolicyOptions: {{full-pcpus-only: 'true', distribute-cpus-across-cores: 'true'}}\n"
            "featureGates: {CPUManagerPolicyAlphaOptions: true}",
            "start",
        ),
        (
            f"{_STATIC}cpuManagerPolicyOptions: {{full-pcpus-only: 'false', distribute-cpus-across-cores: 'true'}}\n"
            "featureGates: {CPUManagerPolicyAlphaOptions: true}",
            "",
        ),
        ("topologyManagerPolicyOptions: {prefer-far: 'true'}", ""),
        ("topologyManagerPolicy: restricted\ntopologyManagerPolicyOptions: {prefer-far: 'true'}", "start"),
        (
            "topologyManagerPolicy: restricted\ntopologyManagerPolicyOptions: {prefer-closest-numa-nodes: 'true'}",
            "",
        ),
        (
            "topologyManagerPolicy: restricted\ntopologyManagerPolicyOptions: {max-allowable-numa-nodes: '8'}",
            "",
        ),
        (
            "topologyManagerPolicy: restricted\ntopologyManagerPolicyOptions: {max-allowable-numa-nodes: '4'}",
            "start",
        ),
        ("memoryManagerPolicy: Static\nreservedMemory: [{limits: {memory: 100Mi}}]", ""),
        ("memoryManagerPolicy: Static\nreservedMemory: [{limits: {memory: 200Mi}}]", "start"),
        (
            "topologyManagerPolicy: restricted\ntopologyManagerPolicyOptions: {max-allowable-numa-nodes: '+8'}",
            "",
        ),
        (
            "topologyManagerPolicy: restricted\n"
            f"topologyManagerPolicyOptions: {{max-allowable-numa-nodes: '{'9' * 20}'}}",
            "start",
        ),
        ("memoryManagerPolicy: Interleaved", "start"),
        (
            "memoryManagerPolicy: Static\nreservedMemory: [{limits: {memory: 100Mi, hugepages-2Mi: 2Mi}}]",
            "start",
        ),
        (
            "memoryManagerPolicy: Static\nreservedMemory: [{limits: {memory: 1.5Gi}}]\n"
            "evictionHard: {memory.available: 1.5Gi}",
            "start",
        ),
        (
            "memoryManagerPolicy: Static\nreservedMemory: [{limits: {memory: 200Mi}}]\n"
            "evictionHard: {memory.available: 0%}",
            "start",
        ),
        (
            "memoryManagerPolicy: Static\nreservedMemory: [{limits: {memory: 100Mi}}]\n"
            "evictionHard: {nodefs.available: 5%}",
            "start",
        ),
        (
            "memoryManagerPolicy: Static\nreservedMemory: [{limits: {memory: 100Mi}}]\n"
            "evictionHard: {nodefs.available: 5%}\nmergeDefaultEvictionSettings: true",
            "",
        ),
        (
            f"{_STATIC}cpuManagerPolicyOptions: {{prefer-align-cpus-by-uncorecache: 'true', "
            "distribute-cpus-across-numa: 'true'}",
            "start",
        ),
    ],
)
def test_what_the_managers_of_a_kubelet_refuse(text: str, expected: str) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("option", "minor", "gate", "expected"),
    [
        ("prefer-align-cpus-by-uncorecache", 31, "", "start"),
        ("prefer-align-cpus-by-uncorecache", 33, "", "start"),
        ("prefer-align-cpus-by-uncorecache", 34, "", ""),
        ("prefer-align-cpus-by-uncorecache", 34, "CPUManagerPolicyBetaOptions", "start"),
        ("strict-cpu-reservation", 32, "", "start"),
        ("strict-cpu-reservation", 33, "", ""),
        ("full-pcpus-only", 32, "CPUManagerPolicyBetaOptions", "start"),
        ("full-pcpus-only", 33, "CPUManagerPolicyBetaOptions", ""),
        ("distribute-cpus-across-numa", 32, "", "start"),
        ("distribute-cpus-across-numa", 33, "", ""),
    ],
)
def test_an_option_is_as_far_as_its_version_brought_it(
    option: str, minor: int, gate: str, expected: str
) -> None:
    gates = f"featureGates: {{{gate}: false}}\n" if gate else ""
    assert moment(f"{_STATIC}{gates}cpuManagerPolicyOptions: {{{option}: 'true'}}", minor=minor) == expected


@pytest.mark.parametrize(
    ("field", "minor", "expected"),
    [
        ("cpuManagerPolicyOptions: {full-pcpus-only: 'true'}\ncpuManagerPolicy: static", 32, "start"),
        ("cpuManagerPolicyOptions: {full-pcpus-only: 'true'}\ncpuManagerPolicy: static", 33, "trial"),
        ("topologyManagerPolicyOptions: {prefer-closest-numa-nodes: 'true'}", 31, "start"),
        ("topologyManagerPolicyOptions: {prefer-closest-numa-nodes: 'true'}", 32, "trial"),
    ],
)
def test_options_need_their_gate_until_it_is_locked(field: str, minor: int, expected: str) -> None:
    """Source: cmd/kubelet/app/server.go `run`, which asks the gate even of a policy that takes no options."""
    gate = "CPUManagerPolicyOptions" if field.startswith("cpu") else "TopologyManagerPolicyOptions"
    text = f"reservedSystemCPUs: '0'\n{field}\n"
    assert moment(text, minor=minor) == ""
    assert moment(f"{text}featureGates: {{{gate}: false}}", minor=minor) == expected
