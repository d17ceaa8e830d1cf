"""Real sshds as the nodes' servers, started by whoever runs the tests."""

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from podwright_lab import real_sshd
from podwright_lab.keys import ensure_key
from podwright_lab.lab_error import LabError
from podwright_lab.real_sshd import RealSshds
from podwright_lab.ssh_command import NodeShell

pytestmark = pytest.mark.skipif(
    shutil.which("sshd", path="/usr/sbin:/usr/local/sbin") is None or shutil.which("ssh") is None,
    reason="no OpenSSH here",
)


def until(condition, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


class Site:
    def __init__(self, directory):
        self.home = directory / "a node with 'spaces'"
        self.key_file = directory / "id"
        self.host_key = self.home / "etc" / "key"
        self.known_hosts = directory / "known_hosts"
        (self.home / "bin").mkdir(parents=True)
        self.host_key.parent.mkdir()
        ensure_key(self.key_file)
        self.public = ensure_key(self.host_key)
        environment = {"PATH": f"{self.home}/bin:/usr/bin:/bin", "HOME": str(self.home), "MARK": 'a "b" \\ c'}
        self.shell = NodeShell(self.home, environment, self.home / "prelude")
        self.servers = RealSshds(getpass.getuser(), self.key_file)
        self.node = self.servers.add_node("one", self.host_key, self.shell)
        self.known_hosts.write_text(f"[127.0.0.1]:{self.node.port} {self.public}\n")

    def words(self, command, *options):
        login = ["-p", str(self.node.port), "-i", str(self.key_file), "-l", getpass.getuser()]
        known = ["-o", f"UserKnownHostsFile={self.known_hosts}", "-o", "BatchMode=yes"]
        return ["ssh", "-F", "none", *login, *known, *options, "127.0.0.1", *filter(None, [command])]

    def ssh(self, command, *options, **kwargs):
        words = self.words(command, *options)
        return subprocess.run(words, capture_output=True, timeout=60, check=False, **kwargs)


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    yield made
    made.servers.close()


def test_a_command_runs_in_the_nodes_folder_with_its_environment(site):
    (site.home / "bin/crictl").write_text("#!/bin/sh\necho stand-in\n")
    (site.home / "bin/crictl").chmod(0o755)
    answer = site.ssh('pwd; crictl; echo "$HOME"; echo "$MARK"; echo oops >&2; exit 7')
    assert answer.returncode == 7
    assert answer.stdout.decode().splitlines() == [str(site.home), "stand-in", str(site.home), 'a "b" \\ c']
    assert answer.stderr == b"oops\n"


def test_input_arrives_whole(site):
    content = os.urandom(1 << 20)
    assert site.ssh("cat", input=content).stdout == content


def test_the_prelude_breaks_every_command(site):
    site.shell.prelude.write_text("ulimit -f 0\ntrap '' XFSZ\nwrap='env BROKEN=1'\n")
    answer = site.ssh("echo $BROKEN; echo x | cat >file")
    assert answer.stdout == b"1\n"
    assert b"File too large" in answer.stderr


def test_a_client_that_goes_away_leaves_the_command_to_sigpipe(site):
    report = site.home / "report"
    command = "echo up; trap 'echo pipe >report' PIPE; cat; echo late"
    process = subprocess.Popen(site.words(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    until(report.exists)


def test_sftp_and_forwarding_are_refused_but_to_a_port_that_the_node_sees(site):
    assert b"subsystem request failed" in site.ssh("sftp", "-s").stderr
    answer = site.ssh("true", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:1")
    assert answer.returncode == 255
    own = site.ssh("", "-W", f"127.0.0.1:{site.node.port}", input=b"")
    assert own.stdout.startswith(b"SSH-2.0-")


def test_closing_ends_the_servers_and_the_commands_they_still_run(tmp_path):
    site = Site(tmp_path)
    process = subprocess.Popen(site.words("echo $$; exec sleep 1000"), stdout=subprocess.PIPE)
    command_pid = int(process.stdout.readline())
    site.servers.close()
    process.wait(60)
    process.stdout.close()
    until(lambda: not Path(f"/proc/{command_pid}").exists())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", site.node.port))


def test_no_sshd_outlives_a_process_that_is_killed(tmp_path):
    script = (
        "import sys, time; from pathlib import Path; from tests.unit.podwright_lab.test_real_sshd import Site;"
        "site = Site(Path(sys.argv[1])); print(site.node.process.pid, flush=True); time.sleep(1000)"
    )
    root = Path(__file__).parents[3]
    owner = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True
    )
    sshd_pid = int(owner.stdout.readline())
    assert "sshd" in Path(f"/proc/{sshd_pid}/cmdline").read_text()
    owner.kill()
    owner.wait()
    owner.stdout.close()
    until(lambda: not _runs(sshd_pid))


def _runs(pid):
    """Whether it is there and no zombie, which waits for whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_start_that_fails_says_sshds_own_reason(site):
    site.host_key.write_text("no key\n")
    with pytest.raises(LabError, match=r"one: sshd does not start: .*host"):
        site.servers.add_node("one", site.host_key, site.shell)


def test_an_sshd_that_lets_its_user_in_passes_the_trial(site):
    site.servers.start()


def test_an_account_that_sshd_refuses_stops_the_start(monkeypatch, tmp_path):
    """As it does a locked one, which no test may make of the account it runs as."""
    refusing = f"{real_sshd._CONFIGURATION}DenyUsers {getpass.getuser()}\n"
    monkeypatch.setattr(real_sshd, "_CONFIGURATION", refusing)
    site = Site(tmp_path)
    try:
        with pytest.raises(LabError, match=f"sshd does not let `{getpass.getuser()}` log in") as failure:
            site.servers.start()
    finally:
        site.servers.close()
    assert "is the account locked" in failure.value.hint


def test_a_machine_without_sshd_gets_a_hint(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(real_sshd, "_SYSTEM_FOLDERS", ())
    with pytest.raises(LabError) as failure:
        RealSshds(getpass.getuser(), tmp_path / "id")
    assert "openssh-server" in failure.value.hint
