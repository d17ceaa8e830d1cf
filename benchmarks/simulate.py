"""podwright on thousands of nodes that are stand-ins in this process: what grows with the fleet, and what must not.

Each node is a folder in memory that answers the node programs; a connection holds a real descriptor while it is open.
Everything else is podwright's own: inventory, rendering, judging, threads, plans, outcomes, lines of JSON.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import re
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.site import template
from podwright.cli.app import App
from podwright.cli.converge_output import run_converge
from podwright.cli.run_options import ConvergeOptions
from podwright.cli.site_options import SiteOptions
from podwright.inventory.node import Node
from podwright.operations.desired import Desired
from podwright.operations.drift import check_drift, drift_code, findings_of
from podwright.operations.interruption import Interruption
from podwright.operations.world import Settings, World
from podwright.plan.expectations import WaitFor
from podwright.plan.observed import Unavailable
from podwright.plan.run import Run
from podwright.remote.host import Output
from podwright.remote.kube.mirrors import Mirrors

FOLDER = "/etc/kubernetes/manifests"
FORKS = 32
_NONCE = re.compile(r"^nonce=(\w+)$", re.MULTILINE)
_STAGED = re.compile(r"^stage (\S+) \w+ <<'(\w+)'[^\n]*\n(.*?)\2$", re.MULTILINE | re.DOTALL)
_PUT = re.compile(r"^put (\S+) (\S+) \S+ \S+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class MemoryHost:
    """A node that obeys the programs that observe and apply in their effects: `files` is its manifest folder."""

    files: dict[str, bytes]
    alive = True

    def stream(
        self,
        program: str,
        stdin: Iterable[bytes] | None = None,
        *,
        timeout: float,
        secret: bool = True,
        watchdog: bool = True,
        silence: float = math.inf,
    ) -> Output:
        del stdin, timeout, secret, watchdog, silence
        nonce = _NONCE.findall(program)[0]
        records = self._observed() if "\nobserve_kubelet\n" in program else self._applied(program)
        yield b"".join(b"\n@%s %s\n%s" % (nonce.encode(), head, body) for head, body in records)

    def _observed(self) -> Iterator[tuple[bytes, bytes]]:
        yield b"begin 1", b""
        yield b"host node", b""
        yield b"kubelet-missing", b""
        yield b"folder " + FOLDER.encode(), b""
        for name, content in self.files.items():
            yield b"entry file 600 0 1 1 " + name.encode(), content
        yield b"runtime-missing", b""
        yield b"end", b""

    def _applied(self, program: str) -> Iterator[tuple[bytes, bytes]]:
        yield b"begin 1", b""
        staged = {key: text for key, _, text in _STAGED.findall(program)}
        for key, name in _PUT.findall(program):
            self.files[name] = staged[f"{key}.1"].encode()
            yield b"written 1.00 " + name.encode(), b""
        yield b"end", b""


@dataclass(slots=True)
class MemoryFleet:
    """All nodes, and the most threads, connections and descriptors that were seen at once."""

    folders: dict[str, dict[str, bytes]] = field(default_factory=dict)
    threads: int = 0
    connections: int = 0
    descriptors: int = 0
    _open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def connect(self, node: Node) -> Iterator[MemoryHost]:
        descriptor = os.open(os.devnull, os.O_RDONLY)
        with self._lock:
            self._open += 1
            self.connections = max(self.connections, self._open)
            self.threads = max(self.threads, threading.active_count())
            self.descriptors = max(self.descriptors, len(os.listdir("/proc/self/fd")))  # noqa: PTH208 - the cheap way
        try:
            yield MemoryHost(self.folders.setdefault(node.name, {}))
        finally:
            os.close(descriptor)
            with self._lock:
                self._open -= 1


class MemoryApp(App):
    """podwright's own wiring, with the fleet in memory in place of SSH."""

    def __init__(self, site: Path, fleet: MemoryFleet) -> None:
        super().__init__(
            SiteOptions(inventory=(site / "inventory.yaml",), templates=site / "templates", no_api=True)
        )
        self._fleet = fleet

    @contextmanager
    def world(self) -> Iterator[World]:
        with Mirrors(Unavailable("--no-api")) as mirrors:
            yield World(
                self._fleet.connect,
                mirrors,
                Run("bench", "bench"),
                time.monotonic,
                Interruption(),
                without_api=True,
            )


