"""Observes all nodes of a guarded group at once, and asks each how its part of the group is."""

from __future__ import annotations

from functools import partial

from msgspec import Struct

from podwright.errors import HostError, PodwrightError, PortClosedError
from podwright.inventory.guards import Guard, GuardKind
from podwright.inventory.node import Node
from podwright.manifests.manifest import Manifest
from podwright.manifests.workload import in_both_slots
from podwright.operations.fleet import run_on_all
from podwright.operations.observation import observed
from podwright.operations.world import Settings, World
from podwright.plan.observed import MirrorPod, Observation, ObservedFile, Unavailable
from podwright.plan.quorum import Group, Health, Member
from podwright.plan.reasons import Guarded, Reason, because
from podwright.plan.unconfirmed import waiting
from podwright.remote.host import Host
from podwright.remote.node.etcd import address_of, ask_etcd, runs_etcd
from podwright.remote.node.observe import EVERY_DAY, Part

_PARTS = EVERY_DAY | {Part.LOCK, Part.AVAILABILITY}
#: for the address of a group to answer
_ANSWER_SECONDS = 5.0


class Watched(Struct, frozen=True):
    """A guard, the file that it is of, and the nodes of its group."""

    guard: Guard
    file_name: str
    nodes: tuple[Node, ...]


def group_now(watched: Watched, world: World, settings: Settings) -> Group:
    """What cannot be told of a node is unknown; raises nothing."""
    members = run_on_all(
        watched.nodes,
        partial(_member, watched=watched, world=world, settings=settings),
        _unknown,
        forks=settings.forks,
        interruption=world.interruption,
    )
    if watched.guard.kind is not GuardKind.VIP:
        return Group(watched.guard, members)
    return Group(watched.guard, members, _silent(watched, members, world), world.mirrors.silent_now())


def _unknown(node: Node, error: BaseException) -> Member:
    why = error.message if isinstance(error, PodwrightError) else str(error)
    return Member(node.name, Health.UNKNOWN, why.removeprefix(f"{node.name}: ") or type(error).__name__)


def _member(node: Node, watched: Watched, world: World, settings: Settings) -> Member:
    with world.connect(node) as host:
        seen = observed(node, host, mirrors=world.mirrors, parts=_PARTS)
        in_flight = _in_flight(seen, world, settings)
        if watched.guard.kind is GuardKind.ETCD:
            return _etcd(watched, host, seen, in_flight, world)
    slots = filter(None, map(seen.file, in_both_slots((watched.file_name,))))
    found = [_health(file, seen, world) for file in slots] or [_health(None, seen, world)]
    # the pod of the one slot may go, or come, beside that of the other
    health, why = next((one for one in found if one[0] is Health.HEALTHY), found[0])
    holds = watched.guard.address in (seen.addresses or ())
    if watched.guard.kind is GuardKind.VIP and seen.addresses is None:
        health, why = Health.UNKNOWN, "its addresses cannot be read"
    return Member(node.name, health, why, first=holds, in_flight=in_flight)


def _in_flight(seen: Observation, world: World, settings: Settings) -> Reason[Guarded] | None:
    """Why the node may be about to lose its part of the group, or go on changing; its lock may be our own."""
    lock = seen.lock
    if waiting(seen):
        return because(Guarded.ARMED, node=seen.node)
    ours = lock and (lock.id == settings.lock_id or (settings.all_together and lock.owner == str(world.run)))
    if lock and lock.id and lock.left > 0 and not ours:
        return because(Guarded.LOCKED, node=seen.node, owner=lock.owner)
    if seen.shutting_down:
        return because(Guarded.SHUTTING_DOWN, node=seen.node)
    if world.mirrors.is_cordoned(seen.node_name):
        return because(Guarded.CORDONED, node=seen.node)
    return None


def _health(file: ObservedFile | None, seen: Observation, world: World) -> tuple[Health, str]:
    """By every witness that there is: the runtime, and the API unless it cannot be asked."""
    if not seen.folder_seen:
        return Health.UNKNOWN, "its manifest folder cannot be read"
    if file is None:
        return Health.ABSENT, ""
    if not isinstance(file.manifest, Manifest):
        return Health.UNHEALTHY, f"the kubelet runs nothing of `{file.name}`"
    if seen.pods is None:
        return Health.UNKNOWN, seen.pods_problem
    name = file.manifest.pod.on(seen.node_name)
    ready = seen.ready_pods(name)
    running = {one.name for one in ready[0].containers if one.running} if len(ready) == 1 else frozenset()
    if not set(file.manifest.containers) <= running:
        return Health.UNHEALTHY, f"the pod of `{file.name}` does not run"
    mirror = world.mirrors.see(name)
    if isinstance(mirror, Unavailable):
        return Health.HEALTHY, ""
    if not isinstance(mirror, MirrorPod) or mirror.config_mirror != ready[0].uid or not mirror.ready:
        return Health.UNHEALTHY, f"the pod of `{file.name}` is not ready"
    return Health.HEALTHY, ""


def _etcd(
    watched: Watched, host: Host, seen: Observation, in_flight: Reason[Guarded] | None, world: World
) -> Member:
    """What etcd says of itself counts, unless a witness contradicts it."""
    file = _etcd_file(watched.file_name, seen)
    health, why = _health(file, seen, world)
    if health is Health.UNKNOWN and file and seen.folder_seen:
        health, why = Health.HEALTHY, ""
    if file is None or not isinstance(file.manifest, Manifest):
        return Member(seen.node, health, why, in_flight=in_flight)
    address = address_of(file.manifest.document)
    if address is None:
        why = f"the etcd of `{file.name}` shows its health without TLS nowhere: set its `listen-metrics-urls`"
        return Member(seen.node, Health.UNKNOWN, why, in_flight=in_flight)
    try:
        answer = ask_etcd(host, address)
    except PortClosedError:
        why = f"nothing listens at {address[0]}:{address[1]}"
        return Member(seen.node, Health.UNHEALTHY, why, in_flight=in_flight)
    except HostError as error:
        why = error.message.removeprefix(f"{seen.node}: ")
        return Member(seen.node, Health.UNKNOWN, why, in_flight=in_flight)
    return Member(
        seen.node,
        Health.UNHEALTHY if answer.why else health,
        answer.why or why,
        answer.id,
        answer.peers,
        first=answer.leader,
        learner=answer.learner,
        alarm=answer.alarm,
        in_flight=in_flight,
    )


def _etcd_file(name: str, seen: Observation) -> ObservedFile | None:
    """The file that the guard is of if its pod runs etcd, otherwise the one whose pod does."""
    files = sorted(seen.files, key=lambda file: file.name != name)
    found = (
        file for file in files if isinstance(file.manifest, Manifest) and runs_etcd(file.manifest.document)
    )
    return next(found, None)


def _silent(watched: Watched, members: tuple[Member, ...], world: World) -> str:
    """Why the address does not answer to a node that does not hold it; "" if it does, or if that cannot be asked."""
    guard, others = watched.guard, {one.node for one in members if not one.first}
    why = ""
    if len(others) == len(members):
        return why
    for node in watched.nodes:
        if node.name in others:
            try:
                with world.connect(node) as host:
                    host.dial(guard.address, guard.port, timeout=_ANSWER_SECONDS).close()
            except HostError as error:
                why = error.message
            else:
                return ""
    return why
