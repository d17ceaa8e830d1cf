"""Runs of the command line for tests that make many: each is a process of its own, forked from one that has imported it all.

Most of what a short command costs is the import of its modules. What a real start costs, and that each command imports
all that it uses, is for the tests of `tests/cli` and `tests/unit/cli`.
"""

from __future__ import annotations

import faulthandler
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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

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


class Running:
    """A command that was started."""

    def __init__(self, connection: socket.socket, out: IO[bytes], err: IO[bytes]) -> None:
        self._connection, self._out, self._err = connection, out, err
        self.pid = int(connection.recv(16))

    def kill(self, number: int = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def answer(self, timeout: float = 100) -> Answer:
        """Once it has ended. Raises TimeoutError."""
        with self._connection, self._out, self._err:
            return self._answer(timeout)

    def _answer(self, timeout: float) -> Answer:
        self._connection.settimeout(timeout)
        try:
            status = self._connection.recv(16)
        except TimeoutError:
            # it tells where each of its threads is
            self.kill(signal.SIGABRT)
            self._connection.recv(16)
            raise TimeoutError(f"the command did not end: {self._read(self._err)}") from None
        assert status, "the command's process vanished"
        return Answer(int(status), self._read(self._out), self._read(self._err))

    def _read(self, file: IO[bytes]) -> str:
        file.seek(0)
        return file.read().decode()


@dataclass(frozen=True)
class CommandServer:
    address: str

    def start(self, arguments: Sequence[str], *, environment: Mapping[str, str], stdin: str = "") -> Running:
        """As `python -m podwright ARGUMENTS` in the folder `/`."""
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 (of who waits for it)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with tempfile.TemporaryFile() as given:
            given.write(stdin.encode())
            given.seek(0)
            connection.connect(self.address)
            request = json.dumps([list(arguments), dict(environment)]).encode()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LARGEST)
            socket.send_fds(connection, [request], [file.fileno() for file in (given, out, err)])
        return Running(connection, out, err)

    def run(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        stdin: str = "",
        timeout: float = 100,
    ) -> Answer:
        """As `python -m podwright ARGUMENTS` in the folder `/`."""
        return self.start(arguments, environment=environment, stdin=stdin).answer(timeout)


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
    faulthandler.enable()
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
    connection.send(str(process).encode())
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
