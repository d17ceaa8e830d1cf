"""What a worker is told of how to log in, and what it does with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from podwright.cli.site_options import SiteOptions
from podwright.cli.worker import Login, Worlds, do, login_of
from podwright.errors import PodwrightError
from podwright.operations.interruption import Interruption
from podwright.operations.world import World
from podwright.plan.observed import Unavailable
from podwright.plan.run import Run
from podwright.remote.kube.mirrors import Mirrors
from podwright.state.codec import from_document


def test_names_of_files_travel_and_nothing_of_the_inventory_does() -> None:
    options = SiteOptions(
        inventory=(Path("hosts"),),
        known_hosts=(Path("known"),),
        private_key=Path("key"),
        user="core",
        no_api=True,
    )
    assert from_document(Login, json.loads(login_of(options))) == Login(
        no_api=True, user="core", private_key="key", known_hosts=("known",)
    )


def test_a_task_that_is_none_is_answered() -> None:
    assert "error" in json.loads(do("nonsense"))


class Outside:
    """Worlds that tell when they are opened and closed."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.error = ""

    @contextmanager
    def __call__(self, login: str) -> Iterator[World]:
        if self.error:
            raise PodwrightError(self.error)
        self.told.append(f"+{login}")
        mirrors = Mirrors(Unavailable("--no-api"))
        yield World(pytest.fail, mirrors, Run("none", "nobody"), pytest.fail, Interruption())
        self.told.append(f"-{login}")
        raise OSError("a connection that was lost")


FIRST, SECOND = Run("r1", "ada@desk"), Run("r2", "ada@desk")


def test_the_tasks_of_a_run_share_its_world_until_another_run_begins() -> None:
    worlds = Worlds(outside := Outside())
    with worlds.lent("a", FIRST) as one, worlds.lent("a", FIRST) as other:
        assert (one.mirrors, one.run) == (other.mirrors, FIRST)
        assert one.interruption is not other.interruption
    with worlds.lent("a", FIRST) as again:
        assert again.mirrors is one.mirrors
    assert outside.told == ["+a"]
    with worlds.lent("a", SECOND) as new:
        assert new.mirrors is not one.mirrors
    assert outside.told == ["+a", "-a", "+a"]


def test_a_world_that_a_task_still_uses_is_closed_after_it() -> None:
    worlds = Worlds(outside := Outside())
    with worlds.lent("a", FIRST):
        with worlds.lent("b", SECOND):
            pass
        assert outside.told == ["+a", "+b"]
        with worlds.lent("b", SECOND):
            pass
    assert outside.told == ["+a", "+b", "-a"]


def test_a_world_that_cannot_be_opened_is_tried_again_by_the_next_task() -> None:
    worlds = Worlds(outside := Outside())
    outside.error = "no kubeconfig"
    with pytest.raises(PodwrightError, match="no kubeconfig"), worlds.lent("a", FIRST):
        pytest.fail("there is none")
    outside.error = ""
    with worlds.lent("a", FIRST):
        assert outside.told == ["+a"]
