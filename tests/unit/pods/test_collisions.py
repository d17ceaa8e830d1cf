"""Two pods of one name, or on one port of the node, cannot run side by side."""

from __future__ import annotations

import pytest

from podwright.pods.collisions import Claim, Collision, collisions
from podwright.pods.host_ports import HostPort
from podwright.pods.pod_ref import PodRef

ANY = "0.0.0.0"


def port(number: int, address: str = ANY, protocol: str = "TCP") -> HostPort:
    return HostPort(protocol, address, number, ())


def claim(file_name: str, *ports: HostPort, pod: str = "") -> Claim:
    return Claim(file_name, PodRef("default", pod or file_name.removesuffix(".yaml")), ports)


@pytest.mark.parametrize(
    ("first", "second", "collide"),
    [
        (port(80), port(80), True),
        (port(80), port(81), False),
        (port(80), port(80, protocol="UDP"), False),
        (port(80, "10.0.0.1"), port(80, "10.0.0.2"), False),
        (port(80, "10.0.0.1"), port(80, "10.0.0.1"), True),
        (port(80, "10.0.0.1"), port(80), True),
        (port(80), port(80, "10.0.0.1"), True),
    ],
)
def test_one_port_is_one_protocol_number_and_address(first, second, collide) -> None:
    found = list(collisions([claim("a.yaml", first), claim("b.yaml", second)]))
    expected = Collision("b.yaml", "a.yaml", PodRef("default", "b"), second)
    assert found == ([expected] if collide else [])


def test_two_files_of_one_pod_collide_by_name_and_not_by_their_ports() -> None:
    found = list(collisions([claim("a.yaml", port(80), pod="p"), claim("b.yaml", port(80), pod="p")]))
    assert found == [Collision("b.yaml", "a.yaml", PodRef("default", "p"))]


def test_the_first_taker_is_named_once_a_port() -> None:
    found = collisions([claim("a.yaml", port(80)), claim("b.yaml", port(80)), claim("c.yaml", port(80))])
    assert [(one.file_name, one.other) for one in found] == [("b.yaml", "a.yaml"), ("c.yaml", "a.yaml")]


def test_a_taker_on_another_address_hides_no_other() -> None:
    claims = [
        claim("a.yaml", port(80, "10.0.0.1")),
        claim("b.yaml", port(80, "10.0.0.2")),
        claim("c.yaml", port(80, "10.0.0.2")),
    ]
    assert [(one.file_name, one.other) for one in collisions(claims)] == [("c.yaml", "b.yaml")]


def test_what_lies_on_the_node_is_only_compared_with_what_is_desired() -> None:
    on_node = [claim("x.yaml", port(80)), claim("y.yaml", port(80))]
    found = collisions([claim("a.yaml", port(80))], on_node)
    assert [(one.file_name, one.other) for one in found] == [("a.yaml", "x.yaml")]


def test_a_file_does_not_collide_with_its_older_state() -> None:
    older = claim("a.yaml", port(80), pod="old")
    assert list(collisions([claim("a.yaml", port(80))], [older])) == []
    assert list(collisions([claim("a.yaml")], [claim("a.yaml")])) == []
