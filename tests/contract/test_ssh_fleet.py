"""The measured traps of fabric and paramiko, each against a real sshd and with many threads."""

from __future__ import annotations

import hashlib
import os
import resource
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from tests.fakes.programs import Finished, run
from tests.fakes.sshd import Sshd, running_sshd

from podwright.remote.ssh.connection import SshClient
from podwright.remote.ssh.host import SshHost
from podwright.secret import Secret


@pytest.fixture(scope="module")
def client(sshd: Sshd) -> Iterator[SshClient]:
    with SshClient(sshd.options()) as opened:
        yield opened


def test_a_shell_that_another_thread_was_quicker_to_take_is_no_error(sshd: Sshd, client: SshClient) -> None:
    class Raced(deque[object]):
        def __bool__(self) -> bool:
            return True

    with client.connect(sshd.node()) as host:
        host._idle = Raced()
        assert run(host, "echo out", timeout=60).stdout == b"out\n"


def test_many_threads_push_at_once_and_every_byte_arrives(sshd: Sshd, client: SshClient) -> None:
    def push(number: int) -> bool:
        text = secrets.token_hex(1000 * (1 + number % 40)) + "\n"
        with client.connect(sshd.node(f"cp-{number}")) as host:
            result = run(
                host, f"sha256sum <<'E'\n{text}E\necho {number} >&2; exit {1 + number % 7}", timeout=60
            )
        digest = hashlib.sha256(text.encode()).hexdigest()
        return result == Finished(1 + number % 7, f"{digest}  -\n".encode(), f"{number}\n".encode())

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(push, range(128))) == [True] * 128


def test_three_kilobytes_of_input_do_not_take_half_a_minute(sshd: Sshd, client: SshClient) -> None:
    with client.connect(sshd.node()) as host:
        began = time.monotonic()
        run(host, f": {'x' * 3000}", timeout=60)
        assert time.monotonic() - began < 25


def test_small_packets_are_sent_at_once(sshd: Sshd, client: SshClient) -> None:
    with client.connect(sshd.node()) as host:
        assert isinstance(host, SshHost)
        sock = host.link.transport.sock
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 15_000


def test_identity_files_do_not_pile_up_from_node_to_node(sshd: Sshd, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(f"IdentityFile {sshd.key}\n")
    before = sshd.log.count("Accepted publickey"), sshd.log.count("Failed publickey")
    with SshClient(sshd.options(config_file=config)) as client:
        for number in range(12):
            with client.connect(sshd.node(f"cp-{number}", private_key_file=None)) as host:
                assert run(host, "true", timeout=60).exit_status == 0
    after = sshd.log.count("Accepted publickey"), sshd.log.count("Failed publickey")
    assert (after[0] - before[0], after[1] - before[1]) == (12, 0)


def test_bursts_of_short_programs_on_one_link_never_break_it(tmp_path: Path) -> None:
    with (
        running_sshd(tmp_path, extra_config="MaxSessions 64\n") as server,
        SshClient(server.options()) as client,
        client.connect(server.node()) as host,
        ThreadPoolExecutor(9) as pool,
    ):
        results = list(pool.map(lambda n: run(host, f"exit {n % 3}", timeout=60).exit_status, range(270)))
        assert results == [n % 3 for n in range(270)]


def test_file_descriptors_past_1023_are_no_obstacle(sshd: Sshd, client: SshClient) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2000:
        pytest.skip(f"this machine allows {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2000, hard))
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(1100)]
    try:
        with client.connect(sshd.node()) as host:
            assert isinstance(host, SshHost)
            assert host.link.transport.sock.fileno() > 1023
            result = run(host, "head -c 3000000 /dev/zero; echo é >&2; exit 7", timeout=60)
        assert (len(result.stdout), result.stderr) == (3_000_000, "é\n".encode())
    finally:
        for descriptor in held:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_no_thread_and_no_file_descriptor_stays_open(sshd: Sshd) -> None:
    before = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    with SshClient(sshd.options()) as client:
        for _ in range(5):
            with client.connect(sshd.node()) as host:
                run(host, "true", timeout=60)
                with closing(host.stream("echo a; sleep 600", timeout=60)) as output:
                    assert next(output).startswith(b"a")
    deadline = time.monotonic() + 60
    while (
        threading.active_count(),
        len(list(Path("/proc/self/fd").iterdir())),
    ) > before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))) <= before


