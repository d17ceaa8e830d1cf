"""The last lines that containers printed, from nodes that give them, give too much or give none."""

from __future__ import annotations

import os

import pytest
from tests.fakes.copies import replace
from tests.fakes.nouns import observation
from tests.fakes.shell_host import stand_in

from podwright.errors import ProgramError
from podwright.plan.observed import ObservedContainer
from podwright.remote.node.logs import MAX_LINE_BYTES, MAX_LOGS, Wanted, last_lines, log_lines

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


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_runtime_whose_socket_others_may_replace_is_not_asked(node) -> None:
    socket = node.root / "c.sock"
    os.mknod(socket, 0o140666)
    kubelet = replace(LOOK.kubelet, runtime_endpoint=f"unix://{socket}")
    seen = replace(LOOK, kubelet=kubelet)
    stand_in(node.host.bin, "crictl", "echo printed")
    assert last_lines(node.host, seen, [ended("c1")]) == {"c1": ("printed",)}
    os.chown(socket, 65534, 65534)
    assert last_lines(node.host, seen, [ended("c1")]) == {}
    with pytest.raises(ProgramError):
        list(log_lines(node.host, seen, ended("c1"), Wanted()))


def all_lines(node, crictl: str, wanted: Wanted, identity: str = "c1") -> list[str]:
    stand_in(node.host.bin, "crictl", crictl)
    return list(log_lines(node.host, LOOK, ended(identity), wanted))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Wanted(), "logs c1"),
        (Wanted(tail=7), "logs --tail=7 c1"),
        (Wanted(0, previous=True, timestamps=True), "logs --tail=0 --previous --timestamps c1"),
        (Wanted(follow=True), "logs --follow c1"),
    ],
)
def test_crictl_is_asked_for_the_lines_that_are_wanted(node, wanted: Wanted, words: str) -> None:
    assert all_lines(node, 'echo "$*"; printf %s last >&2', wanted) == [words, "last"]


def test_a_log_that_cannot_be_read_is_a_failure_after_what_was_said(node) -> None:
    stand_in(node.host.bin, "crictl", "echo no such container >&2; exit 1")
    lines = log_lines(node.host, LOOK, ended("c1"), Wanted())
    assert next(lines) == "no such container"
    with pytest.raises(ProgramError):
        next(lines)


def test_a_line_without_end_comes_in_pieces(node) -> None:
    lines = all_lines(node, "head -c 200000 /dev/zero | tr '\\\\0' x", Wanted())
    assert sum(map(len, lines)) == 200_000
    assert max(map(len, lines)) <= 2 * MAX_LINE_BYTES


def test_of_a_container_whose_id_is_none_nothing_is_asked(node) -> None:
    assert all_lines(node, "echo printed", Wanted(), "$(reboot)") == []
