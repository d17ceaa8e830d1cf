"""The dead-man switch on a node that runs a real systemd, through a restart of sshd and a reboot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.nouns import manifest
from tests.nodes.containers import reboot
from tests.nodes.machine import Machine, until
from tests.unit.remote.node.test_apply import carry_out
from tests.unit.remote.node.test_history import writing
from tests.unit.remote.node.test_switch import end_time_of, switching

from podwright.operations.observation import with_manifests
from podwright.plan.observed import Observation
from podwright.plan.pending import SwitchState
from podwright.remote.host import Host
from podwright.remote.node.observe import observe
from podwright.remote.node.switch import confirm

pytestmark = [pytest.mark.xdist_group("booted_node"), pytest.mark.timeout(600)]
FOLDER = Path("/etc/kubernetes/manifests")
WEB, NEXT = manifest(), manifest(image="example.com/web:2")
UNIT = "etc/systemd/system/kubelet.service"
#: a kubelet that writes down what it finds when it starts
KUBELET = f"""\
[Service]
ExecStart=/bin/sh -c 'cat {FOLDER}/* >/seen; exec sleep infinity'
[Install]
WantedBy=multi-user.target
"""


@dataclass
class Switched:
    """What `test_apply` calls a node: a host, and an observation of its folder."""

    machine: Machine
    host: Host | None = None

    @property
    def folder(self) -> Path:
        assert self.machine.root
        return self.machine.root / FOLDER.relative_to("/")

    @contextmanager
    def connected(self) -> Iterator[None]:
        with self.machine.connected() as self.host:
            yield
        self.host = None

    def seen(self) -> Observation:
        assert self.host
        return with_manifests(observe("n1", self.host, folder=str(FOLDER)), (), None)

    def units(self) -> str:
        return self.machine.run(
            "systemctl list-units --all --no-legend --plain 'podwright-*'; ls /etc/systemd/system"
        )

    def failed(self) -> str:
        return self.machine.run("systemctl --failed --no-legend --plain | grep podwright || :")

    def web(self) -> str:
        return (self.folder / "web.yaml").read_text()


@pytest.fixture
def node(booted_node: Machine) -> Iterator[Switched]:
    node = Switched(booted_node)
    assert booted_node.root
    unit = booted_node.root / UNIT
    unit.write_text(KUBELET)
    booted_node.run(
        f"rm -rf /etc/kubernetes; mkdir -p {FOLDER}; systemctl daemon-reload; systemctl -q enable kubelet"
    )
    yield node
    booted_node.run(
        f"systemctl -q disable --now kubelet; rm -rf /{UNIT} /etc/kubernetes; systemctl daemon-reload"
    )


def test_a_service_waits_through_reloads_and_without_sshd_and_leaves_nothing(node: Switched) -> None:
    with node.connected():
        carry_out(node, writing(node, WEB))
        carry_out(node, switching(node, NEXT, seconds=600))
    assert "-waits.service" in node.units()
    node.machine.run("systemctl daemon-reload; systemctl restart node-sshd")
    node.machine.wait_until_it_answers(120)
    assert node.web() == NEXT.text(2)
    end_time_of(node.folder.parent / ".podwright" / "manifests" / "switch" / "r2")
    until(lambda: node.web() == WEB.text(4))
    until(lambda: "podwright" not in node.units())
    assert node.failed() == ""
    with node.connected():
        [fired] = node.seen().pending
        assert fired.state is SwitchState.FIRED
        carry_out(node, switching(node, NEXT, run="r3", seconds=600))
    assert node.units().count("podwright-r3") == 2
    with node.connected():
        assert confirm(node.host, node.seen(), "r3")
    until(lambda: "podwright" not in node.units())
    assert node.web() == NEXT.text(5)


def test_a_restart_goes_back_before_the_kubelet_starts(node: Switched) -> None:
    machine = node.machine
    assert machine.root
    with node.connected():
        carry_out(node, writing(node, WEB))
        carry_out(node, switching(node, NEXT, seconds=600))
    seen = machine.root / "seen"
    seen.unlink(missing_ok=True)
    reboot(machine)
    until(lambda: seen.exists() and seen.read_text() != "")
    assert seen.read_text() == WEB.text(4)
    assert node.web() == WEB.text(4)
    assert "podwright" not in machine.run("ls /etc/systemd/system /etc/systemd/system/*.wants")
    assert node.failed() == ""
    with node.connected():
        [fired] = node.seen().pending
    assert fired.state is SwitchState.FIRED
    assert not (node.folder.parent / ".podwright" / "manifests" / "switch").exists()
