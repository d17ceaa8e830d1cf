"""Starts, asks and ends the lab of a folder from outside its process."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from podwright_lab.cluster import claim
from podwright_lab.control import ask
from podwright_lab.lab_error import LabError
from podwright_lab.layout import MARK_VARIABLE, LabLayout
from podwright_lab.processes import LabLock, end_leftovers

_START_SECONDS = 60.0
_START_SECONDS_PER_NODE = 0.5
_STOP_SECONDS = 20.0
#: From letting go of the folder to the end of the process.
_EXIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One node of a running lab; `broken` names what is."""

    name: str
    port: int
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabStatus:
    """A running lab; `broken` names what is broken for all of it."""

    pid: int
    api: str
    nodes: tuple[NodeStatus, ...]
    broken: tuple[str, ...]


def layout_of(directory: Path | str) -> LabLayout:
    return LabLayout(Path(directory).resolve())


def up(layout: LabLayout, *, nodes: int, speed: float = 1.0, sshd: bool = False) -> LabStatus:
    """Start a lab in a process of its own and wait until its nodes answer; raises LabError with the reason if not.

    What a crashed lab left running there is ended first; its nodes' files are taken up again.
    """
    claim(layout)
    reader, writer = os.pipe()
    lock = LabLock(layout.pid_file)
    try:
        descriptor = lock.acquire()
        end_leftovers(layout.directory)
        options = ["--nodes", str(nodes), "--speed", str(speed), *(["--sshd"] if sshd else [])]
        pid = _spawn(layout, options, ready=writer, lock=descriptor)
    except BaseException:
        os.close(reader)
        raise
    finally:
        lock.release()
        os.close(writer)
    try:
        _await_start(reader, layout, _START_SECONDS + nodes * _START_SECONDS_PER_NODE)
    except BaseException:
        _give_up(layout, pid)
        raise
    finally:
        os.close(reader)
    return status(layout)


def _spawn(layout: LabLayout, options: Sequence[str], *, ready: int, lock: int) -> int:
    """Start the lab's process as nobody's child, so that its end leaves no zombie here; returns its pid."""
    descriptors = ["--ready", str(ready), "--lock", str(lock)]
    command = [sys.executable, "-m", "podwright_lab.daemon", str(layout.directory), *options, *descriptors]
    script = '"$@" >"$0" 2>&1 </dev/null & echo $!'
    started = subprocess.run(
        ["/bin/sh", "-c", script, str(layout.log_file), *command],
        env={**os.environ, MARK_VARIABLE: str(layout.directory)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        pass_fds=(ready, lock),
        start_new_session=True,
    )
    return int(started.stdout)


def _give_up(layout: LabLayout, pid: int) -> None:
    """End a lab that did not start; another that won the folder at the same time runs on."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    lock = LabLock(layout.pid_file)
    with contextlib.suppress(LabError):
        lock.acquire()
        end_leftovers(layout.directory)
    lock.release()


def _await_start(reader: int, layout: LabLayout, seconds: float) -> None:
    received = _read_until_closed(reader, seconds)
    if not received:
        reason = "it takes too long" if received is None else _last_line(layout.log_file)
        raise LabError(f"the lab did not start: {reason}", f"its log is `{layout.log_file}`")
    failure: Mapping[str, str] = json.loads(received)
    if failure:
        raise LabError(failure["message"], failure["hint"])


def _read_until_closed(reader: int, seconds: float) -> bytes | None:
    """What came until the other end was closed, or None if that takes longer."""
    deadline = time.monotonic() + seconds
    received = b""
    while (left := deadline - time.monotonic()) > 0:
        if select.select([reader], [], [], left)[0]:
            content = os.read(reader, 65536)
            if not content:
                return received
            received += content
    return None


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "its process ended without a word"


def status(layout: LabLayout) -> LabStatus:
    """Raises LabError if no lab runs."""
    answer = ask(layout.control_socket, {"do": "status"})
    nodes = tuple(NodeStatus(node["name"], node["port"], tuple(node["broken"])) for node in answer["nodes"])
    return LabStatus(answer["pid"], answer["api"], nodes, tuple(answer["broken"]))


def break_node(layout: LabLayout, node: str, what: str) -> tuple[str, ...]:
    """Break `what` on a node of the running lab, or on every one for `all`; returns where it is broken now.

    Raises LabUsageError for a node or breakage that there is not, and LabError if it cannot be done.
    """
    return tuple(ask(layout.control_socket, {"do": "break", "node": node, "what": what})["broken"])


def mend_node(layout: LabLayout, node: str, what: str) -> tuple[str, ...]:
    """Undo `break_node`; `what` may be `all`. Returns where it works now."""
    return tuple(ask(layout.control_socket, {"do": "mend", "node": node, "what": what})["mended"])


def down(layout: LabLayout, *, keep: bool = False) -> bool:
    """End the lab and remove its folder, which `keep` leaves; returns whether there was any.

    A lab that does not stop when asked is killed; what a crashed one left running is ended too.
    """
    if not layout.mark.exists():
        return False
    lock = LabLock(layout.pid_file)
    if lock.held():
        _stop(layout, lock)
    end_leftovers(layout.directory, grace=_EXIT_SECONDS)
    if not keep:
        _remove(layout)
    return True


def _remove(layout: LabLayout) -> None:
    for node in (layout.directory / "nodes").glob("*"):
        # a lab that was killed while a folder of its was read-only leaves it so
        layout.node(node.name).make_sound()
    shutil.rmtree(layout.directory)


def _stop(layout: LabLayout, lock: LabLock) -> None:
    pid = lock.holder()
    for number in (signal.SIGTERM, signal.SIGKILL):
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if lock.wait_free(_STOP_SECONDS):
            return
    raise LabError(f"the lab in `{layout.directory}` (pid {pid}) does not end")
