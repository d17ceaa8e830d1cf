"""The last lines that containers printed, from nodes that give them, give too much or give none."""

from __future__ import annotations

import pytest
from tests.fakes.nouns import observation
from tests.fakes.shell_host import stand_in

from podwright.plan.observed import ObservedContainer
from podwright.remote.node.logs import MAX_LOGS, last_lines

LOOK = observation()


def ended(identity: str) -> ObservedContainer:
    return ObservedContainer("main", "CONTAINER_EXITED", id=identity)


def read(node, crictl: str, *ids: str):
    stand_in(node.host.bin, "crictl", crictl)
    return last_lines(node.host, LOOK, [ended(identity) for identity in ids])


def test_the_last_lines_of_both_streams_are_read_by_the_containers_id(node) -> None:
    shown = read(node, 'echo "$*"; echo to stderr >&2', "c1", "c2")
    assert shown == {"c1": ("logs --tail 5 c1", "to stderr"), "c2": ("logs --tail 5 c2", "to stderr")}


@pytest.mark.parametrize("crictl", ["echo no such container >&2; exit 1", "echo half; kill -9 $$"])
def test_what_crictl_complains_of_is_not_what_the_container_printed(node, crictl) -> None:
    assert read(node, crictl, "c1") == {}


def test_without_crictl_nothing_is_known(node) -> None:
    (node.host.bin / "crictl").unlink(missing_ok=True)
    assert last_lines(node.host, LOOK, [ended("c1")]) == {}


def test_a_flood_is_bounded(node) -> None:
    [lines] = read(node, "head -c 1000000 /dev/zero | tr '\\\\0' x; echo; echo last", "c1").values()
    assert sum(map(len, lines)) <= 4096
    assert lines[-1] == "last"


def test_an_id_that_is_none_is_not_asked_about_and_of_many_only_the_first(node) -> None:
    ids = ["", "$(reboot)", "-x", *(f"c{number}" for number in range(9))]
    assert list(read(node, "echo printed", *ids)) == [f"c{number}" for number in range(MAX_LOGS)]
