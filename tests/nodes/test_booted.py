"""Provisioning a machine with a real systemd: a booted container."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.nodes.containers import reboot
from tests.nodes.machine import Machine, Site, applied, until
from tests.nodes.stand_in_kubelet import FOLDER, MAIN, StandIn

from podwright.remote.node import kubelet_health, provision

pytestmark = [pytest.mark.xdist_group("booted_node"), pytest.mark.timeout(600)]
UNIT = "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n"
DROP_IN = "/etc/systemd/system/app.service.d/90-podwright.conf"
DECLARED = {
    "directories": {"/srv/app": {"mode": "0750"}},
    "files": {
        "/etc/systemd/system/app.service": {"content": UNIT},
        "/etc/app.conf": {"content": "level = 1\n", "mode": "0640", "group": "adm"},
    },
    "services": {
        "app": {
            "enabled": True,
            "started": True,
            "restart_for": ["/etc/app.conf"],
            "drop_in": "[Service]\nEnvironment=LEVEL=1\n",
        }
    },
}
PATHS = ("/srv/app", "/etc/systemd/system/app.service", "/etc/app.conf", DROP_IN, "/var/lib/podwright")
TURNED_ON = "/etc/systemd/system/kubelet.service.d/90-podwright-config-dir.conf"
OURS, PID = f"/{FOLDER}/90-podwright.conf", "systemctl show --value -p MainPID kubelet"
STATE = "systemctl is-enabled app; systemctl is-active app; systemctl show -p Environment app"
READY = "enabled\nactive\nEnvironment=LEVEL=1\n"


@pytest.fixture
def site(
    booted_node: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    site = Site(booted_node, tmp_path, capsys, monkeypatch)
    site.declare(**DECLARED)
    return site


@pytest.fixture
def ready(site: Site) -> Site:
    site.provisioned()
    return site


def test_from_bare_to_ready_and_then_nothing(site: Site) -> None:
    site.becomes_ready(*PATHS)
    assert site.machine.run(STATE) == READY
    assert site.machine.run("stat -c '%a %U:%G' /srv/app /etc/app.conf") == "750 root:root\n640 root:adm\n"


@pytest.mark.parametrize(
    ("damage", "mended"),
    [
        ("chmod 777 /srv/app", ["/srv/app"]),
        ("chmod 666 /etc/app.conf", ["/etc/app.conf"]),
        ("chown daemon:daemon /etc/app.conf", ["/etc/app.conf"]),
        ("echo level = 9 >>/etc/app.conf", ["/etc/app.conf", "service app"]),
        ("rm /etc/app.conf", ["/etc/app.conf", "service app"]),
        (f"rm -r {DROP_IN}", [DROP_IN, "service app"]),
        ("systemctl stop app", ["service app"]),
        ("systemctl disable app", ["service app"]),
    ],
    ids=["folder-mode", "mode", "owner", "content", "removed", "drop-in", "stopped", "disabled"],
)
def test_damage_is_mended(ready: Site, damage: str, mended: list[str]) -> None:
    machine = ready.machine
    ours = "stat -c '%n %a %U:%G' /srv/app /etc/app.conf; cat /etc/app.conf " + DROP_IN
    before = machine.run(f"{STATE}; {ours}")
    machine.run(f"{damage} 2>/dev/null")
    assert applied(ready.provisioned()) == mended
    assert machine.run(f"{STATE}; {ours}") == before


def test_settings_survive_a_reboot(ready: Site) -> None:
    reboot(ready.machine)
    assert ready.machine.run(STATE) == READY
    ready.is_ready(*PATHS)


def test_a_failed_step_takes_all_back(ready: Site) -> None:
    machine = ready.machine
    shown = f"{STATE}; find /srv /etc | sort; cat /etc/app.conf {DROP_IN}; ls /etc/systemd/system/*"
    before = machine.run(shown)
    app = {"app": {"enabled": False, "started": True, "drop_in": "[Service]\nEnvironment=LEVEL=2\n"}}
    ready.declare(
        directories={"/srv/app": {"mode": "0700"}, "/srv/more": {}},
        files={
            "/etc/app.conf": {"content": "level = 2\n"},
            "/etc/systemd/system/broken.service": {
                "content": "[Service]\nType=oneshot\nExecStart=/bin/false\n[Install]\nWantedBy=multi-user.target\n"
            },
        },
        services={**app, "broken": {"enabled": True, "started": True}},
    )
    answer = ready.provision()
    assert (answer.code, answer.node["status"]) == (1, "failed")
    assert len(applied(answer, "restored")) == 7, answer.out
    assert machine.run(shown) == before


def test_a_plan_says_all_that_its_changes_would_fail_on(site: Site) -> None:
    machine, mask = site.machine, "/etc/systemd/system/masked.service"
    machine.run(f"mkdir -p /srv/full; touch /srv/full/a; ln -sf /dev/null {mask}; systemctl daemon-reload")
    before = machine.run("find /etc /srv /home | sort; cat /etc/passwd")
    site.declare(
        users={"other": {"groups": ["no-such-group"]}},
        directories={"/srv/full": "absent", "/etc/passwd/below": {}, "/proc/sys/below/a": {}},
        files={
            "/etc/theirs": {"content": "x", "owner": "no-such-user", "group": "adm"},
            "/srv/labelled": {"content": "x", "label": "system_u:object_r:etc_t:s0"},
            "/etc/ssh/sshd_config.d/bad.conf": {"content": "HostKey /no/such/key\nPortt 22\n"},
            "/etc/systemd/system/app.service": {"content": UNIT},
            "/etc/systemd/system/empty.service": {"content": "[Unit]\nDescription=x\n"},
            "/etc/systemd/system/lost.service": {"content": "[Service]\nExecStart=/no/such/program\n"},
        },
        modules=["no_such_module"],
        sysctls={"net.ipv4.no_such": 1, "kernel.osrelease": 1, "vm.overcommit_ratio": "much"},
        services={
            **{name: {"enabled": True} for name in ("no-such", "masked", "systemd-journald")},
            **{name: {"started": True} for name in ("empty", "lost")},
            "app": {"started": True, "drop_in": "[Service]\nExecStart=\n"},
        },
    )
    for answer in (site.provision("--dry-run"), site.provision()):
        assert (answer.code, answer.node["status"]) == (1, "conflict")
        told = [change["file"] for change in answer.node["changes"] if change["action"] == "conflict"]
        assert told == [
            *(
                "user other",
                "/etc/passwd/below",
                "/proc/sys/below/a",
                "/etc/theirs",
                "/srv/labelled",
                "/etc/ssh/sshd_config.d/bad.conf",
                "/srv/full",
            ),
            *("module no_such_module", "sysctl net.ipv4.no_such", "sysctl kernel.osrelease"),
            "sysctl vm.overcommit_ratio",
            *("service no-such", "service masked", "service systemd-journald"),
            *("service empty", "service lost", "service app"),
        ]
        # the kernel's parameters are read-only in a container, so of the last one two things are wrong
        assert len(answer.node["problems"]) == len(told) + 1
        assert all(problem["hint"] for problem in answer.node["problems"])
    assert machine.run("find /etc /srv /home | sort; cat /etc/passwd") == before
    machine.run(f"rm -r {mask} /srv/full; systemctl daemon-reload")


def test_what_the_same_run_brings_is_not_lacking(site: Site) -> None:
    unit = {"/etc/systemd/system/mine.service": {"content": UNIT}}
    site.declare(
        users={"new": {}},
        directories={"/srv/old/below": {}},
        files={
            **unit,
            "/srv/old/a": {"content": "x"},
            "/etc/own": {"content": "x", "owner": "new", "group": "new"},
        },
        services={"mine": {"enabled": True}},
    )
    assert site.provision("--dry-run").node["status"] == "pending"
    site.provisioned()
    assert site.machine.run("stat -c %U:%G /etc/own; systemctl is-enabled mine") == "new:new\nenabled\n"
    site.declare(
        users={"new": "absent"},
        directories={"/srv/old": "absent", "/srv/old/below": "absent"},
        files={"/srv/old/a": "absent", "/etc/own": "absent"},
        services={"mine": {"enabled": False}},
    )
    assert site.provision("--dry-run").node["status"] == "pending"
    site.provisioned()
    assert "old" not in site.machine.run("ls /srv")


@pytest.fixture
def kubelet(site: Site) -> Iterator[StandIn]:
    """One that runs with the recorded configuration `minimal`."""
    assert site.machine.root
    kubelet = StandIn(site.machine.root)
    site.machine.run("systemctl daemon-reload; systemctl start kubelet")
    yield kubelet
    site.machine.run(f"systemctl stop kubelet; rm -f /{FOLDER}/*")


def test_a_kubelet_reads_what_is_set_and_then_nothing_is_done(site: Site, kubelet: StandIn) -> None:
    machine = site.machine
    site.declare(kubelet={"settings": kubelet.settings("max-pods"), "soak": 1})
    old = machine.run(PID)
    assert applied(site.provisioned()) == [OURS, "kubelet"]
    new = machine.run(PID)
    assert new not in (old, "0\n")
    again = site.provisioned()
    assert (again.node["status"], again.programs, machine.run(PID)) == ("unchanged", 1, new)


def test_what_its_own_program_refuses_is_told_with_the_plan(site: Site, kubelet: StandIn) -> None:
    site.declare(kubelet={"settings": {"maxPods": 61}})
    for answer in (site.provision("--dry-run"), site.provision()):
        assert (answer.code, answer.node["status"]) == (1, "conflict")
        [problem] = answer.node["problems"]
        assert problem["message"].endswith("nobody recorded what a kubelet does with this")
    assert site.machine.run(f"ls /{FOLDER}; ls /run | grep trial; true") == ""


def test_a_kubelet_that_does_not_come_back_is_put_back_and_proven(
    site: Site, kubelet: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provision, "KUBELET_SECONDS", 10)
    machine = site.machine
    site.declare(kubelet={"settings": kubelet.settings("tls-cert-missing"), "soak": 1})
    old = machine.run(PID)
    answer = site.provision()
    assert (answer.code, answer.node["status"]) == (1, "failed")
    assert applied(answer, "restored") == [OURS, "kubelet"]
    assert machine.run(f"ls /{FOLDER}; systemctl is-active kubelet") == "active\n"
    assert machine.run(PID) not in (old, "0\n")


def test_a_kubelet_that_hangs_fails_its_check(
    site: Site, kubelet: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def healthy() -> tuple[str, str]:
        [found] = [
            one
            for one in site.podwright("node", "check", "-o", "json").node["checks"]
            if one["check"] == "kubelet-healthy"
        ]
        return found["result"], found["seen"]

    monkeypatch.setattr(kubelet_health, "HEALTH_SECONDS", 1)
    until(lambda: healthy() == ("pass", "200 ok"))
    answers = "$(pgrep -P $(systemctl show --value -p MainPID kubelet))"
    site.machine.run(f"kill -STOP {answers}")
    try:
        assert healthy() == ("fail", "no answer within 1 s")
    finally:
        site.machine.run(f"kill -CONT {answers}")


def test_a_kubelet_that_reads_no_drop_ins_comes_to_read_ours(site: Site, kubelet: StandIn) -> None:
    machine = site.machine
    kubelet.reads_no_drop_ins()
    machine.run("systemctl daemon-reload; systemctl restart kubelet")
    site.declare(kubelet={"settings": kubelet.settings("max-pods"), "soak": 0})
    assert applied(site.provisioned()) == [OURS, TURNED_ON, "kubelet"]
    arguments = machine.run("tr '\\0' ' ' </proc/$(systemctl show --value -p MainPID kubelet)/cmdline")
    assert f"--config=/{MAIN} --config-dir=/{FOLDER} " in arguments
    site.is_ready(OURS, TURNED_ON)
    machine.run(f"rm -r {TURNED_ON}")


def test_a_kubelet_that_reads_one_file_gets_its_settings_there_and_the_file_comes_back(
    site: Site, kubelet: StandIn
) -> None:
    machine = site.machine
    kubelet.reads_one_file()
    machine.run("systemctl daemon-reload; systemctl restart kubelet")
    site.declare(kubelet={"settings": kubelet.settings("max-pods"), "soak": 0})
    assert site.provision().node["status"] == "conflict"
    done = site.provisioned("--adopt")
    assert applied(done) == [f"/{MAIN}", "kubelet"]
    assert "is not turned on for it: no `KUBELET_CONFIG_ARGS` of a systemd unit" in done.err
    site.is_ready(f"/{MAIN}")
    site.podwright("node", "release", f"/{MAIN}", "-y")
    assert (machine.root / MAIN).read_bytes() == kubelet.main
