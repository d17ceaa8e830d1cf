"""Real OpenSSH servers for lab nodes, one process a node, run by the ordinary user (`lab up --sshd`)."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from podwright_lab.kubelet.undertaker import Undertaker
from podwright_lab.lab_error import LabError
from podwright_lab.ssh_command import NodeShell

_PORT_ATTEMPTS = 5
_START_SECONDS = 10.0
_LOG = "sshd.log"
_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/sbin")

#: Every path absolute, since sshd starts itself again from `/`. Without `UsePAM no` and `StrictModes no` an ordinary
#: user's sshd accepts no login. `HOME` keeps the user's own shell start-up files, and their PATH, out.
_CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {host_key}
AuthorizedKeysFile {authorized_keys}
UsePAM no
StrictModes no
PidFile none
UseDNS no
LogLevel ERROR
PasswordAuthentication no
KbdInteractiveAuthentication no
AllowTcpForwarding local
AllowStreamLocalForwarding no
AllowAgentForwarding no
X11Forwarding no
PermitTunnel no
MaxSessions 64
MaxStartups 256
SetEnv {environment}
ForceCommand exec /bin/sh {login}
"""

_LOGIN = """\
cd {home} || exit 1
wrap=
[ ! -f {prelude} ] || . {prelude}
[ -n "${{SSH_ORIGINAL_COMMAND+x}}" ] || exec $wrap /bin/sh
exec $wrap /bin/sh -c "$SSH_ORIGINAL_COMMAND"
"""


@dataclass(frozen=True, slots=True)
class SshdNode:
    """One node's sshd; `faults` is None: nothing of ours stands on its wire that could delay or cut it."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    faults: None = None


class RealSshds:
    """Starts an sshd for every node added; `close()` ends them with all sessions and their commands.

    No sshd outlives this process, however it ends.
    """

    def __init__(self, user: str, key_file: Path) -> None:
        """`key_file` is the private key that `user`, whom this process runs as, logs in with; `.pub` lies beside it."""
        self._program = _find_sshd()
        self._user = user
        self._key_file = key_file
        self._nodes: list[SshdNode] = []
        self._undertaker = Undertaker()

    def add_node(self, name: str, host_key_file: Path, shell: NodeShell) -> SshdNode:
        """Start a node's sshd on a free loopback port and wait until it answers; raises LabError."""
        for _ in range(_PORT_ATTEMPTS):
            port = _free_port()
            process = self._start(port, host_key_file, shell)
            self._undertaker.watch(process.pid)
            if _answers(process, port):
                node = SshdNode(name, port, process)
                self._nodes.append(node)
                return node
            self._end(process)
        raise LabError(f"{name}: sshd does not start: {_last_line(host_key_file.parent / _LOG)}")

    def start(self) -> None:
        """Each one serves since it was added: log in to the first as a trial; raises LabError if it accepts no login."""
        for node in self._nodes[:1]:
            _log_in(node.port, self._user, self._key_file)

    def close(self) -> None:
        for node in self._nodes:
            for pid in (*_descendants(node.process.pid), node.process.pid):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            self._end(node.process)
        self._undertaker.close()

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        self._undertaker.release(process.pid)

    def _start(self, port: int, host_key_file: Path, shell: NodeShell) -> subprocess.Popen[bytes]:
        folder = host_key_file.parent
        login = folder / "login"
        quoted = {"home": shlex.quote(str(shell.home)), "prelude": shlex.quote(str(shell.prelude))}
        login.write_text(_LOGIN.format(**quoted))
        configuration = folder / "sshd_config"
        configuration.write_text(
            _CONFIGURATION.format(
                port=port,
                host_key=_word(str(host_key_file)),
                authorized_keys=_word(str(self._key_file.with_suffix(".pub")).replace("%", "%%")),
                environment=" ".join(_word(f"{name}={value}") for name, value in shell.environment.items()),
                login=shlex.quote(str(login)),
            )
        )
        with (folder / _LOG).open("ab") as log:
            return subprocess.Popen(
                [self._program, "-D", "-e", "-f", str(configuration)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )


def _word(text: str) -> str:
    """One argument of sshd_config, which knows double quotes and backslashes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _find_sshd() -> str:
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS))
    program = shutil.which("sshd", path=path)
    if program is None:
        raise LabError("there is no `sshd` on this machine", "install openssh-server, or leave out `--sshd`")
    if os.geteuid() == 0:
        # sshd run by root separates its privileges there; as an ordinary user it does not look
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    return program


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as link:
            if link.recv(4) == b"SSH-":
                return True
        time.sleep(0.01)
    return False


def _log_in(port: int, user: str, key_file: Path) -> None:
    """Log in and out again; runs nothing. An sshd of root's refuses a locked account (auth.c, `allowed_user`)."""
    from paramiko import AuthenticationException, Ed25519Key, SSHException, Transport

    try:
        with contextlib.closing(Transport(("127.0.0.1", port))) as transport:
            transport.start_client(timeout=_START_SECONDS)
            transport.auth_publickey(user, Ed25519Key.from_private_key_file(str(key_file)))
    except AuthenticationException as error:
        raise LabError(
            f"sshd does not let `{user}` log in",
            f"is the account locked (`!` in /etc/shadow)? `usermod -p '*' {user}` unlocks it and gives it no password;"
            " or run the lab as another user, or leave out `--sshd`",
        ) from error
    except (SSHException, OSError, EOFError) as error:
        raise LabError(f"sshd answers no log-in: {error}", "leave out `--sshd`") from error


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it printed nothing"


def _descendants(pid: int) -> tuple[int, ...]:
    """The processes below `pid`: sshd makes each session a group of its own, so no group holds them all."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text().rpartition(")")[2].split()[1])
    found: list[int] = []
    level = [pid]
    while level:
        level = [child for child, parent in parents.items() if parent in level]
        found.extend(level)
    return tuple(found)
