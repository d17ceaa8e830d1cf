"""A real etcd of several members on loopback, whose data lie in a folder; its members can be killed and started again."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.sshd import free_port

START_SECONDS = 60.0


@dataclass
class Etcd:
    """One member: its ports, the words that start it, and its process if it was started here."""

    name: str
    folder: Path
    client: int = field(default_factory=free_port)
    peer: int = field(default_factory=free_port)
    metrics: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def peer_url(self) -> str:
        return f"http://127.0.0.1:{self.peer}"

    def command(self, members: tuple[Etcd, ...], state: str = "new") -> list[str]:
        client = f"http://127.0.0.1:{self.client}"
        cluster = ",".join(f"{one.name}={one.peer_url}" for one in members)
        return [
            etcd_program(),
            f"--name={self.name}",
            f"--data-dir={self.folder / self.name}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={self.peer_url}",
            f"--initial-advertise-peer-urls={self.peer_url}",
            f"--initial-cluster={cluster}",
            f"--initial-cluster-state={state}",
            f"--listen-metrics-urls=http://127.0.0.1:{self.metrics}",
            "--quota-backend-bytes=1000000",
        ]

    def start(self, members: tuple[Etcd, ...], state: str = "new") -> None:
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(members, state), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def post(self, path: str, **body: object) -> dict:
        """A call of its gateway from JSON to gRPC."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.client}/v3/{path}", json.dumps(body).encode(), method="POST"
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    @property
    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics}/health", timeout=3) as answer:
                return json.load(answer)["health"] == "true"
        except OSError:
            return False


@contextmanager
def running_etcd(folder: Path, size: int = 3) -> Iterator[tuple[Etcd, ...]]:
    members = tuple(Etcd(f"m{number}", folder) for number in range(1, size + 1))
    try:
        for one in members:
            one.start(members)
        await_all(members)
        yield members
    finally:
        for one in members:
            one.kill()


def await_all(members: tuple[Etcd, ...], seconds: float = START_SECONDS) -> None:
    await_true(lambda: all(one.healthy for one in members), seconds)


def await_true(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)


def await_answer(ask: Callable[[], dict], seconds: float = START_SECONDS) -> dict:
    """An etcd takes a member in only some seconds after its start."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except OSError:
            assert time.monotonic() < deadline, "not in time"
            time.sleep(0.2)


def etcd_program() -> str:
    found = shutil.which("etcd")
    if not found:
        raise RuntimeError("these tests need etcd: install etcd-server")
    return found
