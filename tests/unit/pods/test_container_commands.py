"""What the containers of a pod are started with."""

from __future__ import annotations

import pytest

from podwright.pods.container_commands import Command, commands


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (("etcd", "--name=a"), "a"),
        (("etcd", "-name", "a"), "a"),
        (("etcd", "--name=a", "--name=b"), "b"),
        (("etcd", "--name"), ""),
        (("etcd", "name=a", "--names=b"), ""),
    ],
)
def test_a_flag_is_read_as_go_reads_it(words: tuple[str, ...], value: str) -> None:
    assert Command(words, {}).flag("name") == value


def test_the_commands_of_a_pod() -> None:
    containers = [
        {"command": ["/usr/bin/etcd"], "args": ["--a=1"], "env": [{"name": "X", "value": "y"}]},
        {"image": "x:1"},
        "nonsense",
    ]
    first, second = commands({"spec": {"containers": containers}})
    assert (first.program, first.words, first.variables) == ("etcd", ("/usr/bin/etcd", "--a=1"), {"X": "y"})
    assert (second.program, second.image) == ("", "x:1")
    assert list(commands({"spec": 5})) == []
