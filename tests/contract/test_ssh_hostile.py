"""A dead, slow or hostile node costs its own outcome, within its own deadline, with one clear error."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.fakes import rogue_servers as rogue
from tests.fakes.programs import Finished, run
from tests.fakes.sshd import Sshd, free_port, make_key

from podwright.errors import (
    AuthenticationError,
    HostError,
    HostileOutputError,
    HostTimeoutError,
    HostUnreachableError,
)
from podwright.remote.ssh.connection import SshClient, SshOptions
from podwright.secret import Secret


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("key") / "key"
    make_key(path, "ed25519")
    return str(path)


@pytest.fixture(autouse=True)
def nothing_is_left_behind() -> Iterator[None]:
    """Every test gives back its threads and its file descriptors."""
    threads, descriptors = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert rogue.wait_for(lambda: threading.active_count() <= threads), threading.enumerate()
    assert rogue.wait_for(lambda: len(list(Path("/proc/self/fd").iterdir())) <= descriptors)


def options(folder: Path, **changes: object) -> SshOptions:
    defaults = {
        "config_file": Path("none"),
        "known_hosts_files": (folder / "known",),
        "connect_timeout": 30.0,
    }
    return SshOptions(**{**defaults, "accept_new_host_keys": True, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("serve", "message"),
    [
        (rogue.says_nothing, "accepted the connection but did not finish the SSH handshake within 1 s"),
        (rogue.stops_after_its_banner, "did not finish the SSH handshake within 1 s"),
        (rogue.trickles, "SSH"),
        (rogue.hangs_up, "does not answer as an SSH server"),
        (rogue.is_a_web_server, "does not answer as an SSH server"),
        (rogue.sends_garbage, "SSH"),
        (rogue.sends_garbage_after_its_banner, "SSH"),
        (rogue.sends_banner_lines_for_ever, "SSH"),
    ],
)
def test_who_does_not_speak_ssh_is_one_clear_error_in_time(
    tmp_path: Path, key: str, serve: rogue.Serve, message: str
) -> None:
    with (
        rogue.tcp_server(serve) as port,
        SshClient(options(tmp_path, connect_timeout=1)) as client,
        pytest.raises(HostUnreachableError) as caught,
    ):
        client.connect(rogue.node_at(port, key)).__enter__()
    assert caught.value.message.startswith(f"bad-1: 127.0.0.1:{port} ")
    assert message in caught.value.message
    assert caught.value.hint


def test_a_closed_port_and_an_unknown_name_are_told_apart(tmp_path: Path, key: str) -> None:
    port = free_port()
    with SshClient(options(tmp_path)) as client:
        with pytest.raises(
            HostUnreachableError, match=f"bad-1: cannot connect to 127.0.0.1:{port}: connection refused"
        ):
            client.connect(rogue.node_at(port, key)).__enter__()
        node = rogue.Node("bad-2", rogue.Connection(host="no-such-host.invalid"))
        with pytest.raises(
            HostUnreachableError, match=r"bad-2: the host name `no-such-host.invalid` does not resolve"
        ):
            client.connect(node).__enter__()


def test_an_address_that_never_answers_costs_the_connect_timeout(tmp_path: Path, key: str) -> None:
    with socket.socket() as full:  # a listener whose queue is full drops further connections
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        with (
            SshClient(options(tmp_path, connect_timeout=0.5)) as client,
            pytest.raises(HostUnreachableError, match=r"timed out|handshake within 0.5 s"),
        ):
            client.connect(rogue.node_at(full.getsockname()[1], key)).__enter__()
        for one in waiting:
            one.close()


@pytest.mark.parametrize(
    ("silent_at", "kind", "message"),
    [
        ("log-in", AuthenticationError, "no answer to the log-in within 4 s"),
        ("session", HostTimeoutError, "no session within 4 s"),
        ("program", HostTimeoutError, "the shell did not start within 4 s"),
        ("refusal", AuthenticationError, "the log-in shell ended with -1 before it ran anything"),
    ],
)
def test_silence_at_each_stage_ends_in_time(
    tmp_path: Path, key: str, silent_at: str, kind: type[HostError], message: str
) -> None:
    with (
        rogue.rogue_server(lambda _channel, _stop: None, silent_at) as (port, _),
        SshClient(options(tmp_path, connect_timeout=4)) as c,
        pytest.raises(kind, match=f"bad-1: {message}"),
        c.connect(rogue.node_at(port, key)) as host,
    ):
        run(host, "true", timeout=4)


def run_against(
    folder: Path, key: str, in_session: rogue.InSession, timeout: float = 60, **changes: object
) -> Finished:
    with (
        rogue.rogue_server(in_session) as (port, _),
        SshClient(options(folder, **changes)) as client,
        client.connect(rogue.node_at(port, key)) as host,
    ):
        return run(host, "true", timeout=timeout)


def starts(then: Callable[[rogue.paramiko.Channel, threading.Event], None]) -> rogue.InSession:
    """Play the shell's part: print the marker on both streams, then do `then`."""

    def in_session(channel: rogue.paramiko.Channel, stop: threading.Event) -> None:
        marker = rogue.marker_of(channel) + b"\n"
        channel.sendall(marker)
        channel.sendall_stderr(marker)
        then(channel, stop)

    return in_session


