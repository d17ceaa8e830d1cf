"""Programs one after the other on one link; the contract of every Host is in tests/contract/test_host_contract.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.fakes.programs import run
from tests.fakes.sshd import Sshd, running_sshd

from podwright.errors import HostError, HostUnreachableError, ProgramError
from podwright.remote.ssh.connection import SshClient
from podwright.remote.ssh.host import SshHost


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with running_sshd(tmp_path_factory.mktemp("sshd"), extra_config="MaxSessions 2\n") as started:
        yield started


@pytest.fixture
def host(server: Sshd) -> Iterator[SshHost]:
    with SshClient(server.options()) as client, client.connect(server.node()) as opened:
        assert isinstance(opened, SshHost)
        yield opened


def shell_of(host: SshHost) -> bytes:
    return run(host, "echo $$", timeout=60).stdout


def test_one_shell_serves_one_program_after_the_other(host: SshHost) -> None:
    assert len({shell_of(host) for _ in range(3)}) == 1


@pytest.mark.parametrize("ending", ["input", "hung up", "syntax"])
def test_a_shell_that_cannot_go_on_is_replaced(host: SshHost, ending: str) -> None:
    before = shell_of(host)
    if ending == "input":
        assert b"".join(host.stream("cat", [b"x"], timeout=60)) == b"x"
    elif ending == "hung up":
        with closing(host.stream("echo begun; sleep 600", timeout=60)) as output:
            next(output)
    else:
        assert run(host, "if true; then", timeout=60).exit_status != 0
    assert shell_of(host) != before


def test_a_program_that_fails_says_how_and_why(host: SshHost) -> None:
    with pytest.raises(ProgramError) as failure:
        list(host.stream("echo out; echo 'no room' >&2; exit 3", timeout=60))
    assert (failure.value.exit_status, failure.value.complaint) == (3, "no room")
    assert failure.value.message == "cp-1: a program on the node ended with status 3: no room"


def test_a_server_that_opens_no_more_sessions_is_told(host: SshHost) -> None:
    with (
        closing(host.stream("echo 1; sleep 600", timeout=60)) as first,
        closing(host.stream("echo 2; sleep 600", timeout=60)) as second,
    ):
        next(first), next(second)
        with pytest.raises(HostError, match="sshd refused to open a session") as failure:
            list(host.stream("true", timeout=60))
    assert "MaxSessions" in failure.value.hint


def test_on_a_link_that_was_lost_nothing_is_sent(host: SshHost) -> None:
    assert host.alive
    host.link.cut()
    host.link.transport.join(60)
    assert not host.alive
    with pytest.raises(HostUnreachableError, match="the connection is lost, nothing was sent"):
        list(host.stream("true", timeout=60))


def test_a_log_in_shell_that_runs_nothing_is_told_with_its_words(tmp_path: Path) -> None:
    with (
        running_sshd(tmp_path, extra_config="ForceCommand echo 'go away' >&2; exit 9\n") as server,
        SshClient(server.options()) as client,
        client.connect(server.node()) as host,
        pytest.raises(HostError, match="the log-in shell ended with 9 before it ran anything: `go away`"),
    ):
        list(host.stream("true", timeout=60))
