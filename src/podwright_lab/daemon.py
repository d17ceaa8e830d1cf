"""The process of a lab that `lab up` starts: it runs until it is asked to stop, and leaves nothing running."""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from podwright.errors import PodwrightError
from podwright_lab.active_faults import Breakages
from podwright_lab.cluster import Lab
from podwright_lab.control import Answer, ControlServer
from podwright_lab.lab_error import LabError
from podwright_lab.layout import LabLayout
from podwright_lab.processes import LabLock


class LabDaemon:
    """A running lab that answers the control socket's requests; one of them sets `stop`."""

    def __init__(self, lab: Lab, stop: threading.Event) -> None:
        self._stop = stop
        self._lab = lab
        self._breakages = Breakages(lab)

    def handle(self, request: Mapping[str, object]) -> Answer:
        """Answer `{"do": "status"|"stop"|"break"|"mend", "node": NAME, "what": BREAKAGE}`."""
        action, node, what = (str(request.get(key, "")) for key in ("do", "node", "what"))
        match action:
            case "status":
                return self._status()
            case "stop":
                self._stop.set()
                return {}
            case "break":
                return {"broken": self._breakages.break_node(node, what)}
            case "mend":
                return {"mended": self._breakages.mend_node(node, what)}
            case _:
                raise LabError(f"the lab does not know `{action}`")

    def _status(self) -> Answer:
        nodes = [
            {"name": node.name, "port": node.port, "broken": self._breakages.of(node.name)}
            for node in self._lab.nodes
        ]
        return {
            "pid": os.getpid(),
            "api": self._lab.api.url,
            "nodes": nodes,
            "broken": self._breakages.of_all(),
        }


def run(options: argparse.Namespace) -> None:
    """Run a lab until SIGTERM, SIGINT, SIGHUP or a `stop` request.

    How the start went is written to the descriptor `ready`; `lock` is that of the folder's lock, already taken.
    """
    _allow_many_descriptors()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    lock = LabLock(LabLayout(options.directory).pid_file, options.lock)
    lab = Lab(options.directory, nodes=options.nodes, speed=options.speed, sshd=options.sshd, lock=lock)
    try:
        lab.start()
    except PodwrightError as error:
        _tell(options.ready, {"message": error.message, "hint": error.hint})
        return
    try:
        daemon = LabDaemon(lab, stop)
        control = ControlServer(lab.layout.control_socket, daemon.handle)
        _tell(options.ready, {})
        stop.wait()
        control.close()
    finally:
        lab.close()


def _allow_many_descriptors() -> None:
    """Two for each node and a few for each client: the usual soft limit of 1,024 would end a fleet at 500 nodes."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _tell(ready: int, content: Mapping[str, str]) -> None:
    with os.fdopen(ready, "w") as pipe:
        json.dump(content, pipe)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m podwright_lab.daemon")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--nodes", type=int, required=True)
    parser.add_argument("--speed", type=float, required=True)
    parser.add_argument("--sshd", action="store_true")
    parser.add_argument("--ready", type=int, required=True)
    parser.add_argument("--lock", type=int, required=True)
    options = parser.parse_args(arguments)
    # `kill -USR1` makes a lab that hangs write what each of its threads does to its log
    faulthandler.register(signal.SIGUSR1, file=sys.stderr)
    run(options)


if __name__ == "__main__":
    main()