def endless(send: str) -> rogue.InSession:
    def in_session(channel: rogue.paramiko.Channel, stop: threading.Event) -> None:
        while not stop.is_set():
            getattr(channel, send)(b"x" * 30_000)

    return in_session


@pytest.mark.parametrize("send", ["sendall", "sendall_stderr"])
def test_endless_talk_before_the_program_is_cut_off(tmp_path: Path, key: str, send: str) -> None:
    with pytest.raises(HostileOutputError, match="endless output"):
        run_against(tmp_path, key, endless(send), timeout=60)


@pytest.mark.parametrize("send", ["sendall", "sendall_stderr"])
def test_endless_output_is_cut_off(
    tmp_path: Path, key: str, send: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("podwright.remote.ssh.exchange.MAX_OUTPUT_BYTES", 1 << 20)
    with pytest.raises(HostileOutputError, match="of output"):
        run_against(tmp_path, key, starts(endless(send)), timeout=60)


def test_a_drop_at_a_time_does_not_outlast_the_deadline(tmp_path: Path, key: str) -> None:
    def drops(channel: rogue.paramiko.Channel, stop: threading.Event) -> None:
        while not stop.wait(0.01):
            channel.sendall(b".")

    with pytest.raises(
        HostTimeoutError, match=r"no end after 4 s; what was sent may or may not have been done"
    ):
        run_against(tmp_path, key, starts(drops), timeout=4)


def test_no_status_is_minus_one(tmp_path: Path, key: str) -> None:
    result = run_against(tmp_path, key, starts(lambda channel, _stop: channel.close()))
    assert (result.exit_status, result.stdout) == (-1, b"")


def test_an_end_of_output_without_an_end_costs_the_deadline(tmp_path: Path, key: str) -> None:
    with pytest.raises(HostTimeoutError):
        run_against(tmp_path, key, starts(lambda channel, _stop: channel.shutdown_write()), timeout=1)


def test_a_link_that_breaks_midway_says_that_the_outcome_is_unknown(tmp_path: Path, key: str) -> None:
    config = tmp_path / "config"
    config.write_text("ServerAliveInterval 0\n")  # it is not because it does not answer
    broken = starts(lambda channel, _stop: channel.transport.sock.close())
    with pytest.raises(
        HostUnreachableError, match=r"bad-1: the connection was lost .* may or may not have been done"
    ):
        run_against(tmp_path, key, broken, config_file=config)


def test_a_link_that_breaks_before_all_was_sent_says_that_nothing_was_done(tmp_path: Path, key: str) -> None:
    with (
        rogue.rogue_server(lambda channel, _stop: channel.transport.sock.close()) as (port, _),
        SshClient(options(tmp_path)) as client,
        client.connect(rogue.node_at(port, key)) as host,
        pytest.raises(HostUnreachableError, match="nothing was done"),
    ):
        # more than its window takes
        run(host, f": {'x' * (8 << 20)}", timeout=60)


def test_a_link_that_was_lost_between_two_programs_is_told(tmp_path: Path, key: str) -> None:
    def once(channel: rogue.paramiko.Channel, _stop: threading.Event) -> None:
        channel.send_exit_status(0)
        channel.close()
        channel.transport.close()

    with (
        rogue.rogue_server(starts(once)) as (port, _),
        SshClient(options(tmp_path)) as client,
        client.connect(rogue.node_at(port, key)) as host,
    ):
        assert run(host, "true", timeout=60).exit_status == 0
        with pytest.raises(
            HostUnreachableError, match=r"bad-1: the connection is lost, nothing was sent|nothing was done"
        ):
            run(host, "true", timeout=60)


def test_a_server_that_reads_nothing_does_not_hold_us(tmp_path: Path, key: str) -> None:
    def deaf(channel: rogue.paramiko.Channel, stop: threading.Event) -> None:
        stop.wait(300)

    with (
        rogue.rogue_server(deaf) as (port, _),
        SshClient(options(tmp_path)) as client,
        client.connect(rogue.node_at(port, key)) as host,
        pytest.raises(HostTimeoutError),
    ):
        run(host, f": {'x' * (40 << 20)}", timeout=1)


def test_whoever_prints_the_prompt_of_sudo_for_ever_gets_no_second_password(tmp_path: Path, key: str) -> None:
    got: list[bytes] = []

    def fake_sudo(channel: rogue.paramiko.Channel, stop: threading.Event) -> None:
        got.append(channel.recv(65536))
        stop.wait(300)

    with rogue.rogue_server(fake_sudo) as (port, _):
        wanted = options(tmp_path, become=True, become_password=Secret("hunter22"))
        with (
            SshClient(wanted) as client,
            client.connect(rogue.node_at(port, key)) as host,
            pytest.raises(HostTimeoutError),
        ):
            run(host, "the program", timeout=4)
        assert rogue.wait_for(lambda: got)
    assert got == [b"hunter22\n"], "the program waits until sudo is through"


def test_a_server_that_may_take_no_long_command_line_is_asked_for_a_shell(tmp_path: Path, key: str) -> None:
    """dropbear ends the connection on a command of more than 9,000 bytes."""

    def play(channel: rogue.paramiko.Channel, _stop: threading.Event) -> None:
        marker = rogue.marker_of(channel)
        end = b"\n" + marker + b" 0\n"
        channel.sendall_stderr(marker + b"\n" + end)
        channel.sendall(marker + b"\nit is on standard input\n" + end)

    with (
        rogue.rogue_server(play) as (port, _),
        SshClient(options(tmp_path)) as client,
        client.connect(rogue.node_at(port, key)) as host,
    ):
        result = run(host, "the program", timeout=60, secret=False, watchdog=False)
    assert result.stdout == b"it is on standard input\n"


def test_bad_nodes_cost_the_good_ones_nothing(tmp_path: Path, key: str, sshd: Sshd) -> None:
    with (
        rogue.tcp_server(rogue.says_nothing) as mute,
        rogue.tcp_server(rogue.sends_garbage) as garbage,
        SshClient(options(tmp_path, connect_timeout=10)) as client,
        ThreadPoolExecutor(12) as pool,
    ):

        def visit(number: int) -> str:
            node = [rogue.node_at(mute, key), rogue.node_at(garbage, key), sshd.node()][number % 3]
            try:
                with client.connect(node) as host:
                    return run(host, "echo good", timeout=60).stdout.decode()
            except HostUnreachableError as error:
                return error.message[:5]

        assert list(pool.map(visit, range(12))) == ["bad-1", "bad-1", "good\n"] * 4


def test_paramiko_says_nothing_of_its_own(
    tmp_path: Path, key: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for handler in list(logging.getLogger().handlers):
        logging.getLogger().removeHandler(handler)
    with (
        rogue.tcp_server(rogue.sends_garbage_after_its_banner) as port,
        SshClient(options(tmp_path, connect_timeout=1)) as client,
        pytest.raises(HostUnreachableError),
    ):
        client.connect(rogue.node_at(port, key)).__enter__()
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")
