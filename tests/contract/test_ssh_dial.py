"""Ports behind a node whose server forbids it, and the link's own cut."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.contract.conftest import lab
from tests.fakes.etcd_pages import EtcdPages, serving
from tests.fakes.programs import run
from tests.fakes.sshd import Sshd, free_port, running_sshd

from podwright.errors import ForwardingRefusedError, PortClosedError
from podwright.operations.reachability import dial_all
from podwright.plan.unknown_fact import Unknown
from podwright.remote.host import Host
from podwright.remote.node.etcd import EtcdAnswer, ask_etcd
from podwright.remote.ssh.connection import SshClient
from podwright.remote.ssh.host import SshHost


def test_a_server_that_forbids_it_is_told_apart(tmp_path: Path) -> None:
    with lab(tmp_path) as host, pytest.raises(ForwardingRefusedError, match="prohibited") as failure:
        host.dial("127.0.0.1", 22, timeout=60)
    assert "AllowTcpForwarding" in failure.value.hint


def test_an_etcd_is_asked_through_a_real_server_that_allows_it_and_is_unknown_behind_one_that_does_not(
    tmp_path: Path,
) -> None:
    with serving(EtcdPages(leader=True)) as pages, forwarding(tmp_path / "yes", "yes") as host:
        assert ask_etcd(host, ("127.0.0.1", pages.port)) == EtcdAnswer("a1", ("b2", "c3"), leader=True)
        with pytest.raises(PortClosedError):
            ask_etcd(host, ("127.0.0.1", free_port()))
        addresses = [("127.0.0.1", pages.port), ("127.0.0.1", free_port())]
        reached, closed = dial_all(host, addresses, time.monotonic)
        assert (reached.reached, closed.reached, closed.why) == (True, False, "it takes no connections")
    with (
        serving(EtcdPages()) as pages,
        forwarding(tmp_path / "no", "no") as host,
    ):
        with pytest.raises(ForwardingRefusedError, match="prohibited"):
            ask_etcd(host, ("127.0.0.1", pages.port))
        [untold] = dial_all(host, [("127.0.0.1", pages.port)], time.monotonic)
        assert isinstance(untold.reached, Unknown)


@contextmanager
def forwarding(folder: Path, allowed: str) -> Iterator[Host]:
    """A node whose OpenSSH forwards, or does not."""
    with (
        running_sshd(folder, extra_config=f"AllowTcpForwarding {allowed}\n") as server,
        SshClient(server.options()) as client,
        client.connect(server.node()) as host,
    ):
        yield host


def test_a_link_is_cut_when_its_time_is_over_and_left_alone_before(sshd: Sshd) -> None:
    with SshClient(sshd.options()) as client, client.connect(sshd.node()) as host:
        assert isinstance(host, SshHost)
        with host.link.cut_after(60) as was_cut:
            pass
        assert not was_cut.is_set()
        assert run(host, "echo in", timeout=60).stdout == b"in\n"
        with host.link.cut_after(0.05) as was_cut:
            assert was_cut.wait(60)
        host.link.transport.join(60)
        assert not host.link.transport.is_active()
    for thread in threading.enumerate():
        if thread.name == "ssh-time-limits":
            # nothing is left to limit
            thread.join(60)
            assert not thread.is_alive()