class Lines(io.TextIOBase):
    """Counts lines of JSON and notes on how many nodes something was written when the first one was there."""

    def __init__(self, fleet: MemoryFleet) -> None:
        self.count = 0
        self.nodes_at_first = 0
        self._fleet = fleet

    def write(self, text: str) -> int:
        if not self.count:
            self.nodes_at_first = sum(bool(files) for files in self._fleet.folders.values())
        self.count += text.count("\n")
        return len(text)


@dataclass(frozen=True, slots=True)
class Lap:
    """One step's seconds of CPU, and the peak of memory in MB up to its end."""

    what: str
    seconds: float
    peak_mb: float


def write_memory_site(folder: Path, nodes: int, pods: int = 1) -> None:
    """An inventory of that many nodes with as many templates each."""
    templates = folder / "templates"
    templates.mkdir(parents=True)
    names = [f"web-{number}" for number in range(pods)]
    for number, name in enumerate(names):
        (templates / f"{name}.yaml.j2").write_text(template(number))
    (folder / "inventory.yaml").write_text(
        f"all:\n  vars: {{podwright_manifest_dir: {FOLDER}, pod_prefix: web, static_pods: [{', '.join(names)}]}}\n"
        f"  hosts:\n    node-[1:{nodes}]: {{}}\n"
    )


def run(folder: Path, fleet: MemoryFleet, lines: type[Lines] = Lines) -> Iterator[Lap]:
    """Load, judge, push, push again and check; ends with an error where a step did not do its work."""
    app = MemoryApp(folder, fleet)
    begun = time.process_time()

    def lap(what: str) -> Lap:
        nonlocal begun
        now, begun_before = time.process_time(), begun
        begun = now
        return Lap(what, now - begun_before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

    site = app.site()
    nodes = site.inventory.nodes
    yield lap("inventory")
    desired = site.desired(nodes)
    yield lap("render and judge")
    _push(app, desired, lines(fleet))
    yield lap("first push, -o jsonl")
    _push(app, desired, lines(fleet))
    yield lap("push, no change, -o jsonl")
    with app.world() as world:
        report = check_drift(desired, world, Settings(wait_for=WaitFor.FILE, forks=FORKS))
    if drift_code(report):
        raise SystemExit(f"error: {findings_of(report)[:3]} {report.problems[:3]}")
    yield lap("drift check")


def _push(app: App, desired: tuple[Desired, ...], lines: Lines) -> None:
    shown = ConvergeOptions(yes=True, output="jsonl", wait_for="file", forks=FORKS)
    with contextlib.redirect_stdout(lines), contextlib.redirect_stderr(io.StringIO()):
        status = run_converge("PushReport", app, desired, shown)
    if status or lines.count != len(desired):
        raise SystemExit(f"error: exit status {status}, {lines.count} lines for {len(desired)} nodes")


def simulate(nodes: int) -> int:
    """Print what each step costs and what was the most of everything."""
    fleet = MemoryFleet()
    with tempfile.TemporaryDirectory() as folder:
        write_memory_site(Path(folder), nodes)
        for lap in run(Path(folder), fleet):
            each = 1000 * lap.seconds / nodes
            print(
                f"{lap.what:28} {lap.seconds:7.2f} s CPU {each:6.2f} ms a node, peak {lap.peak_mb:5.0f} MB",
                flush=True,
            )
    print(
        f"{nodes} nodes: at most {fleet.connections} connections, {fleet.threads} threads, {fleet.descriptors} descriptors"
    )
    return 0


if __name__ == "__main__":
    sys.exit(simulate(int(sys.argv[1])))
