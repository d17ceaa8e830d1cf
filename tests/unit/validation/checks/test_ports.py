"""Ports of containers: numbers, names, protocols, and one taker for each port of the node."""

import pytest

OWN_NETWORK = "hostNetwork: false"


@pytest.mark.parametrize(
    ("port", "field"),
    [
        ("{}", "containerPort"),
        ("{containerPort: 0}", "containerPort"),
        ("{containerPort: -1}", "containerPort"),
        ("{containerPort: 65536}", "containerPort"),
        ("{containerPort: 80, hostPort: -1}", "hostPort"),
        ("{containerPort: 80, hostPort: 65536}", "hostPort"),
        ("{containerPort: 80, protocol: tcp}", "protocol"),
        ("{containerPort: 80, name: Web}", "name"),
        ("{containerPort: 80, name: a-name-of-sixteen}", "name"),
        ("{containerPort: 80, name: '80'}", "name"),
        ("{containerPort: 80, name: a--b}", "name"),
    ],
)
def test_the_kubelet_refuses_a_port(places, port, field):
    assert places("ports", OWN_NETWORK, container=f"ports: [{port}]") == [f"ports[0].{field}"]


@pytest.mark.parametrize(
    "port",
    [
        "{containerPort: 1}",
        "{containerPort: 65535, hostPort: 65535}",
        "{containerPort: 80, hostPort: 1, protocol: SCTP}",
        "{containerPort: 80, protocol: ''}",
        "{containerPort: 80, name: ''}, {containerPort: 81, name: ''}",
        "{containerPort: 80, name: a}, {containerPort: 81, name: b}",
        "{containerPort: 80}, {containerPort: 80}",
    ],
)
def test_the_kubelet_takes_a_port(places, port):
    assert places("ports", OWN_NETWORK, container=f"ports: [{port}]") == []


def test_a_port_has_a_name_of_its_own_in_its_container(places):
    twice = "ports: [{containerPort: 80, name: a}, {containerPort: 81, name: a}]"
    assert places("ports", container=twice) == ["ports[1].name"]
    other = "{name: d, image: 'i:1', ports: [{containerPort: 81, name: a}]}"
    first = "{name: c, image: 'i:1', ports: [{containerPort: 80, name: a}]}"
    assert places("ports", f"containers: [{first}, {other}]") == []


@pytest.mark.parametrize(
    ("ports", "taken"),
    [
        ("{containerPort: 1, hostPort: 80}, {containerPort: 2, hostPort: 80}", True),
        ("{containerPort: 1, hostPort: 80}, {containerPort: 2, hostPort: 81}", False),
        ("{containerPort: 1, hostPort: 80}, {containerPort: 2, hostPort: 80, protocol: UDP}", False),
        ("{containerPort: 1, hostPort: 80, hostIP: 127.0.0.1}, {containerPort: 2, hostPort: 80}", False),
        ("{containerPort: 1}, {containerPort: 1}", False),
    ],
)
def test_a_port_of_the_node_is_taken_once(places, ports, taken):
    found = places("host-port", OWN_NETWORK, container=f"ports: [{ports}]")
    assert found == (["ports[1].hostPort"] if taken else [])


def test_a_port_of_the_node_is_taken_once_by_all_containers_but_by_each_init_container(places):
    ports = "image: 'i:1', ports: [{containerPort: 80}]"
    two = f"containers: [{{name: a, {ports}}}, {{name: b, {ports}}}]"
    assert places("host-port", two) == ["spec.containers[1].ports[0].hostPort"]
    each = f"initContainers: [{{name: a, {ports}}}, {{name: b, {ports}}}]"
    assert places("host-port", f"{each}, containers: [{{name: c, {ports}}}]") == []
    twice = "image: 'i:1', ports: [{containerPort: 80}, {containerPort: 80}]"
    inits = f"initContainers: [{{name: a, {ports}}}, {{name: b, {twice}}}]"
    plain = "containers: [{name: c, image: 'i:1'}]"
    assert places("host-port", f"{inits}, {plain}") == ["spec.initContainers[1].ports[1].hostPort"]


@pytest.mark.parametrize(
    ("network", "port", "field"),
    [
        ("true", "{containerPort: 80, hostPort: 81}", ["ports[0].hostPort"]),
        ("true", "{containerPort: 80, hostPort: 80}", []),
        ("false", "{containerPort: 80, hostPort: 81}", []),
    ],
)
def test_on_the_hosts_network_a_port_is_the_containers_own(places, network, port, field):
    assert places("host-port", f"hostNetwork: {network}", container=f"ports: [{port}]") == field
