"""Changes a node of a guarded group only while the group can do without it, and only if nobody else changes the group."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from operator import itemgetter

from msgspec import Struct
from msgspec.structs import replace

from podwright.errors import HostError
from podwright.inventory.guards import Guard, GuardKind
from podwright.inventory.node import Node
from podwright.manifests.workload import SUFFIX
from podwright.operations.guarded_members import Watched, group_now
from podwright.operations.interruption import InterruptedRunError
from podwright.operations.kept_lock import LockedError, kept_lock
from podwright.operations.observation import observed
from podwright.operations.prepare import Prepared
from podwright.operations.report import Convergence, NodeResult, Outcome, Status, problems_on
from podwright.operations.world import Settings, World
from podwright.plan.observed import Observation
from podwright.plan.quorum import Health, address_trouble, decide, in_order, reordered
from podwright.plan.reasons import Guarded, Reason, because
from podwright.plan.words import message, problem
from podwright.problem import Problem
from podwright.remote.host import Host
from podwright.remote.node.apply import WriteOrder
from podwright.remote.node.observe import Part
from podwright.remote.node.records import new_nonce

#: of the group, beside the lock of the node that is changed: so two runs do not go on with a node each
LEASE = "lease"
#: how long all nodes may take to be observed, until the lock is extended by what is done under it
CHECK_SECONDS = 180
#: for a member to catch up, or for an address to be taken over, once the pods are proven
BACK_SECONDS, ASK_SECONDS = 60.0, 0.5


def guards_of(prepared: Prepared, settings: Settings) -> tuple[Watched, ...]:
    """What guards the pods that may end with the changes of a node; each guard once."""
    found: dict[Guard, Watched] = {}
    for pod in prepared.disturbed:
        guard = prepared.desired.node.guard_of(pod)
        if guard and guard not in found:
            nodes = tuple(_group(guard, pod, prepared.desired.node, settings))
            found[guard] = Watched(guard, f"{pod}{SUFFIX}", nodes)
    return tuple(found.values())


def _group(guard: Guard, pod: str, node: Node, settings: Settings) -> Iterator[Node]:
    """The node itself, and all of the inventory that are in the guard's group, or have the same guard if it names none."""
    for one in settings.site_nodes or (node,):
        belongs = guard.group in (*one.groups, "all") if guard.group else one.guard_of(pod) == guard
        if belongs or one.name == node.name:
            yield one


def in_guarded_order(plans: Iterable[Prepared], world: World, settings: Settings) -> list[Prepared]:
    """In this order, except that in each guarded group what is down comes first and the leader last."""
    of_node = {plan.plan.node: plan for plan in plans}
    groups = dict.fromkeys(watched for plan in of_node.values() for watched in guards_of(plan, settings))
    orders = (in_order(group_now(watched, world, settings)) for watched in groups)
    return [of_node[name] for name in reordered(tuple(of_node), orders)]


def under_guard(
    prepared: Prepared,
    host: Host,
    world: World,
    settings: Settings,
    change: Callable[[Settings], Outcome],
    *,
    seconds: int = 0,
) -> Outcome:
    """Refuse, or `change` under the group's lease and the node's lock, and see that the group is whole again.

    `seconds` is how long it may take, if its expectations do not tell.
    """
    return _Change(prepared, host, world, settings, guards_of(prepared, settings), seconds).made(change)


