"""Provisioning machines without systemd: one whose programs are busybox, and one whose services are OpenRC's."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.nodes.machine import Machine, Site, applied

pytestmark = pytest.mark.timeout(600)
FILES = {
    "directories": {"/srv/app": {"mode": "0750"}},
    "files": {"/etc/app.conf": {"content": "level = 1\n", "mode": "0640"}},
}
PATHS = ("/srv/app", "/etc/app.conf", "/var/lib/podwright")
SCRIPT = """\
#!/sbin/openrc-run
command=/bin/sleep
command_args=infinity
command_background=yes
pidfile=/run/app.pid
"""
SERVICE = {
    "files": {**FILES["files"], "/etc/init.d/app": {"content": SCRIPT, "mode": "0755"}},
    "services": {"app": {"enabled": True, "started": True, "restart_for": ["/etc/app.conf"]}},
}
STATE = "rc-service app status 2>&1; ls /etc/runlevels/default; cat /run/app.pid"


@pytest.fixture
def busybox(
    busybox_node: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Site:
    site = Site(busybox_node, tmp_path, capsys, monkeypatch)
    site.declare(**FILES)
    return site


@pytest.fixture
def openrc(
    openrc_node: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Site:
    site = Site(openrc_node, tmp_path, capsys, monkeypatch)
    site.declare(**SERVICE)
    return site


@pytest.mark.xdist_group("busybox_node")
def test_busybox(busybox: Site) -> None:
    machine = busybox.machine
    # without a service manager the last step fails, and all is as before
    before = machine.run("mkdir /srv; find /etc /srv")
    busybox.declare(**FILES, services={"app": {"started": True}})
    assert busybox.provision().code == 1
    assert machine.run("find /etc /srv") == before
    busybox.declare(**FILES)
    busybox.becomes_ready(*PATHS)
    shown = "stat -c '%n %a %U:%G' /srv/app /etc/app.conf; cat /etc/app.conf"
    ready = machine.run(shown)
    assert ready.startswith("/srv/app 750 root:root\n/etc/app.conf 640 root:root\n# written by podwright ")
    machine.run("chmod 777 /srv/app; echo level = 2 >/etc/app.conf; chown 7:7 /etc/app.conf")
    assert applied(busybox.provisioned()) == ["/srv/app", "/etc/app.conf"]
    assert machine.run(shown) == ready


@pytest.mark.xdist_group("openrc_node")
def test_openrc_from_bare_to_ready(openrc: Site) -> None:
    openrc.becomes_ready(*PATHS[1:], "/etc/init.d/app", "/etc/runlevels", "/run/app.pid")
    state = openrc.machine.run(STATE)
    assert "status: started" in state
    assert "\napp\n" in state


@pytest.mark.xdist_group("openrc_node")
@pytest.mark.parametrize(
    "damage",
    ["rc-service app stop", "rc-update del app default", "rm /etc/app.conf"],
    ids=["stopped", "disabled", "file"],
)
def test_openrc_damage_is_mended(openrc: Site, damage: str) -> None:
    openrc.provisioned()
    openrc.machine.run(f"{damage} >/dev/null 2>&1")
    assert applied(openrc.provisioned())[-1] == "service app"
    state = openrc.machine.run(STATE)
    assert "status: started" in state
    assert "\napp\n" in state


@pytest.mark.xdist_group("openrc_node")
def test_openrc_takes_back_what_was_done_before_a_service_failed(openrc: Site) -> None:
    machine = openrc.machine
    openrc.provisioned()
    shown = "cat /etc/app.conf; ls /etc/init.d /etc/runlevels/default; rc-service app status 2>&1"
    before = machine.run(shown)
    broken = {
        "/etc/init.d/broken": {"content": "#!/sbin/openrc-run\nstart() { return 1; }\n", "mode": "0755"}
    }
    changed = {"/etc/app.conf": {"content": "level = 2\n", "mode": "0640"}}
    services = {**SERVICE["services"], "broken": {"enabled": True, "started": True}}
    openrc.declare(files={**SERVICE["files"], **changed, **broken}, services=services)
    assert openrc.provision().code == 1
    assert machine.run(shown) == before
