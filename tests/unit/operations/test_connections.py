"""Connections that serve a second time."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from tests.fakes.copies import replace

from podwright.operations import connections
from podwright.operations.world import World
from podwright.plan.run import Run


def world_of(opened: list[str], closed: list[str]) -> World:
    @contextmanager
    def connect(node):
        opened.append(node.name)
        yield SimpleNamespace(name=node.name, alive=True)
        closed.append(node.name)

    return World(connect, None, Run("r1", "ada@desk"), lambda: 0.0, lambda: False)


def use(world, *names) -> list[SimpleNamespace]:
    used = []
    for name in names:
        with world.connect(SimpleNamespace(name=name)) as host:
            used.append(host)
    return used


def test_a_connection_is_opened_once_and_closed_at_the_end() -> None:
    opened, closed = [], []
    with connections.kept_open(world_of(opened, closed)) as world:
        first, other, again = use(world, "a", "b", "a")
        assert (first.name, other.name) == ("a", "b")
        assert again is first
        assert (opened, closed) == (["a", "b"], [])
    assert sorted(closed) == ["a", "b"]


def test_beyond_the_bound_a_connection_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_KEPT", 1)
    opened, closed = [], []
    with connections.kept_open(world_of(opened, closed)) as world:
        use(world, "a", "b", "a", "b")
        assert (opened, closed) == (["a", "b", "b"], ["b", "b"])


def test_one_that_died_is_closed_and_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_KEPT", 1)
    opened, closed = [], []
    with connections.kept_open(world_of(opened, closed)) as world:
        [dead] = use(world, "a")
        dead.alive = False
        again, kept = use(world, "a", "a")
        assert again is kept is not dead
        assert (opened, closed) == (["a", "a"], ["a"])
    assert closed == ["a", "a"]


def test_few_file_descriptors_keep_fewer_open(monkeypatch: pytest.MonkeyPatch) -> None:
    few = connections.OTHER_FILES + connections.FILES_EACH
    monkeypatch.setattr(connections.resource, "getrlimit", lambda _: (few, few))
    opened, closed = [], []
    with connections.kept_open(world_of(opened, closed)) as world:
        use(world, "a", "b")
        assert closed == ["b"]


def test_a_node_that_cannot_be_reached_is_tried_again() -> None:
    @contextmanager
    def refuse(_):
        raise OSError
        yield

    with connections.kept_open(replace(world_of([], []), connect=refuse)) as world:
        for _ in range(2):
            with pytest.raises(OSError):
                use(world, "a")
