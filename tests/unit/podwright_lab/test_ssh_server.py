"""The embedded SSH server, asked by paramiko and by OpenSSH's own client."""

import contextlib
import io
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import paramiko
import pytest

from podwright_lab.keys import ensure_key
from podwright_lab.ssh_command import NodeShell
from podwright_lab.ssh_server import SshServers

USER = "operator"


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def open_descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


class Site:
    """Two nodes and what a client needs to log in."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.key_file = directory / "id"
        ensure_key(self.key_file)
        self.key = paramiko.Ed25519Key.from_private_key_file(str(self.key_file))
        self.servers = SshServers(USER, self.key)
        self.nodes = [self._add(name) for name in ("one", "two")]
        known = [
            f"[127.0.0.1]:{node.port} {(directory / node.name / 'key.pub').read_text()}"
            for node in self.nodes
        ]
        (directory / "known_hosts").write_text("".join(known))
        self.servers.start()

    def _add(self, name):
        home = self.directory / name
        (home / "bin").mkdir(parents=True)
        ensure_key(home / "key")
        environment = {"PATH": f"{home}/bin:/usr/bin:/bin", "HOME": str(home), "USER": USER}
        return self.servers.add_node(name, home / "key", NodeShell(home, environment, home / "prelude"))

    def client(self, node=0, user=USER, key=None):
        client = paramiko.SSHClient()
        client.load_host_keys(str(self.directory / "known_hosts"))
        client.connect(
            "127.0.0.1",
            self.nodes[node].port,
            user,
            pkey=key or self.key,
            allow_agent=False,
            look_for_keys=False,
            timeout=60,
        )
        return client

    def words(self, command, *options):
        known_hosts = f"UserKnownHostsFile={self.directory}/known_hosts"
        login = ["ssh", "-F", "none", "-p", str(self.nodes[0].port), "-i", str(self.key_file), "-l", USER]
        return [*login, "-o", known_hosts, "-o", "BatchMode=yes", *options, "127.0.0.1", command]

    def ssh(self, command, *options, **kwargs):
        words = self.words(command, *options)
        return subprocess.run(words, capture_output=True, timeout=60, check=False, **kwargs)


@pytest.fixture
def site(tmp_path):
    before = threading.active_count()
    made = Site(tmp_path)
    yield made
    made.servers.close()
    until(lambda: threading.active_count() <= before)


@pytest.fixture
def client(site):
    with site.client() as one:
        yield one


def feed(channel, stdin):
    # a command that ends before it read everything closes the channel under the writer
    with contextlib.suppress(OSError):
        channel.sendall(stdin)
        channel.shutdown_write()


def run(client, command, stdin=b""):
    """The exit status, output and error output of `command`, with both streams read at once."""
    channel = client.get_transport().open_session(timeout=60)
    channel.settimeout(30)
    channel.exec_command(command)
    errors = io.BytesIO()
    reader = threading.Thread(target=lambda: errors.write(channel.makefile_stderr("rb").read()))
    reader.start()
    writer = threading.Thread(target=feed, args=(channel, stdin))
    writer.start()
    output = channel.makefile("rb").read()
    reader.join()
    writer.join()
    status = channel.recv_exit_status()
    channel.close()
    return status, output, errors.getvalue()


def test_a_command_runs_in_the_nodes_folder_with_its_bin_first_on_path(site, client):
    (site.directory / "one/bin/crictl").write_text("#!/bin/sh\necho stand-in\n")
    (site.directory / "one/bin/crictl").chmod(0o755)
    status, output, errors = run(client, "pwd; crictl; echo $HOME; echo oops >&2; exit 7")
    home = str(site.directory / "one")
    assert (status, output.decode().split(), errors) == (7, [home, "stand-in", home], b"oops\n")


def test_each_node_has_its_own_port_folder_and_host_key(site):
    with site.client(0) as one, site.client(1) as two:
        assert run(one, "basename $PWD")[1] == b"one\n"
        assert run(two, "basename $PWD")[1] == b"two\n"
        keys = {link.get_transport().get_remote_server_key().get_base64() for link in (one, two)}
    assert len(keys) == 2


def test_nothing_of_the_labs_own_environment_reaches_a_command(client, monkeypatch):
    monkeypatch.setenv("LAB_SECRET", "leaked")
    assert b"LAB_SECRET" not in run(client, "env")[1]


def test_five_megabytes_each_way_on_both_streams_arrive_whole(client):
    content = os.urandom(5 << 20)
    status, output, errors = run(client, "tee /dev/stderr", content)
    assert status == 0
    assert output == content
    assert errors == content


def test_input_that_the_command_does_not_read_is_dropped(client):
    status, output, _ = run(client, "exec <&-; sleep 0.2; echo done", b"x" * (8 << 20))
    assert (status, output) == (0, b"done\n")


def test_a_signal_that_ends_the_command_is_told_as_one(client, site):
    assert run(client, "kill -TERM $$")[0] == -1
    answer = site.ssh("kill -KILL $$")
    assert answer.returncode == 255


def test_many_sessions_share_one_connection(client):
    results = {}
    threads = [
        threading.Thread(target=lambda n=number: results.update({n: run(client, f"sleep 0.1; echo {n}")}))
        for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: (0, b"%d\n" % number, b"") for number in range(12)}


def test_a_background_process_that_holds_the_output_keeps_the_session_open(client):
    status, output, _ = run(client, "(sleep 0.3; echo late) & echo early")
    assert (status, output) == (0, b"early\nlate\n")


def test_a_client_that_goes_away_leaves_end_of_input_and_sigpipe_but_no_signal(site):
    report = site.directory / "report"
    client = site.client()
    channel = client.get_transport().open_session()
    channel.exec_command(
        f"cat >/dev/null; echo eof >{report}; trap 'echo pipe >>{report}' PIPE; echo into the void"
    )
    client.close()
    until(lambda: report.exists() and report.read_text().split() == ["eof", "pipe"])


def test_closing_the_servers_ends_commands_whose_client_went_away(tmp_path):
    site = Site(tmp_path)
    client = site.client()
    client.get_transport().open_session().exec_command(f"echo $$ >{tmp_path}/pid; exec sleep 1000")
    until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("\n"))
    client.close()
    site.servers.close()
    # it was killed; the kernel takes a moment to end it, and its parent to see that
    until(lambda: is_gone(int((tmp_path / "pid").read_text())))


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_closing_the_servers_frees_ports_and_descriptors(tmp_path):
    before = open_descriptors()
    site = Site(tmp_path)
    mute = socket.create_connection(("127.0.0.1", site.nodes[0].port))
    with site.client() as client:
        run(client, "true")
        site.servers.close()
    mute.close()
    until(lambda: open_descriptors() <= before)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", site.nodes[0].port))


@pytest.mark.parametrize("user", ["root", "", "operator2"])
def test_another_user_is_refused(site, user):
    with pytest.raises(paramiko.AuthenticationException):
        site.client(user=user)


def test_another_key_and_any_password_are_refused(site, tmp_path):
    ensure_key(tmp_path / "other")
    with pytest.raises(paramiko.AuthenticationException):
        site.client(key=paramiko.Ed25519Key.from_private_key_file(str(tmp_path / "other")))
    transport = paramiko.Transport(("127.0.0.1", site.nodes[0].port))
    transport.start_client(timeout=60)
    with pytest.raises(paramiko.BadAuthenticationType) as refusal:
        transport.auth_password(USER, "")
    assert refusal.value.allowed_types == ["publickey"]
    transport.close()


def test_terminals_sftp_and_forwarding_are_refused(client):
    transport = client.get_transport()
    for ask in (
        lambda channel: channel.get_pty(),
        lambda channel: channel.invoke_subsystem("sftp"),
    ):
        channel = transport.open_session()
        with pytest.raises(paramiko.SSHException):
            ask(channel)
    with pytest.raises(paramiko.ChannelException):
        transport.open_channel("direct-tcpip", ("127.0.0.1", 1), ("127.0.0.1", 1))
    with pytest.raises(paramiko.SSHException):
        transport.request_port_forward("127.0.0.1", 0)
    assert run(client, "echo still here")[1] == b"still here\n"


def test_a_command_with_a_nul_or_too_long_for_the_kernel_fails_alone(client):
    channel = client.get_transport().open_session()
    with pytest.raises(paramiko.SSHException):
        channel.exec_command(b"echo a\0b")
    assert run(client, ": " + "x" * (200 << 10))[0] == 255
    assert run(client, "echo fine")[1] == b"fine\n"


def test_garbage_on_the_port_hurts_nobody_else(site, client):
    for content in (b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 70000, b"SSH-2.0-x\r\n" + b"\0" * 4096):
        with socket.create_connection(("127.0.0.1", site.nodes[0].port)) as link:
            try:
                link.sendall(content)
                link.shutdown(socket.SHUT_WR)
            except OSError:
                continue
    assert run(client, "echo fine")[1] == b"fine\n"


def test_a_hundred_connections_at_once_all_work(site):
    failures = []

    def one(number):
        try:
            with site.client(number % 2) as client:
                assert run(client, f"echo {number}")[1] == b"%d\n" % number
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_link_that_is_cut_mid_command_breaks_at_the_first_output(site):
    site.nodes[0].faults.cut = True
    with site.client() as client:
        channel = client.get_transport().open_session()
        channel.exec_command(f"echo done >{site.directory}/done; echo out; sleep 0.1; echo more")
        assert channel.recv(100) == b""
        assert channel.recv_exit_status() == -1
        until(lambda: not client.get_transport().is_active())
    assert (site.directory / "done").exists()
    site.nodes[0].faults.cut = False
    with site.client() as client:
        assert run(client, "echo back")[1] == b"back\n"


def test_a_link_that_is_cut_breaks_silent_commands_too(site):
    site.nodes[0].faults.cut = True
    with site.client() as client:
        assert run(client, "sleep 5")[0] == -1


def test_a_mute_node_accepts_but_says_nothing_until_it_is_mended(site, client):
    site.nodes[0].faults.mute = True
    with (
        socket.create_connection(("127.0.0.1", site.nodes[0].port), timeout=0.3) as link,
        pytest.raises(TimeoutError),
    ):
        link.recv(1)
    answers = []
    asking = threading.Thread(target=lambda: answers.append(run(client, "echo woken")))
    asking.start()
    asking.join(0.3)
    assert asking.is_alive()
    with site.client(1) as other:
        assert run(other, "echo other")[1] == b"other\n"
    site.nodes[0].faults.mute = False
    asking.join(60)
    assert answers == [(0, b"woken\n", b"")]


def test_a_slow_link_still_works(site):
    site.nodes[0].faults.delay = 0.02
    with site.client() as client:
        assert run(client, "echo slow")[1] == b"slow\n"


def test_the_prelude_breaks_every_command_until_it_is_taken_away(site, client):
    prelude = site.directory / "one/prelude"
    prelude.write_text("ulimit -f 0\ntrap '' XFSZ\n")
    status, output, errors = run(client, "echo text; echo 'a b' | cat >file; echo $?; cat file")
    assert (status, output) == (0, b"text\n1\n")
    assert b"File too large" in errors
    prelude.unlink()
    assert run(client, "echo 'a b' >file; cat file")[1] == b"a b\n"


@pytest.mark.skipif(shutil.which("ssh") is None, reason="no OpenSSH client here")
class TestOpenSsh:
    """The other end is OpenSSH: what two ends of one library would agree on wrongly shows here."""

    def test_output_status_and_input(self, site):
        content = os.urandom(3 << 20)
        answer = site.ssh("cat; echo oops >&2; exit 9", input=content)
        assert (answer.returncode, answer.stdout, answer.stderr) == (9, content, b"oops\n")

    def test_a_log_in_without_a_command_reads_commands_from_its_input(self, site):
        words = site.words("", "-T")[:-1]
        typed = b"echo one; ls; cat nothing\necho two; exit 3\n"
        answer = subprocess.run(words, input=typed, capture_output=True, timeout=60, check=False)
        assert answer.stdout.splitlines() == [b"one", b"bin", b"key", b"key.pub", b"two"]
        assert b"nothing" in answer.stderr
        assert answer.returncode == 3

    def test_a_terminal_is_refused(self, site):
        assert b"PTY allocation request failed" in site.ssh("true", "-tt").stderr
        assert b"subsystem request failed" in site.ssh("sftp", "-s").stderr

    def test_several_commands_over_one_connection(self, site):
        control = (
            "-o",
            f"ControlPath={site.directory}/c",
            "-o",
            "ControlMaster=auto",
            "-o",
            "ControlPersist=5",
        )
        try:
            assert [site.ssh(f"echo {n}", *control).stdout for n in range(4)] == [
                b"0\n",
                b"1\n",
                b"2\n",
                b"3\n",
            ]
        finally:
            site.ssh("", *control, "-O", "exit")

    def test_a_killed_client_leaves_the_command_to_sigpipe(self, site):
        report = site.directory / "report"
        command = f"echo up; trap 'echo pipe >{report}' PIPE; cat; echo late"
        process = subprocess.Popen(site.words(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdout.readline() == b"up\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdin.close()
        process.stdout.close()
        until(report.exists)

    def test_a_wrong_host_key_is_noticed(self, site):
        answer = site.ssh("true", "-o", f"HostKeyAlias=[127.0.0.1]:{site.nodes[1].port}")
        assert answer.returncode == 255
        assert b"HOST IDENTIFICATION HAS CHANGED" in answer.stderr
