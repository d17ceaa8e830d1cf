"""A power cut between a kubelet's restart and its proof: the node's own systemd puts its configuration back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.nodes.containers import boot
from tests.nodes.machine import Machine, Site, until
from tests.nodes.stand_in_kubelet import FOLDER, StandIn

pytestmark = [pytest.mark.xdist_group("booted_node"), pytest.mark.timeout(600)]
OURS = f"/{FOLDER}/90-podwright.conf"
LEFT = f"ls {OURS} /etc/systemd/system/*/podwright-* /var/lib/podwright/settings/.[0-9a-f]* 2>/dev/null; true"


def test_the_next_boot_puts_back_what_was_not_proven_and_the_next_run_tells(
    booted_node: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = booted_node
    assert machine.root
    site, kubelet = Site(machine, tmp_path, capsys, monkeypatch), StandIn(machine.root)
    machine.run("systemctl daemon-reload; systemctl enable --now kubelet")
    site.declare(kubelet={"settings": kubelet.settings("max-pods"), "soak": 100})
    provisioning = threading.Thread(target=site.provision)
    provisioning.start()
    # the one before was ended
    until(lambda: "Stopped" in machine.run(f"! ls {OURS} || journalctl -b -u kubelet -o cat"))
    machine.run("setsid sh -c 'sleep 0.2; systemctl reboot -ff' >/dev/null 2>&1 &")
    assert machine.process
    assert machine.process.wait(120) == 133
    provisioning.join(120)
    boot(machine)
    machine.wait_until_it_answers(120)
    until(lambda: machine.run("systemctl is-active kubelet; true") == "active\n")
    assert machine.run(LEFT) == ""
    told = site.podwright("node", "provision", "--dry-run")
    assert f"`{OURS}` was put back when the node started" in told.err
    machine.run(f"systemctl disable --now kubelet; rm -f /{FOLDER}/*")