class _Change(Struct, frozen=True):
    prepared: Prepared
    host: Host
    world: World
    settings: Settings
    watched: tuple[Watched, ...]
    seconds: int

    @property
    def node(self) -> str:
        return self.prepared.plan.node

    def made(self, change: Callable[[Settings], Outcome]) -> Outcome:
        reasons, _ = self._against(self.settings)
        if reasons:
            return self._refused(problem(reason, self.node) for reason in reasons)
        ours = replace(self.settings, lock_id=new_nonce())
        with ExitStack() as held:
            try:
                self._lease(held)
                order = self._order(ours, CHECK_SECONDS)
                held.enter_context(kept_lock(self.host, order, self.world.interruption))
            except HostError as error:
                return self._refused(problems_on(self.node, error))
            reasons, accepted = self._against(ours)
            if reasons:
                return self._refused(problem(reason, self.node) for reason in reasons)
            outcome = change(ours)
            outcome = outcome if outcome.failed else self._whole_again(outcome, ours)
        told = (f"{message(reason)}: accepted" for reason in accepted)
        return replace(outcome, warnings=(*outcome.warnings, *told))

    def _against(self, settings: Settings) -> tuple[tuple[Reason[Guarded], ...], tuple[Reason[Guarded], ...]]:
        """What speaks against the change now; then what would, if it had not been accepted."""
        found = [decide(group_now(watched, self.world, settings), self.node) for watched in self.watched]
        reasons = dict.fromkeys(reason for verdict in found for reason in verdict.reasons)
        if not settings.accept_quorum_loss:
            return tuple(reasons), ()
        left = dict.fromkeys(reason for verdict in found for reason in verdict.accepting().reasons)
        return tuple(left), tuple(reason for reason in reasons if reason not in left)

    def _lease(self, held: ExitStack) -> None:
        """On the first node of each group that can be reached, whoever asks; raises HostError and its kinds."""
        groups = () if self.settings.all_together else self.watched
        first = dict(filter(None, (self._first(watched, held) for watched in groups)))
        for _, (host, seen) in sorted(first.items(), key=itemgetter(0)):
            # if it expires early, the lock of the node is still seen by whoever takes it
            order = self._order(self.settings, CHECK_SECONDS + int(self._deadline))
            order = replace(order, observation=seen, lock_name=LEASE, lock_id=new_nonce())
            try:
                held.enter_context(kept_lock(host, order, self.world.interruption))
            except LockedError as error:
                found = problem(because(Guarded.LEASED, owner=error.owner, id=error.id), self.node)
                raise HostError(found.message, found.hint) from error

    def _first(self, watched: Watched, held: ExitStack) -> tuple[str, tuple[Host, Observation]] | None:
        for node in sorted(watched.nodes, key=lambda node: node.name):
            # all can be reached, unless that was accepted
            with suppress(HostError):
                host = held.enter_context(self.world.connect(node))
                return node.name, (host, observed(node, host, parts=(Part.FACTS, Part.FILES)))
        return None

    @property
    def _deadline(self) -> float:
        stages = self.prepared.plan.stages
        stages_last = (max((one.deadline for one in stage.expectations), default=0.0) for stage in stages)
        return self.seconds + sum(stages_last)

    def _order(self, settings: Settings, seconds: int) -> WriteOrder:
        return WriteOrder(
            self.prepared.observation,
            lock_owner=str(self.world.run),
            lock_seconds=seconds,
            lock_id=settings.lock_id,
            lock_broken=settings.break_lock,
            lock_wait=int(settings.wait_lock),
        )

    def _refused(self, problems: Iterable[Problem]) -> Outcome:
        if self.world.interruption():
            problems = problems_on(self.node, InterruptedRunError())
        return NodeResult(
            self.node,
            Status.REFUSED,
            Convergence(self.prepared.plan),
            problems=tuple(problems),
            warnings=self.prepared.warnings,
        )

    def _whole_again(self, outcome: Outcome, settings: Settings) -> Outcome:
        """Pods are proven by now; their group may need some seconds more, and the first Ctrl-C does not take them."""
        world = replace(self.world, interruption=self.world.interruption.of_what_was_begun())
        end = world.clock() + BACK_SECONDS
        while (what := self._missing(world, settings)) and world.clock() < end and not world.interruption():
            time.sleep(ASK_SECONDS)
        if not what:
            return outcome
        reason = because(Guarded.NOT_BACK, what=what)
        if settings.accept_quorum_loss:
            return replace(outcome, warnings=(*outcome.warnings, message(reason)))
        return replace(
            outcome, status=Status.FAILED, problems=(*outcome.problems, problem(reason, self.node))
        )

    def _missing(self, world: World, settings: Settings) -> str:
        """Why a group is not whole yet; "" if each is."""
        for watched in self.watched:
            if watched.guard.kind is GuardKind.AVAILABLE:
                continue
            group = group_now(watched, world, settings)
            if watched.guard.kind is GuardKind.VIP:
                if trouble := address_trouble(group):
                    return message(trouble)
                continue
            mine = next(one for one in group.members if one.node == self.node)
            if mine.health in (Health.UNHEALTHY, Health.UNKNOWN):
                return f"its etcd is not back: {mine.why}"
        return ""
