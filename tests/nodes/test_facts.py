"""What each kind of node shows of itself, what is between it and a static pod, and what it costs the node to look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.nodes.machine import Machine, Site

pytestmark = pytest.mark.timeout(600)
NODES = ("booted_node", "busybox_node", "openrc_node", "virtual_node")
DEBIAN = {"id": "debian", "version": "12"}
#: what is true of each, by its name
SHOWN: dict[str, dict[str, object]] = {
    "booted": {"os": DEBIAN, "init": "systemd", "virtualization": "systemd-nspawn"},
    "busybox": {"os": {"unknown": "/etc/os-release is not there or empty"}, "init": "sh"},
    "openrc": {"os": DEBIAN, "init": "openrc"},
    "virtual": {"os": DEBIAN, "init": "systemd", "cgroup": {"version": 2, "hybrid": False}},
}


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in NODES])
def site(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    return Site(request.getfixturevalue(request.param), tmp_path, capsys, monkeypatch)


def test_facts(site: Site, record_property: Callable[[str, object], None]) -> None:
    machine = site.machine
    answer = site.podwright("node", "facts", "-o", "json")
    assert (answer.code, answer.programs) == (0, 1)
    facts = answer.node["facts"]
    for name, expected in SHOWN[machine.name].items():
        shown = facts[name]
        assert shown | expected == shown if isinstance(expected, dict) else shown == expected
    assert facts["login"] == "0"
    assert facts["memoryBytes"] > 0
    # what qemu computes is many times slower than what it stands for
    if machine.name != "virtual":
        seconds = cpu(machine, site.programs[0])
        assert seconds < 0.3
        record_property("summary", f"node facts of the {machine.name} node: {seconds:.2f} s of its CPU")


def cpu(machine: Machine, program: str) -> float:
    """What the program takes of the node's processor, with all that it starts."""
    run = f"cat >/tmp/program <<'PROGRAM'\n{program}\nPROGRAM\nsh /tmp/program >/dev/null; times"
    user, system = machine.run(run).splitlines()[-1].replace("m", "s").split()
    minutes, seconds, *_ = user.split("s")
    more_minutes, more_seconds, *_ = system.split("s")
    return 60 * (int(minutes) + int(more_minutes)) + float(seconds) + float(more_seconds)


def test_checks(site: Site) -> None:
    answer = site.podwright("node", "check", "-o", "json")
    assert answer.programs == 1
    results = {check["check"]: check["result"] for check in answer.node["checks"]}
    assert results["kubelet-running"] == "fail"
    assert results["swap-on"] == results["host-name"] == "pass"
