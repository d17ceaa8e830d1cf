"""Ports behind a node whose server forbids it, and the link's own cut."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.contract.conftest import lab
from tests.fakes.programs import run
from tests.fakes.sshd import Sshd

from podwright.errors import HostUnreachableError, PortClosedError
from podwright.remote.ssh.connection import SshClient
from podwright.remote.ssh.host import SshHost


def test_a_server_that_forbids_it_is_told_apart(tmp_path: Path) -> None:
    with lab(tmp_path) as host, pytest.raises(HostUnreachableError, match="prohibited") as failure:
        host.dial("127.0.0.1", 22, timeout=5)
    assert "AllowTcpForwarding" in failure.value.hint
    assert not isinstance(failure.value, PortClosedError), "what listens there is not known"


def test_a_link_is_cut_when_its_time_is_over_and_left_alone_before(sshd: Sshd) -> None:
    with SshClient(sshd.options()) as client, client.connect(sshd.node()) as host:
        assert isinstance(host, SshHost)
        with host.link.cut_after(60) as was_cut:
            pass
        assert not was_cut.is_set()
        assert run(host, "echo in", timeout=10).stdout == b"in\n"
        with host.link.cut_after(0.05) as was_cut:
            assert was_cut.wait(5)
        host.link.transport.join(5)
        assert not host.link.transport.is_active()
    timers = [
        thread
        for thread in threading.enumerate()
        if isinstance(thread, threading.Timer) and "cut_after" in thread.function.__qualname__
    ]
    for timer in timers:
        # one that was cancelled still has to wake and end
        timer.join(5)
    assert not any(timer.is_alive() for timer in timers)