def test_without_any_locale_characters_still_arrive(sshd: Sshd) -> None:
    program = f"""
from pathlib import Path
from podwright.inventory.node import Connection, Node
from podwright.remote.ssh.connection import SshClient, SshOptions
options = SshOptions(config_file=Path("none"), known_hosts_files=(Path({str(sshd.known_hosts)!r}),))
node = Node("cp-1", Connection("127.0.0.1", {sshd.port}, {sshd.user!r}, private_key_file={str(sshd.key)!r}))
with SshClient(options) as client, client.connect(node) as host:
    output = b"".join(host.stream("printf %s '\\u00e9\\u20ac\\U0001f600'", timeout=60))
    print(ascii(output.decode("utf-8")))
"""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "LC_ALL": "C"}
    environment["PYTHONPATH"] = ":".join(path for path in sys.path if path)
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (b"'\\xe9\\u20ac\\U0001f600'\n", b"")


def test_nothing_heavy_is_imported_before_the_first_connection() -> None:
    program = (
        "import sys, pathlib; from podwright.remote.ssh.connection import SshClient, SshOptions; "
        "SshClient(SshOptions(config_file=pathlib.Path('none'))); "
        "print({'fabric', 'invoke', 'paramiko', 'cryptography'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_an_idle_link_is_kept_alive(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("ServerAliveInterval 1\n")
    with (
        running_sshd(tmp_path / "sshd", extra_config="LogLevel DEBUG\n") as server,
        SshClient(server.options(config_file=config)) as client,
        client.connect(server.node()) as host,
    ):
        log = f"{server.folder}/sshd.log"
        asked = f"until grep -q 'keepalive@openssh.com want_reply 1' {log}; do sleep 0.1; done; echo awake"
        assert run(host, asked, timeout=60).stdout == b"awake\n"


def test_a_server_that_dies_midway_is_noticed_at_once(tmp_path: Path) -> None:
    from podwright.errors import HostUnreachableError

    config = tmp_path / "config"
    config.write_text("ServerAliveInterval 0\n")  # it is not because it does not answer
    with (
        running_sshd(tmp_path / "sshd") as server,
        SshClient(server.options(config_file=config)) as client,
        client.connect(server.node()) as host,
    ):
        # the shell's parent is sshd's process for this connection
        find = "read -r pid rest <<E\n$(ps -o ppid= -p $$)\nE\necho $pid; sleep 600"
        output = host.stream(find, timeout=60)
        subprocess.run(["kill", "-9", next(output).split()[0]], check=True)
        with pytest.raises(HostUnreachableError, match="may or may not have been done"):
            list(output)


@pytest.mark.parametrize("text", ["x; touch {path}", "$(touch {path})", "`touch {path}`"])
def test_no_value_of_the_inventory_is_read_by_a_shell(
    sshd: Sshd, client: SshClient, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "injected"
    from podwright.errors import HostError

    with pytest.raises(HostError), client.connect(sshd.node(user=text.format(path=path))) as host:
        run(host, "true", timeout=60)
    with pytest.raises(HostError), client.connect(sshd.node(host=text.format(path=path))) as host:
        run(host, "true", timeout=60)
    assert not path.exists()


def test_a_secret_shows_in_no_value_that_is_passed_around(sshd: Sshd, client: SshClient) -> None:
    node = sshd.node(become=True, become_password=Secret("hunter22"), password=Secret("hunter23"))
    with client.connect(node) as host:
        assert "hunter" not in repr(host) + repr(node) + repr(sshd.options(password=Secret("hunter24")))
