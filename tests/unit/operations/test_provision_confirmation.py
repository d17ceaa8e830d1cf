"""A change that may lock us out: confirmed over another connection, also when the first one was lost, or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.unit.operations.test_provision import Site

from podwright.errors import HostUnreachableError
from podwright.inventory.node import Node
from podwright.operations import provision_confirmation
from podwright.operations.report import Status
from podwright.remote.host import Host

INVENTORY = """
all:
  hosts: {n1: }
  vars:
    podwright_manifest_dir: FOLDER
    podwright_node: {files: {/etc/ssh/sshd_config.d/a.conf: {content: 'X11Forwarding no'}}}
"""


class FewConnections(Site):
    """Only so many connections can be made; the first one is lost in the middle of a change if it `is_cut`."""

    def __init__(self, folder: Path, most: int, *, is_cut: bool = False) -> None:
        super().__init__(folder, INVENTORY)
        self.left, self.is_cut = most, is_cut
        self.made = 0

    @contextmanager
    def connect(self, node: Node) -> Iterator[Host]:
        del node
        if self.left == 0:
            raise HostUnreachableError("n1: connection refused")
        self.left -= 1
        yield self

    def stream(self, program: str, **given: object) -> object:
        chunks = super().stream(program, **given)
        if not (self.is_cut and "await_confirmation\n" in program):
            yield from chunks  # type: ignore[misc]
            return
        for chunk in chunks:  # type: ignore[attr-defined]
            yield chunk
            if b" written " in chunk:
                # nobody listens from now on, and the node goes on
                self.rest = chunks
                raise HostUnreachableError("n1: the connection was lost")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provision_confirmation, "CONFIRM_SECONDS", 1)
    monkeypatch.setattr(provision_confirmation, "PAUSE_SECONDS", 0.0)


def test_it_stays_if_another_connection_can_be_made(tmp_path: Path) -> None:
    site = FewConnections(tmp_path, 2)
    done = site.run()
    assert (done.status, done.problems) == (Status.CHANGED, ())
    assert site.left == 0
    assert site.machine.path("/etc/ssh/sshd_config.d/a.conf").exists()


def test_it_is_taken_back_if_no_other_connection_can_be_made(tmp_path: Path) -> None:
    site = FewConnections(tmp_path, 1)
    done = site.run()
    assert done.status is Status.FAILED
    assert [problem.message for problem in done.problems] == [
        "connection refused",
        "nobody confirmed it over a new connection within 1 s",
    ]
    assert not site.machine.path("/etc/ssh/sshd_config.d/a.conf").exists()


def test_it_stays_if_only_the_first_connection_was_lost(tmp_path: Path) -> None:
    site = FewConnections(tmp_path, 2, is_cut=True)
    done = site.run()
    assert (done.status, done.problems) == (Status.CHANGED, ())
    assert site.machine.path("/etc/ssh/sshd_config.d/a.conf").exists()


def test_it_is_reported_as_lost_if_no_connection_can_be_made_any_more(tmp_path: Path) -> None:
    site = FewConnections(tmp_path, 1, is_cut=True)
    done = site.run()
    assert done.status is Status.FAILED
    assert [problem.message for problem in done.problems] == ["the connection was lost", "connection refused"]
