"""What only a kernel of its own has: sysctls, modules and swap of a virtual machine, its clock, and a power cut."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.nodes.machine import Machine, Site, applied, until
from tests.nodes.virtual_machine import boot_again, power_cut

pytestmark = [pytest.mark.xdist_group("virtual_node"), pytest.mark.timeout(600)]
DECLARED = {
    "sysctls": {"net.ipv4.ip_forward": 1, "fs.inotify.max_user_instances": 8192},
    "modules": ["overlay"],
    "swap": "off",
}
FILES = ("/etc/sysctl.d/90-podwright.conf", "/etc/modules-load.d/podwright.conf", "/etc/fstab")
KERNEL = "sysctl -n net.ipv4.ip_forward fs.inotify.max_user_instances; grep -c ^overlay /proc/modules; wc -l </proc/swaps"
KERNELS = ("module overlay", "sysctl net.ipv4.ip_forward", "swap fstab", "swap now", "service broken")
READY = "1\n8192\n1\n1\n"
RUNTIME = "/etc/systemd/system/containerd.service"
#: its start does not end
HANGS = {
    RUNTIME: {
        "content": "[Service]\nTimeoutStartSec=infinity\nExecStartPre=/bin/sleep infinity\nExecStart=/bin/true\n"
    }
}
LEFT = (
    f"ls {RUNTIME} /etc/systemd/system/*/podwright-* /var/lib/podwright/settings/.[0-9a-f]* 2>/dev/null; true"
)
BROKEN = {
    "/etc/systemd/system/broken.service": {"content": "[Service]\nType=oneshot\nExecStart=/bin/false\n"}
}


@pytest.fixture
def site(
    virtual_node: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Site:
    site = Site(virtual_node, tmp_path, capsys, monkeypatch)
    virtual_node.run(
        "[ -f /swap ] || { dd if=/dev/zero of=/swap bs=1M count=16; chmod 600 /swap; mkswap /swap; swapon /swap;"
        " echo '/swap none swap sw 0 0' >>/etc/fstab; } >/dev/null 2>&1"
    )
    site.declare(**DECLARED)
    return site


def test_a_failed_step_takes_all_back(site: Site) -> None:
    machine = site.machine
    state = f"{KERNEL}; cat /etc/fstab /proc/swaps; find /etc -newer /swap ! -type d; ls /etc/systemd/system"
    before = machine.run(state)
    assert before.splitlines()[2:4] == ["0", "2"]
    site.declare(**DECLARED, files=BROKEN, services={"broken": {"started": True}})
    answer = site.provision()
    assert (answer.code, answer.node["status"]) == (1, "failed")
    assert set(applied(answer, "restored")) > {*BROKEN, *FILES[:2], *KERNELS}
    assert machine.run(state) == before


def test_from_bare_to_ready_and_over_a_power_cut_that_undoes_what_was_not_proven(site: Site) -> None:
    machine = site.machine
    site.becomes_ready(*FILES)
    assert machine.run(KERNEL) == READY
    site.declare(**DECLARED, files=HANGS, services={"containerd": {"started": True}})
    provisioning = threading.Thread(target=site.provision)
    provisioning.start()
    until(lambda: machine.run("systemctl is-active containerd; true") == "activating\n", 240)
    # until the kernel writes it of its own accord, the new name is on no disk, and nothing is to be put back
    machine.run("sync -- /etc/systemd/system")
    power_cut(machine)
    provisioning.join(240)
    assert not provisioning.is_alive()
    boot_again(machine)
    assert machine.run(KERNEL) == READY
    assert machine.run(LEFT) == ""
    site.declare(**DECLARED)
    assert f"`{RUNTIME}` was put back when the node started" in site.is_ready(*FILES).err


def test_a_clock_that_is_wrong_is_seen(site: Site) -> None:
    later, back = (f"date -s @$(($(date +%s) {sign} 3600)) >/dev/null" for sign in "+-")
    site.machine.run(later)
    try:
        checks = site.podwright("node", "check", "-o", "json").node["checks"]
    finally:
        site.machine.run(back)
    [offset] = (check for check in checks if check["check"] == "time-offset")
    assert offset["result"] == "fail"
    assert " s ahead of the controller" in offset["seen"]


def test_damage_is_mended(site: Site) -> None:
    machine = site.machine
    site.provisioned()
    machine.run(
        "sysctl -q net.ipv4.ip_forward=0; modprobe -r overlay; swapon /swap; rm /etc/modules-load.d/podwright.conf;"
        " echo '/swap none swap sw 0 0' >>/etc/fstab"
    )
    assert applied(site.provisioned()) == [
        FILES[1],
        "module overlay",
        "sysctl net.ipv4.ip_forward",
        "swap fstab",
        "swap now",
    ]
    assert machine.run(KERNEL) == READY
