"""What is broken is kept account of, once, by node and for all."""

import shutil
import time

import pytest

from podwright_lab.faults import BREAKAGES
from podwright_lab.lab_error import LabUsageError

pytestmark = pytest.mark.skipif(shutil.which("ssh") is None, reason="no OpenSSH client here")


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_kubelet_that_somebody_killed_is_shown_as_down_and_can_be_mended(breakages, ssh, lab):
    ssh("kill -9 $(pidof kubelet)")
    until(lambda: breakages.of("cp-1") == ["kubelet-down"])
    assert breakages.of("cp-2") == []
    breakages.mend_node("cp-1", "kubelet-down")
    assert ssh("pidof kubelet").stdout
    assert lab.kubelets.down() == frozenset()
    ssh("kill -9 $(pidof kubelet)")
    until(lambda: lab.kubelets.down() == {"cp-1"})
    breakages.mend_node("cp-1", "all")
    assert ssh("pidof kubelet").stdout


@pytest.mark.parametrize("what", [name for name, one in BREAKAGES.items() if not one.whole_lab])
def test_breaking_and_mending_twice_is_as_once(breakages, what):
    for _ in range(2):
        assert breakages.break_node("cp-2", what) == ["cp-2"]
        assert breakages.of("cp-2") == [what]
    for _ in range(2):
        assert breakages.mend_node("cp-2", what) == ["cp-2"]
        assert breakages.of("cp-2") == []


def test_all_nodes_break_and_mend_at_once(breakages):
    assert breakages.break_node("all", "clock-skew") == ["cp-1", "cp-2"]
    breakages.break_node("cp-1", "disk-full")
    assert breakages.mend_node("all", "all") == ["cp-1", "cp-2"]
    assert breakages.of("cp-1") == []


@pytest.mark.parametrize("what", [name for name, one in BREAKAGES.items() if one.whole_lab])
def test_what_there_is_only_one_of_is_broken_for_all(breakages, what):
    with pytest.raises(LabUsageError, match=f"`{what}` concerns every node, not only `cp-1`"):
        breakages.break_node("cp-1", what)
    assert breakages.break_node("all", what) == ["all"]
    assert breakages.of_all() == [what]


def test_unknown_nodes_and_breakages_are_named_with_the_known_ones(breakages):
    with pytest.raises(LabUsageError) as failure:
        breakages.break_node("cp-7", "disk-full")
    assert (failure.value.message, failure.value.hint) == (
        "the lab has no node `cp-7`",
        "its nodes are `cp-1`, `cp-2`",
    )
    with pytest.raises(LabUsageError) as failure:
        breakages.mend_node("cp-1", "diskfull")
    assert "`disk-full`" in failure.value.hint
    with pytest.raises(LabUsageError) as failure:
        breakages.break_node("cp-1", "kublet-down")
    assert failure.value.hint == "did you mean `kubelet-down`?"


def test_a_breakage_that_fails_is_not_noted_as_made(breakages, lab):
    crictl = lab.node("cp-1").layout.bin_dir / "crictl"
    away = crictl.rename(crictl.with_name("elsewhere"))
    with pytest.raises(OSError, match="crictl"):
        breakages.break_node("cp-1", "crictl-missing")
    assert breakages.of("cp-1") == []
    away.rename(crictl)
