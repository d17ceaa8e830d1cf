"""Who wins when inventory, command line and ssh_config all speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from podwright.errors import HostError
from podwright.inventory.node import Connection, Node
from podwright.problem import Place, Problem
from podwright.remote.ssh.config import SshConfig
from podwright.remote.ssh.route import Route, route_to
from podwright.secret import Secret


def route(folder: Path, text: str = "", *, connection: Connection | None = None, **options: object) -> Route:
    (folder / "config").write_text(text or "\n")
    node = Node("cp-1", connection or Connection(host="web-1"))
    return route_to(node, SshConfig.load(folder / "config"), **options)  # type: ignore[arg-type]


CONFIG = "Host web-1\n  User file\n  Port 2201\n  ConnectTimeout 33\n"


def test_ssh_config_wins_over_the_defaults(tmp_path: Path) -> None:
    found = route(tmp_path, CONFIG)
    assert (found.settings.user, found.settings.port, found.connect_timeout) == ("file", 2201, 33)


def test_the_command_line_wins_over_ssh_config(tmp_path: Path) -> None:
    found = route(tmp_path, CONFIG, user="line", port=2202, connect_timeout=3.5)
    assert (found.settings.user, found.settings.port, found.connect_timeout) == ("line", 2202, 3.5)


def test_the_inventory_wins_over_the_command_line(tmp_path: Path) -> None:
    said = Connection("web-1", 2203, "inventory", Secret("a"), "/k/inventory", connect_timeout=7)
    others = {"user": "line", "port": 2202, "key_file": Path("/k/line"), "password": Secret("b")}
    found = route(tmp_path, CONFIG, connection=said, connect_timeout=3.5, **others)
    assert (found.settings.user, found.settings.port, found.connect_timeout) == ("inventory", 2203, 7)
    assert (found.key_file, found.password) == (Path("/k/inventory"), Secret("a"))


def test_options_of_the_inventory_win_over_the_file(tmp_path: Path) -> None:
    options = (
        ("ProxyJump", "gate"),
        ("Port", "2204"),
        ("UserKnownHostsFile", "/a /b"),
        ("ProxyCommand", "nc '%h' 1"),
    )
    found = route(
        tmp_path, CONFIG + "  ProxyJump other\n", connection=Connection("web-1", ssh_options=options)
    )
    assert (found.settings.proxy_jump, found.settings.port, found.settings.user) == (("gate",), 2204, "file")
    assert found.settings.user_known_hosts == (Path("/a"), Path("/b"))
    found = route(tmp_path, CONFIG, connection=Connection("web-1", ssh_options=options[3:]))
    assert found.settings.proxy_command == "nc 'web-1' 1"


def test_a_node_with_an_obstacle_is_not_connected_to(tmp_path: Path) -> None:
    obstacle = Problem("`ansible_connection` is not `ssh`", "remove it", Place("hosts.yaml", 3, 5), "cp-1")
    with pytest.raises(HostError) as caught:
        route(tmp_path, connection=Connection("web-1", obstacle=obstacle))
    assert caught.value.message == "cp-1: `ansible_connection` is not `ssh` (hosts.yaml:3:5)"
    assert caught.value.hint == "remove it"


def test_ten_seconds_is_the_connect_timeout_where_nobody_says(tmp_path: Path) -> None:
    assert route(tmp_path).connect_timeout == 10


def test_a_key_file_may_begin_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert route(tmp_path, connection=Connection("web-1", private_key_file="~/k")).key_file == tmp_path / "k"


@pytest.mark.parametrize(
    ("jump", "hops"),
    [
        ("none", []),
        ("b", ["b:22"]),
        ("ops@b:2222", ["b:2222"]),
        ("[fe80::1]:2222", ["fe80::1:2222"]),
        ("ssh://ops@b:2222", ["b:2222"]),
        ("a,b,c", ["a:22", "b:22", "c:22"]),
    ],
)
def test_hops_are_followed_in_order(tmp_path: Path, jump: str, hops: list[str]) -> None:
    found: list[str] = []
    gateway = route(tmp_path, f"Host web-1\n  ProxyJump {jump}\n").gateway
    while gateway:
        found.insert(0, f"{gateway.settings.hostname}:{gateway.settings.port}")
        gateway = gateway.gateway
    assert found == hops


def test_a_hop_has_its_own_settings_and_may_have_hops_of_its_own(tmp_path: Path) -> None:
    text = "Host web-1\n  ProxyJump b\nHost b\n  HostName b.internal\n  User jump\n  ProxyJump a\n"
    gateway = route(tmp_path, text, user="line").gateway
    assert gateway is not None
    assert gateway.gateway is not None
    assert (gateway.settings.hostname, gateway.settings.user) == ("b.internal", "jump")
    assert gateway.gateway.settings.hostname == "a"


def test_what_is_no_host_to_jump_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="cp-1: `ProxyJump a:b:c` is not a host"):
        route(tmp_path, "ProxyJump a:b:c\n")


def test_a_person_can_try_the_same_way_by_hand_with_port_key_user_and_jump_hosts(tmp_path: Path) -> None:
    plain = route(tmp_path, connection=Connection("web-1", user="bob"), key_file=Path("/k/my key"))
    assert plain.by_hand("-v") == "ssh -v -p 22 -i '/k/my key' bob@web-1"
    config = "Host web-1\n  ProxyJump a@one:2201,two\n  IdentityFile /k/x\nHost *\n  User carol\n"
    found = route(tmp_path, config)
    assert found.by_hand() == "ssh -p 22 -i /k/x -J a@one:2201,carol@two:22 carol@web-1"
    assert found.gateway
    assert found.gateway.by_hand() == "ssh -p 22 -J a@one:2201 carol@two"


def test_a_proxy_command_may_hold_a_password_so_it_is_not_shown(tmp_path: Path) -> None:
    found = route(tmp_path, "Host *\n  ProxyCommand nc --proxy-auth ada:hunter2 %h %p\n  User ada\n")
    assert found.by_hand() == "ssh -p 22 -o 'ProxyCommand=…' ada@web-1"
