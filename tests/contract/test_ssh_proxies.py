"""ProxyJump and ProxyCommand over real sshds: ports, chains, the same checks of host keys, and threads."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.fakes.programs import run
from tests.fakes.rogue_servers import wait_for
from tests.fakes.sshd import Sshd, free_port, running_sshd

from podwright.errors import HostError, HostKeyError, HostUnreachableError
from podwright.inventory.ssh_arguments import read_ssh_arguments
from podwright.remote.ssh.connection import SshClient


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sshd, Sshd, Sshd]]:
    """Two jump hosts and a target, all on ports other than 22."""
    make = tmp_path_factory.mktemp
    with running_sshd(make("one")) as one, running_sshd(make("two")) as two, running_sshd(make("end")) as end:
        yield one, two, end


@pytest.fixture
def known(servers: tuple[Sshd, Sshd, Sshd], tmp_path: Path) -> Path:
    path = tmp_path / "known_hosts"
    path.write_text("".join(server.known_hosts.read_text() for server in servers))
    return path


@pytest.fixture
def config(servers: tuple[Sshd, Sshd, Sshd], tmp_path: Path) -> Path:
    path = tmp_path / "config"
    one, two, _end = servers
    path.write_text(
        f"Host one\n  HostName 127.0.0.1\n  Port {one.port}\n  User {one.user}\n  IdentityFile {one.key}\n"
        f"Host two\n  HostName 127.0.0.1\n  Port {two.port}\n  User {two.user}\n  IdentityFile {two.key}\n"
    )
    return path


def client_of(end: Sshd, config: Path, known: Path, extra: str) -> SshClient:
    config.write_text(config.read_text() + extra)
    return SshClient(end.options(config_file=config, known_hosts_files=(known,)))


def visit(client: SshClient, end: Sshd) -> bytes:
    with client.connect(end.node()) as host:
        return run(host, "echo in", timeout=60).stdout


@pytest.mark.parametrize("jump", ["one", "one,two", "ssh://127.0.0.1:{two}"])
def test_a_jump_leads_to_the_node(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path, jump: str
) -> None:
    one, two, end = servers
    before = one.log.count("Accepted publickey"), two.log.count("Accepted publickey")
    extra = f"Host 127.0.0.1\n  ProxyJump {jump.format(two=two.port)}\n  IdentityFile {two.key}\n"
    with client_of(end, config, known, extra) as client:
        assert visit(client, end) == b"in\n"
    after = one.log.count("Accepted publickey"), two.log.count("Accepted publickey")
    assert after[0] - before[0] == ("one" in jump)
    assert after[1] - before[1] == ("two" in jump or "ssh:" in jump)


@pytest.mark.parametrize(
    "arguments",
    [
        "-J one -C -o ControlMaster=auto",
        "-o ProxyJump=one",
        """-o 'ProxyCommand=ssh -F {config} -o UserKnownHostsFile={known} -W %h:%p one'""",
    ],
)
def test_options_of_the_inventory_lead_to_the_node(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path, arguments: str
) -> None:
    one, _two, end = servers
    before = one.log.count("Accepted publickey")
    options = read_ssh_arguments(arguments.format(config=config, known=known)).options
    with client_of(end, config, known, "") as client, client.connect(end.node(ssh_options=options)) as host:
        assert run(host, "echo in", timeout=60).stdout == b"in\n"
    assert one.log.count("Accepted publickey") == before + 1


def test_a_jump_host_that_jumps_through_itself_is_reached_directly(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path
) -> None:
    with client_of(servers[2], config, known, "Host *\n  ProxyJump one\n") as client:
        assert visit(client, servers[2]) == b"in\n"


def test_jumps_in_a_circle_are_refused(servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path) -> None:
    extra = "Host one\n  ProxyJump two\nHost two\n  ProxyJump one\nHost *\n  ProxyJump one\n"
    with (
        client_of(servers[2], config, known, extra) as client,
        pytest.raises(HostError, match="leads through more than 8 hosts"),
    ):
        visit(client, servers[2])


def test_the_host_key_of_a_jump_host_is_checked_too(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path
) -> None:
    one, _two, end = servers
    known.write_text(end.known_hosts.read_text())
    with (
        client_of(end, config, known, "Host 127.0.0.1\n  ProxyJump one\n") as client,
        pytest.raises(
            HostKeyError,
            match=rf"cp-1: jump host 127.0.0.1: the host key of `\[127.0.0.1\]:{one.port}` is unknown",
        ),
    ):
        visit(client, end)


def test_the_node_behind_a_jump_host_is_checked_too(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path
) -> None:
    one, _two, end = servers
    known.write_text(one.known_hosts.read_text())
    with (
        client_of(end, config, known, "Host 127.0.0.1\n  ProxyJump one\n") as client,
        pytest.raises(HostKeyError, match=rf"\[127.0.0.1\]:{end.port}` is unknown"),
    ):
        visit(client, end)


def test_a_node_that_the_jump_host_cannot_reach_is_named(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path
) -> None:
    end = servers[2]
    port = free_port()
    with client_of(end, config, known, "Host 127.0.0.1\n  ProxyJump one\n") as client:
        with (
            pytest.raises(
                HostUnreachableError, match=f"cannot connect to 127.0.0.1:{port} through 127.0.0.1: conn"
            ),
            client.connect(end.node(port=port)),
        ):
            pass
        assert visit(client, end) == b"in\n"


def test_a_jump_host_that_forbids_it_is_told_from_one_that_cannot(
    tmp_path: Path, config: Path, known: Path
) -> None:
    with (
        running_sshd(tmp_path / "strict", extra_config="AllowTcpForwarding no\n") as strict,
        running_sshd(tmp_path / "end") as end,
    ):
        known.write_text(strict.known_hosts.read_text() + end.known_hosts.read_text())
        jump = f"Host 127.0.0.1\n  ProxyJump {strict.user}@127.0.0.1:{strict.port}\n  IdentityFile {strict.key}\n"
        with (
            client_of(end, config, known, jump) as client,
            pytest.raises(HostUnreachableError, match="administratively prohibited") as failure,
        ):
            visit(client, end)
    assert "`AllowTcpForwarding`" in failure.value.hint


def test_a_jump_host_that_is_not_there_is_told_from_the_node(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path
) -> None:
    end, port = servers[2], free_port()
    with (
        client_of(end, config, known, f"Host 127.0.0.1\n  ProxyJump 127.0.0.1:{port}\n") as client,
        pytest.raises(
            HostUnreachableError, match=f"cp-1: jump host 127.0.0.1: cannot connect to 127.0.0.1:{port}"
        ),
    ):
        visit(client, end)


def test_many_threads_share_few_links_to_a_jump_host_and_none_fails(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path
) -> None:
    one, _two, end = servers
    before = one.log.count("Accepted publickey")
    with (
        client_of(end, config, known, "Host 127.0.0.1\n  ProxyJump one\n") as client,
        ThreadPoolExecutor(8) as pool,
    ):
        assert list(pool.map(lambda _n: visit(client, end), range(32))) == [b"in\n"] * 32
    assert 1 <= one.log.count("Accepted publickey") - before <= 8


def test_closing_the_client_closes_its_links_to_jump_hosts(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path
) -> None:
    before = set(threading.enumerate())
    with client_of(servers[2], config, known, "Host 127.0.0.1\n  ProxyJump one\n") as client:
        visit(client, servers[2])
        opened = set(threading.enumerate()) - before
    assert opened
    for thread in opened:
        thread.join(60)
    assert not any(thread.is_alive() for thread in opened)


def test_a_command_leads_to_the_node_and_is_gone_afterwards(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path, tmp_path: Path
) -> None:
    _one, _two, end = servers
    ssh = f"ssh -F {config} -o UserKnownHostsFile={known} -W %h:%p -l %r one"
    with client_of(end, config, known, f"Host 127.0.0.1\n  ProxyCommand {ssh}\n") as client:
        assert visit(client, end) == b"in\n"
        with client.connect(end.node()) as host:
            assert len(run(host, "head -c 3000000 /dev/zero", timeout=60).stdout) == 3_000_000
            assert len(processes(str(known))) >= 1
    # each is told to end, which takes it a moment
    assert wait_for(lambda: processes(str(known)) == [])


def processes(argument: str) -> list[str]:
    done = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if argument in line and line.startswith("ssh ")]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("echo no way there >&2; exit 1", "`ProxyCommand` did not lead to 127.0.0.1:{port}: `no way there`"),
        ("/no/such/program", "`ProxyCommand` did not lead to 127.0.0.1:{port}: `"),
        ("exit 0", "does not answer as an SSH server"),
        ("exec sleep 600", "did not finish the SSH handshake within 1 s"),
    ],
)
def test_a_command_that_fails_says_why_in_time(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path, command: str, message: str
) -> None:
    end = servers[2]
    config.write_text(f"ProxyCommand {command}\n")
    seconds = 1 if "within 1 s" in message else 60
    options = end.options(config_file=config, known_hosts_files=(known,), connect_timeout=seconds)
    with (
        SshClient(options) as client,
        pytest.raises(HostUnreachableError) as caught,
    ):
        visit(client, end)
    assert message.format(port=end.port) in caught.value.message


def test_a_command_that_dies_leaves_the_processor_alone(
    servers: tuple[Sshd, Sshd, Sshd], config: Path, known: Path
) -> None:
    end = servers[2]
    program = Path(config.parent / "dies")
    program.write_text(
        f"#!/bin/sh\nexec 3<&0\nssh -F {config} -o UserKnownHostsFile={known} -W $1:$2 one <&3 & ssh=$!\n"
        "echo $ssh >$0.pid\nexec 3<&-\nwait\n"
    )
    program.chmod(0o755)
    with client_of(end, config, known, f"Host 127.0.0.1\n  ProxyCommand {program} %h %p\n") as client:
        with client.connect(end.node()) as host:
            output = host.stream("echo a; sleep 600", timeout=60)
            next(output)
            kill(program)
            with pytest.raises(HostUnreachableError, match="may or may not have been done"):
                list(output)
        before = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - before < 0.4


def kill(program: Path) -> None:
    noted = Path(f"{program}.pid")
    assert wait_for(lambda: noted.exists() and noted.read_text().endswith("\n"))
    subprocess.run(["kill", noted.read_text().strip()], check=True)
