"""A guarded node is changed under the group's lease and its own lock, and only if the group can do without it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import SETTINGS, FakeNode

from podwright.errors import HostUnreachableError
from podwright.inventory.guards import Guard, GuardKind
from podwright.inventory.node import Connection, Node, NodeSettings, StaticPod
from podwright.inventory.pod_settings import PodSettings
from podwright.manifests.manifest import Manifest
from podwright.operations.desired import Desired
from podwright.operations.guarded import guards_of, in_guarded_order
from podwright.operations.kept_lock import kept_lock
from podwright.operations.observation import observed
from podwright.operations.prepare import prepare
from podwright.operations.push import converge_fleet
from podwright.operations.report import Outcome, Status
from podwright.operations.world import Settings
from podwright.plan.expectations import WaitFor
from podwright.remote.host import Host
from podwright.remote.node.apply import WriteOrder

WEB, NEW = manifest(), manifest(image="example.com/new:2")
GUARD = Guard(GuardKind.AVAILABLE, min_available=1)


def node(name: str = "n1", guard: Guard | None = GUARD, *groups: str) -> Node:
    return Node(name, Connection("127.0.0.1"), settings=NodeSettings(guard=guard), groups=groups)


def push(site: FakeNode, desired: Manifest = NEW, guard: Guard = GUARD, **settings: object) -> Outcome:
    how = replace(SETTINGS, site_nodes=(node(guard=guard),), **settings)
    wanted = Desired(node(guard=guard), (desired,))
    with site.when_written(desired.text(2), lambda: site.runs(desired, uid="u2", generation=2)):
        return converge_fleet("PushReport", (wanted,), site.world, how).nodes[0]


def begun(site: FakeNode) -> None:
    site.place(WEB)
    site.runs(WEB)


def test_the_last_pod_of_a_group_is_not_ended(site: FakeNode) -> None:
    begun(site)
    outcome = push(site)
    assert outcome.status is Status.REFUSED
    assert outcome.problems[0].message == "without it 0 pods of its group would be ready, and 1 must be"
    assert "--accept-quorum-loss" in outcome.problems[0].hint
    assert site.file() == WEB.text(1)


def test_it_is_if_that_is_accepted_and_told(site: FakeNode) -> None:
    begun(site)
    outcome = push(site, accept_quorum_loss=True)
    assert (outcome.status, site.file()) == (Status.CHANGED, NEW.text(2)), outcome.problems
    assert "without it 0 pods of its group would be ready, and 1 must be: accepted" in outcome.warnings
    assert not [*(site.root / ".podwright" / "manifests").glob("l*")], "no lock and no lease is left"


def test_what_is_down_may_be_repaired(site: FakeNode) -> None:
    site.place(WEB)
    assert push(site).status is Status.CHANGED


def test_two_guards_of_one_node_share_its_lease(site: FakeNode) -> None:
    db = manifest("db")
    pods = tuple(
        StaticPod(name, settings=PodSettings(guard=Guard(GuardKind.AVAILABLE, min_available=least)))
        for name, least in (("web", 1), ("db", 2))
    )
    both = Node("n1", Connection("127.0.0.1"), pods)
    how = replace(SETTINGS, site_nodes=(both,), wait_for=WaitFor.FILE)
    outcome = converge_fleet("PushReport", (Desired(both, (WEB, db)),), site.world, how).nodes[0]
    assert outcome.status is Status.CHANGED, outcome.problems


def test_what_does_not_change_asks_nobody(site: FakeNode) -> None:
    begun(site)
    assert push(site, WEB).status is Status.UNCHANGED


def test_another_run_that_changes_the_group_is_not_disturbed(site: FakeNode) -> None:
    site.place(WEB)
    seen = observed(site.node, site.host)
    lease = WriteOrder(seen, lock_owner="bob@desk", lock_seconds=60, lock_id="b", lock_name="lease")
    with kept_lock(site.host, lease, site.world.interruption):
        outcome = push(site)
    assert outcome.status is Status.REFUSED
    assert outcome.problems[0].message == "its group is guarded, and another run changes it: bob@desk"
    assert "`--break-lock b`" in outcome.problems[0].hint
    assert push(site).status is Status.CHANGED


def test_a_group_that_changes_between_the_check_and_the_lock_is_seen(
    site: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pod is down at first, so that it may be changed; once the lock is there, it is the only one that runs."""
    from podwright.operations import guarded

    site.place(WEB)
    taken = guarded.kept_lock

    @contextmanager
    def recovering(host: Host, order: WriteOrder, interruption: object) -> Iterator[None]:
        with taken(host, order, interruption):
            site.runs(WEB)
            yield

    monkeypatch.setattr(guarded, "kept_lock", recovering)
    outcome = push(site)
    assert (outcome.status, site.file()) == (Status.REFUSED, WEB.text(1))
    assert not [*(site.root / ".podwright" / "manifests").glob("l*")]


