from __future__ import annotations

import pytest
from tests.fakes.judged_kubelets import judged, moment

from podwright.validation.kubelet.gates import is_on, known_gates, refusals


@pytest.mark.parametrize(
    ("gate", "value", "minor", "refused"),
    [
        ("SidecarContainers", False, 32, False),
        ("SidecarContainers", False, 33, True),
        ("SidecarContainers", True, 36, False),
        ("AppArmor", False, 31, True),
        ("AppArmor", False, 36, False),
        ("AllowServiceLBStatusOnNonLB", True, 32, True),
        ("NoSuchGate", False, 36, False),
        ("GracefulNodeShutdown", False, 34, False),
        ("GracefulNodeShutdown", False, 35, True),
        ("ImageVolume", False, 35, False),
        ("ImageVolume", False, 36, True),
        ("GitRepoVolumeDriver", True, 35, False),
        ("GitRepoVolumeDriver", True, 36, True),
    ],
)
def test_what_cannot_be_changed_or_is_needed_by_others(
    gate: str, value: bool, minor: int, refused: bool
) -> None:
    assert bool(tuple(refusals({gate: value}, minor))) is refused
    assert (moment(f"featureGates: {{{gate}: {str(value).lower()}}}", minor=minor) == "trial") is refused


@pytest.mark.parametrize("gate", ["PodsAPI", "ReloadKubeletClientCAFile", "PLEGOnDemandRelist"])
def test_what_1_36_brought_is_known_since_then(gate: str) -> None:
    assert [gate in known_gates(minor) for minor in (35, 36)] == [False, True]


def test_a_gate_is_on_by_its_version_or_by_choice() -> None:
    assert [is_on("NodeSwap", {}, minor) for minor in (29, 31)] == [False, True]
    assert not is_on("NodeSwap", {"NodeSwap": False}, 31)
    assert is_on("NodeSwap", {"NodeSwap": False}, 34)
    assert not is_on("NoSuchGate", {"NoSuchGate": True}, 36)


def test_defaults_depend_on_nothing_that_is_off() -> None:
    assert not [refusal for minor in range(31, 38) for refusal in refusals({}, minor)]


def test_an_unknown_gate_is_warned_about() -> None:
    warning = judged("featureGates: {NodeSwapp: true}").warnings[0]
    assert warning.message == "`featureGates.NodeSwapp` is not a feature gate of Kubernetes 1.36"
    assert warning.hint.startswith("did you mean `NodeSwap`?")
    assert "SidecarContainers" in known_gates(31)
