"""Runs of the command line for tests that make many: each is a process of its own, forked from one that has imported it all.

Most of what a short command costs is the import of its modules. What a real start costs, and that each command imports
all that it uses, is for the tests of `tests/cli` and `tests/unit/cli`.
"""

from __future__ import annotations

import gc
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: more than a request has: arguments and environment
LARGEST = 1 << 20


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def document(self) -> dict:
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandServer:
    address: str

    def run(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        stdin: str = "",
        timeout: float = 180,
    ) -> Answer:
        """As `python -m podwright ARGUMENTS` in the folder `/`."""
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
            socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection,
        ):
            given.write(stdin.encode())
            given.seek(0)
            connection.settimeout(timeout)
            connection.connect(self.address)
            request = json.dumps([list(arguments), dict(environment)]).encode()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LARGEST)
            socket.send_fds(connection, [request], [file.fileno() for file in (given, out, err)])
            status = connection.recv(16)
            assert status, "the command's process vanished"
            out.seek(0)
            err.seek(0)
            return Answer(int(status), out.read().decode(), err.read().decode())


@contextmanager
def command_server(folder: Path) -> Iterator[CommandServer]:
    address = str(folder / "commands")
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.command_server", address],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not Path(address).exists():
            assert server.poll() is None, "the server of commands ended"
            time.sleep(0.02)
        yield CommandServer(address)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def import_all(package: str) -> None:
    for module in pkgutil.walk_packages(__import__(package).__path__, f"{package}."):
        if not module.name.endswith(".__main__"):
            __import__(module.name)


def serve(address: str) -> None:
    import_all("podwright")
    gc.freeze()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(f"{address}.new")
        listener.listen(16)
        Path(f"{address}.new").rename(address)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                break
            connection.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, files, _, _ = socket.recv_fds(connection, LARGEST, 3)
    process = os.fork()
    if process == 0:
        connection.close()
        become(*json.loads(request), files)
    _, status = os.waitpid(process, 0)
    connection.send(str(os.waitstatus_to_exitcode(status)).encode())


def become(arguments: list[str], environment: dict[str, str], files: list[int]) -> None:
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir("/")
    sys.argv[1:] = arguments
    runpy.run_module("podwright", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    serve(sys.argv[1])
