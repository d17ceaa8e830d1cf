"""Open links: their end in turn, their cut in time, and those that are kept for the next node."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field

from podwright.remote.ssh.jump_hosts import Gateways, Link, close_in_turn, shut


@dataclass
class FakeTransport:
    sock: socket.socket | None = None
    active: bool = True

    def is_active(self) -> bool:
        return self.active


@dataclass
class Opened:
    closed: list[str] = field(default_factory=list)

    def link(self, name: str, *, active: bool = True) -> Link:
        return Link(FakeTransport(active=active), [lambda: self.closed.append(name)])


def test_the_last_opened_is_closed_first_and_once() -> None:
    order: list[int] = []
    closers = [lambda: order.append(1), lambda: order.append(2)]
    close_in_turn(closers)
    close_in_turn(closers)
    assert order == [2, 1]


def test_a_link_that_was_given_back_is_taken_again_by_its_own_way_only() -> None:
    opened, gateways = Opened(), Gateways()
    link = opened.link("a")
    gateways.give_back(("hop",), link)
    assert gateways.take(("other",)) is None
    assert gateways.take(("hop",)) is link
    assert gateways.take(("hop",)) is None
    assert opened.closed == []


def test_a_link_that_died_is_closed_and_never_taken() -> None:
    opened, gateways = Opened(), Gateways()
    gateways.give_back(("hop",), opened.link("dead", active=False))
    dying = opened.link("dying")
    gateways.give_back(("hop",), dying)
    dying.transport.active = False
    assert gateways.take(("hop",)) is None
    assert opened.closed == ["dead", "dying"]


def test_the_end_closes_what_is_kept() -> None:
    opened, gateways = Opened(), Gateways()
    for name in ("a", "b"):
        gateways.give_back((name,), opened.link(name))
    gateways.close()
    assert sorted(opened.closed) == ["a", "b"]
    assert gateways.take(("a",)) is None


def test_no_more_than_eight_handshakes_at_one_gateway() -> None:
    gateways, inside, most = Gateways(), [], []
    lock, full = threading.Lock(), threading.Barrier(8, timeout=60)

    def shake() -> None:
        with gateways.handshake(("hop",)):
            with lock:
                inside.append(1)
                most.append(len(inside))
            full.wait()
            with lock:
                inside.pop()

    threads = [threading.Thread(target=shake) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert max(most) == 8


def test_a_link_is_cut_when_its_time_is_over_and_left_alone_before() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = Link(FakeTransport(ours))
        with link.cut_after(60) as was_cut:
            pass
        assert not was_cut.is_set()
        theirs.send(b"x")
        assert ours.recv(1) == b"x"
        with link.cut_after(0.05) as was_cut:
            assert was_cut.wait(60)
        assert theirs.recv(1) == b""


def test_to_break_what_is_broken_already_is_no_failure() -> None:
    ours, theirs = socket.socketpair()
    ours.close()
    theirs.close()
    shut(ours)
    shut(None)
