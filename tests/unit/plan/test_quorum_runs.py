"""Operators change an etcd at the same time while nodes fail: what the guard lets begin never breaks the quorum."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from podwright.inventory.guards import Guard, GuardKind
from podwright.plan.quorum import Answer, Group, Health, Member, decide
from podwright.plan.reasons import Guarded, because

#: 11 s of CPU
pytestmark = pytest.mark.timeout(600)
OPERATORS = ("alice", "bob", "carol")


@dataclass
class Node:
    """One voter: whether it runs, whether it can be asked, whom it has reached since its start, and who locked it."""

    name: str
    runs: bool = True
    askable: bool = True
    met: set[str] = field(default_factory=set)
    lock: str = ""


@dataclass
class Run:
    """Where an operator's run is with one node: as operations/guarded.py goes, step by step."""

    node: str = ""
    step: str = "idle"
    #: what failed by itself since it was last looked at: no check can know of that
    failed_since: set[str] = field(default_factory=set)


class EtcdUnderOperators(RuleBasedStateMachine):
    """The truth is `runs`; operators know what `seen` shows them, and go on only if `decide` allows it."""

    @initialize(size=st.integers(1, 7), outsiders=st.integers(0, 1))
    def begin(self, size: int, outsiders: int) -> None:
        names = [f"n{number}" for number in range(size + outsiders)]
        self.nodes = {name: Node(name, met=set(names) - {name}) for name in names}
        #: the inventory does not know the last one, if there is one
        self.known = names[:size]
        self.lease = ""
        self.runs = {operator: Run() for operator in OPERATORS}

    @property
    def quorum(self) -> int:
        return len(self.nodes) // 2 + 1

    def up(self) -> set[str]:
        return {name for name, node in self.nodes.items() if node.runs}

    def seen(self, operator: str) -> Group:
        serving = len(self.up()) >= self.quorum
        return Group(
            Guard(GuardKind.ETCD),
            tuple(self.member(self.nodes[name], operator, serving) for name in self.known),
        )

    def member(self, node: Node, operator: str, serving: bool) -> Member:
        locked = because(Guarded.LOCKED, node=node.name, owner=node.lock)
        in_flight = locked if node.lock and node.lock != operator else None
        if not node.askable:
            return Member(node.name, Health.UNKNOWN, "not reached", in_flight=in_flight)
        if not node.runs:
            return Member(node.name, Health.UNHEALTHY, "refused", in_flight=in_flight)
        health = Health.HEALTHY if serving else Health.UNHEALTHY
        # a leader sends heartbeats to all, and shows those that failed too
        leads = serving and node.name == min(self.up())
        peers = tuple(set(self.nodes) - {node.name}) if leads else tuple(node.met)
        return Member(node.name, health, id=node.name, peers=peers, in_flight=in_flight)

    @rule(name=st.integers(0, 7), askable=st.booleans())
    def the_way_to_a_node_comes_and_goes(self, name: int, askable: bool) -> None:
        self.one(name).askable = askable

    @rule(name=st.integers(0, 7))
    def a_node_fails(self, name: int) -> None:
        node = self.one(name)
        node.runs = False
        for run in self.runs.values():
            run.failed_since.add(node.name)

    @rule(name=st.integers(0, 7))
    def a_node_comes_back(self, name: int) -> None:
        if not any(run.node == self.one(name).name for run in self.runs.values()):
            self.start(self.one(name))

    def one(self, number: int) -> Node:
        return list(self.nodes.values())[number % len(self.nodes)]

    def start(self, node: Node) -> None:
        """It knows the others from its data, and shows those that it reaches, and that reach it."""
        node.runs, node.met = True, self.up() - {node.name}
        for name in node.met:
            self.nodes[name].met.add(node.name)

    @rule(operator=st.sampled_from(OPERATORS), name=st.integers(0, 7), well=st.booleans())
    def an_operator_goes_on(self, operator: str, name: int, well: bool) -> None:
        run = self.runs[operator]
        match run.step:
            case "idle":
                target = self.known[name % len(self.known)]
                if decide(self.seen(operator), target).answer is Answer.ALLOW:
                    run.node, run.step = target, "wanted"
            case "wanted":
                # another's lease means that this run ends here
                run.step = "idle" if self.lease else "leased"
                self.lease = self.lease or operator
            case "leased":
                node = self.nodes[run.node]
                run.step = "idle" if node.lock else "locked"
                node.lock = node.lock or operator
                if run.step == "idle":
                    self.lease = ""
            case "locked":
                run.failed_since.clear()
                allowed = decide(self.seen(operator), run.node).answer is Answer.ALLOW
                run.step = "allowed" if allowed else "done"
            case "allowed":
                self.change(operator, run)
            case "changing":
                if well:
                    self.start(self.nodes[run.node])
                run.step = "done"
            case "done":
                self.nodes[run.node].lock = self.lease = ""
                self.runs[operator] = Run()

    def change(self, operator: str, run: Run) -> None:
        """What was up when it looked, and what others' changes have not ended since, is enough without this one."""
        left = (self.up() | run.failed_since) - {run.node}
        if self.nodes[run.node].runs:
            assert len(left) >= self.quorum, f"{operator} breaks the quorum by ending {run.node}"
        self.nodes[run.node].runs = False
        run.step = "changing"

    @invariant()
    def one_operator_at_a_time(self) -> None:
        if hasattr(self, "runs"):
            assert sum(run.step in ("allowed", "changing") for run in self.runs.values()) <= 1


EtcdUnderOperators.TestCase.settings = settings(
    max_examples=1000, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestNoQuorumIsBrokenInAThousandRuns = EtcdUnderOperators.TestCase