def test_an_address_that_nobody_holds_is_told_after_the_change(
    site: FakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.operations.guarded.BACK_SECONDS", 0.2)
    lost = Guard(GuardKind.VIP, address="192.0.2.77")
    with site.when_written(NEW.text(1), lambda: site.runs(NEW, uid="u2", generation=1)):
        how = replace(SETTINGS, site_nodes=(node(guard=lost),))
        wanted = Desired(node(guard=lost), (NEW,))
        outcome = converge_fleet("PushReport", (wanted,), site.world, how).nodes[0]
    assert outcome.status is Status.FAILED
    assert outcome.problems[-1].message == "after its change no node holds the address 192.0.2.77"


def test_a_change_that_was_begun_before_an_interruption_is_checked_all_the_same(site: FakeNode) -> None:
    begun(site)
    etcd = Guard(GuardKind.ETCD)
    how = replace(SETTINGS, site_nodes=(node(guard=etcd),))
    wanted = Desired(node(guard=etcd), (NEW,))

    def interrupted() -> None:
        site.world.interruption.ask()
        site.runs(NEW, uid="u2", generation=2)

    with site.when_written(NEW.text(2), interrupted):
        outcome = converge_fleet("PushReport", (wanted,), site.world, how).nodes[0]
    assert (outcome.status, outcome.problems) == (Status.CHANGED, ())


def test_a_peer_that_cannot_be_reached_is_unknown_and_the_node_is_refused(site: FakeNode) -> None:
    begun(site)
    peer = node("n2")

    @contextmanager
    def connect(one: Node) -> Iterator[Host]:
        if one.name == "n2":
            raise HostUnreachableError("n2: cannot connect to 10.0.0.8:22: timed out")
        yield site.host

    site.world = replace(site.world, connect=connect)
    how = replace(SETTINGS, site_nodes=(node(), peer))
    outcome = converge_fleet("PushReport", (Desired(node(), (NEW,)),), site.world, how).nodes[0]
    assert outcome.status is Status.REFUSED
    why = "its group is guarded, and how n2 is cannot be told: cannot connect to 10.0.0.8:22: timed out"
    assert outcome.problems[0].message == why


def test_a_group_is_all_of_the_inventory_with_the_same_guard_or_in_the_group_that_is_named(
    site: FakeNode,
) -> None:
    begun(site)
    named = Guard(GuardKind.AVAILABLE, "lb", 1)
    others = (node("n2"), node("n3", None, "lb"), node("n4", named, "web"))
    prepared = prepare(Desired(node(), (NEW,)), site.host, site.world, SETTINGS)
    [found] = guards_of(prepared, Settings(site_nodes=(node(), *others)))
    assert [one.name for one in found.nodes] == ["n1", "n2"]
    prepared = prepare(Desired(node(guard=named), (NEW,)), site.host, site.world, SETTINGS)
    [found] = guards_of(prepared, Settings(site_nodes=(node(guard=named), *others)))
    assert [one.name for one in found.nodes] == ["n1", "n3"]


def test_what_is_down_comes_before_its_peers_and_others_keep_their_places(site: FakeNode) -> None:
    """n2 cannot be reached any more, n9 has no guard."""
    begun(site)

    @contextmanager
    def connect(one: Node) -> Iterator[Host]:
        if one.name == "n2":
            raise HostUnreachableError("n2: cannot connect to 10.0.0.8:22: timed out")
        yield site.host

    world = replace(site.world, connect=connect)
    nodes = (node("n1"), node("n9", None), node("n2"))
    plans = [prepare(Desired(one, (NEW,)), site.host, site.world, SETTINGS) for one in nodes]
    plans = [
        replace(plan, plan=replace(plan.plan, node=one.name)) for plan, one in zip(plans, nodes, strict=True)
    ]
    ordered = in_guarded_order(plans, world, Settings(site_nodes=nodes))
    assert [plan.plan.node for plan in ordered] == ["n2", "n9", "n1"]
