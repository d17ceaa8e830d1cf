"""How each node of a guarded group is, by its witnesses and by what its etcd reports."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.etcd_pages import EtcdPages, serving
from tests.fakes.local_host import LocalHost
from tests.fakes.nouns import manifest, observation, written
from tests.fakes.shell_host import ShellHost
from tests.unit.operations.conftest import SETTINGS, FakeNode

from podwright.errors import HostUnreachableError
from podwright.inventory.guards import Guard, GuardKind
from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.operations.guarded_members import Watched, _in_flight, _silent, group_now
from podwright.operations.world import World
from podwright.plan.pending import Pending, SwitchState
from podwright.plan.quorum import Group, Health, Member
from podwright.plan.reasons import Guarded
from podwright.remote.host import PortStream
from podwright.remote.kube.cluster import NodeStatus

WEB = manifest()
AVAILABLE = Guard(GuardKind.AVAILABLE, min_available=1)


@dataclass(frozen=True)
class Dialling(ShellHost):
    """Its ports are this machine's, unless sshd forbids to forward to them."""

    forbids: bool = False

    def dial(self, host: str, port: int, *, timeout: float) -> PortStream:
        if self.forbids:
            raise HostUnreachableError("n1: cannot connect to it from the node: administratively prohibited")
        return LocalHost(self.bin).dial(host, port, timeout=timeout)


def dialling(site: FakeNode, *, forbids: bool = False) -> World:
    host = Dialling(site.host.shell, site.host.bin, forbids=forbids)

    @contextmanager
    def connect(_: Node) -> Iterator[Dialling]:
        yield host

    return replace(site.world, connect=connect)


def group(site: FakeNode, guard: Guard = AVAILABLE, world: World | None = None, **settings: object) -> Group:
    watched = Watched(guard, "web.yaml", (site.node,))
    return group_now(watched, world or site.world, replace(SETTINGS, **settings))


def member(
    site: FakeNode, guard: Guard = AVAILABLE, world: World | None = None, **settings: object
) -> Member:
    return group(site, guard, world, **settings).members[0]


def test_a_pod_is_well_if_every_witness_agrees(site: FakeNode) -> None:
    assert member(site).health is Health.ABSENT
    site.place(WEB)
    assert member(site) == Member("n1", Health.UNHEALTHY, "the pod of `web.yaml` does not run")
    site.runs(WEB)
    assert member(site).health is Health.HEALTHY
    site.runs(WEB, ready=False)
    assert member(site) == Member("n1", Health.UNHEALTHY, "the pod of `web.yaml` is not ready")
    site.mirrors.silent = "refused"
    assert member(site).health is Health.HEALTHY, "the API is down: what the node shows is enough"


def test_what_cannot_be_told_is_unknown(site: FakeNode) -> None:
    site.place(WEB)
    (site.host.bin / "crictl").unlink()
    found = member(site)
    assert (found.health, "crictl" in found.why) == (Health.UNKNOWN, True)

    @contextmanager
    def connect(_: Node) -> Iterator[ShellHost]:
        raise HostUnreachableError("n1: cannot connect to 10.0.0.7:22: timed out")
        yield

    lost = member(site, world=replace(site.world, connect=connect))
    assert lost == Member("n1", Health.UNKNOWN, "cannot connect to 10.0.0.7:22: timed out")


def lock(site: FakeNode, name: str, owner: str, *, left: int = 60) -> None:
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    path = site.root / ".podwright" / "manifests" / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{name} {int(uptime) + left} - {uptime} {owner}\n")


def test_a_lock_of_another_run_and_a_cordon_are_changes_under_way(site: FakeNode) -> None:
    lock(site, "theirs", "bob@desk")
    found = member(site).in_flight
    assert found
    assert found.kind is Guarded.LOCKED
    assert member(site, lock_id="theirs").in_flight is None
    lock(site, "theirs", "bob@desk", left=-60)
    assert member(site).in_flight is None, "it has expired"
    site.mirrors.shown_node = NodeStatus("n1", cordoned=True)
    found = member(site).in_flight
    assert found
    assert found.kind is Guarded.CORDONED


def test_a_node_that_may_go_back_by_itself_or_is_about_to_shut_down_is_a_change_under_way(
    site: FakeNode,
) -> None:
    file = written(WEB)
    switch = Pending("r0", file.name, SwitchState.ARMED, sha256s=(file.sha256,))
    found = _in_flight(observation(file, pending=(switch,)), site.world, SETTINGS)
    assert found
    assert found.kind is Guarded.ARMED
    over = observation(file, pending=(replace(switch, state=SwitchState.FIRED),))
    assert _in_flight(over, site.world, SETTINGS) is None
    found = _in_flight(observation(file, shutting_down=True), site.world, SETTINGS)
    assert found
    assert found.kind is Guarded.SHUTTING_DOWN


