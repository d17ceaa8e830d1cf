"""Which addresses a node reaches, by what it answers; what it does not try is unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from podwright.errors import ForwardingRefusedError, HostError, HostUnreachableError, PortClosedError
from podwright.operations.reachability import dial_all
from podwright.plan.node_checks.check import Dialled
from podwright.plan.unknown_fact import Unknown


class Stream:
    def close(self) -> None:
        """Nothing to close."""


@dataclass
class Node:
    """Each port has what it answers with; to none takes no time but that of `slow`."""

    answers: dict[int, Callable[[str], HostError]] = field(default_factory=dict)
    slow: int = 0
    alive: bool = True
    now: float = 0.0

    def clock(self) -> float:
        return self.now

    def dial(self, host: str, port: int, *, timeout: float) -> Stream:
        if port == self.slow:
            self.now += 5 * timeout
        if port in self.answers:
            raise self.answers[port](f"n1: cannot connect to {host}:{port} from the node: connection refused")
        return Stream()


def dialled(node: Node, *ports: int) -> list[Dialled]:
    return list(dial_all(node, [("10.0.0.2", port) for port in ports], node.clock))


def test_a_port_is_reached_closed_or_does_not_answer() -> None:
    node = Node({2: PortClosedError, 3: HostUnreachableError})
    assert dialled(node, 1, 2, 3) == [
        Dialled("10.0.0.2:1", reached=True),
        Dialled("10.0.0.2:2", reached=False, why="it takes no connections"),
        Dialled("10.0.0.2:3", reached=False, why="no answer within 2 s"),
    ]


def test_a_node_that_does_not_forward_or_is_lost_tells_nothing() -> None:
    [refused] = dialled(Node({1: ForwardingRefusedError}), 1)
    [lost] = dialled(Node({1: HostUnreachableError}, alive=False), 1)
    assert isinstance(refused.reached, Unknown)
    assert isinstance(lost.reached, Unknown)


def test_a_node_is_not_waited_for_without_end() -> None:
    [first, second] = dialled(Node(slow=1), 1, 2)
    assert first.reached is True
    assert second.reached == Unknown("not tried, since others took too long")


def test_an_address_of_version_6_stands_in_brackets() -> None:
    [found] = dial_all(Node(), [("fd00::2", 6443)], lambda: 0.0)
    assert found.address == "[fd00::2]:6443"