def test_a_run_that_begins_a_group_is_not_in_its_own_way(site: FakeNode) -> None:
    lock(site, "other", str(site.world.run))
    assert member(site).in_flight
    assert not member(site, all_at_once=True, accept_quorum_loss=True).in_flight


def etcd(*flags: str) -> Manifest:
    command = json.dumps(["etcd", *flags])
    return Manifest.parse(
        WEB.workload,
        f"""\
apiVersion: v1
kind: Pod
metadata: {{name: web}}
spec:
  hostNetwork: true
  containers:
  - name: main
    image: example.com/etcd:3.5
    command: {command}
""",
    )


ETCD = Guard(GuardKind.ETCD)


def member_of(site: FakeNode, pages: EtcdPages, **how: bool) -> Member:
    desired = etcd(f"--listen-metrics-urls=http://127.0.0.1:{pages.port}")
    site.place(desired)
    site.runs(desired)
    return member(site, ETCD, dialling(site, **how))


def test_an_etcd_is_what_it_says_of_itself(site: FakeNode) -> None:
    with serving(EtcdPages(leader=True)) as pages:
        assert member_of(site, pages) == Member("n1", Health.HEALTHY, "", "a1", ("b2", "c3"), first=True)
        pages.has_leader = False
        assert member_of(site, pages).why == "it has no leader"
        pages.has_leader, pages.learner = True, True
        assert member_of(site, pages).learner
        pages.status, pages.health = 503, '{"health":"false","reason":"ALARM NOSPACE"}'
        found = member_of(site, pages)
        assert (found.health, found.alarm) == (Health.UNHEALTHY, "ALARM NOSPACE")
    assert member_of(site, pages) == Member(
        "n1", Health.UNHEALTHY, f"nothing listens at 127.0.0.1:{pages.port}"
    )


@pytest.mark.parametrize("garbage", ["ok", "etcd_server_has_leader 1\n" * 9, "\x1b[2J"])
def test_an_etcd_that_answers_with_garbage_is_unknown(site: FakeNode, garbage: str) -> None:
    with serving(EtcdPages(garbage=garbage)) as pages:
        assert member_of(site, pages).health is Health.UNKNOWN


def test_an_etcd_that_cannot_be_asked_is_unknown(site: FakeNode) -> None:
    with serving(EtcdPages()) as pages:
        forbidden = member_of(site, pages, forbids=True)
    assert (forbidden.health, "prohibited" in forbidden.why) == (Health.UNKNOWN, True)
    secured = etcd("--listen-client-urls=https://127.0.0.1:2379")
    site.place(secured)
    site.runs(secured)
    found = member(site, ETCD, dialling(site))
    assert (found.health, "listen-metrics-urls" in found.why) == (Health.UNKNOWN, True)


def test_a_witness_that_contradicts_etcd_counts(site: FakeNode) -> None:
    with serving(EtcdPages()) as pages:
        desired = etcd(f"--listen-metrics-urls=http://127.0.0.1:{pages.port}")
        site.place(desired)
        site.runs(desired, ready=False)
        assert member(site, ETCD, dialling(site)).health is Health.UNHEALTHY
        (site.host.bin / "crictl").unlink()
        assert member(site, ETCD, dialling(site)).health is Health.HEALTHY, "it is its own witness"


def test_of_an_address_it_is_known_who_holds_it_and_whether_it_answers(site: FakeNode) -> None:
    site.place(WEB)
    site.runs(WEB)
    here = Guard(GuardKind.VIP, address="127.0.0.1", port=1)
    found = group(site, here, dialling(site))
    assert (found.members[0].first, found.silent) == (True, ""), "nobody else is there to ask from"
    holder, peer = Member("n1", first=True), Member("n2")
    watched = Watched(here, "web.yaml", (site.node, replace(site.node, name="n2")))
    why = _silent(watched, (holder, peer), dialling(site, forbids=True))
    assert "prohibited" in why
    assert "refused" in _silent(watched, (holder, peer), dialling(site))
    assert _silent(watched, (Member("n1"), peer), dialling(site)) == "", "nobody holds it"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        watched = replace(watched, guard=replace(here, port=listener.getsockname()[1]))
        assert _silent(watched, (holder, peer), dialling(site)) == ""
