"""Reads the manifest folder as the kubelet does: each name as it changes, and all of them at every tick."""

from __future__ import annotations

import os
import select
import stat
from collections import deque
from collections.abc import Callable
from pathlib import Path

from podwright_lab.api.api_error import Object
from podwright_lab.kubelet.agenda import Process
from podwright_lab.kubelet.folder_watch import Happened
from podwright_lab.kubelet.run import Run
from podwright_lab.kubelet.static_pod import RejectedError, read_manifest

#: `maxConfigLength`
LIMIT = 10 << 20
_FIFO_POLL = 0.1


class FileSource:
    """`pkg/kubelet/config/file.go`: `deliver` gets the whole set of pods whenever it may have changed.

    Pods are keyed by namespace and name, so of two files that define one pod the last that was read wins; a tick reads
    in the order of names. What the folder's watch reports is put off while a FIFO blocks the one reader there is.
    """

    def __init__(self, run: Run, deliver: Callable[[list[Object]], None]) -> None:
        self._run = run
        self._folder = run.node.manifest_dir
        self._watches = run.world.watches
        self._log = run.log
        self._deliver = deliver
        self._store: dict[str, Object] = {}
        self._key_of_file: dict[str, str] = {}
        self._last_read: dict[str, tuple[bytes, Object | RejectedError]] = {}
        self._watch: int | None = None
        self._fifo: int | None = None
        self._postponed: deque[tuple[Happened, str] | None] = deque()

    def start(self) -> None:
        """Read everything, then follow the folder."""
        self._tick()
        self._start_watch()
        self._run.agenda.every(self._run.timing.relist_files, self._tick, self._run.scope)

    def stop(self) -> None:
        if self._watch is not None:
            self._watches.remove(self._watch, self._happened)
        if self._fifo is not None:
            os.close(self._fifo)
        self._watch = self._fifo = None

    def _start_watch(self) -> None:
        """Watch the folder, once: a later replacement is noticed at the ticks only."""
        try:
            self._watch = self._watches.add(self._folder, self._happened)
        except OSError:
            self._deliver([])
            self._log('"Unable to read config path" err="path does not exist, ignoring"')
            self._run.agenda.call_after(self._run.timing.retry_watch, self._start_watch, self._run.scope)

    def _tick(self) -> None:
        if self._fifo is None:
            self._list()
        elif None not in self._postponed:
            self._postponed.append(None)

    def _happened(self, happened: Happened, name: str) -> None:
        if name.startswith("."):
            return
        if self._run.scope.frozen:
            self._run.scope.held.append(lambda: self._happened(happened, name))
        elif self._fifo is None:
            self._consume(happened, name)
        else:
            self._postponed.append((happened, name))

    def _consume(self, happened: Happened, name: str) -> None:
        path = self._folder / name
        if happened is Happened.DROP:
            self._drop(name)
            return
        if self._blocks(path):
            return
        try:
            pod = self._read(path)
        except (OSError, RejectedError) as error:
            message = f'can\'t process config file "{path}": {_reason(error)}'
            self._log(f'"Unable to process watch event" err="{message}"')
            return
        self._store[_key(pod)] = pod
        self._deliver(list(self._store.values()))

    def _drop(self, name: str) -> None:
        self._last_read.pop(name, None)
        key = self._key_of_file.get(name)
        if key is None:
            return
        if key not in self._store:
            message = f"the pod with key {key} doesn't exist in cache"
            self._log(f'"Unable to process watch event" err="{message}"')
            return
        del self._store[key]
        self._deliver(list(self._store.values()))

    def _list(self) -> None:
        """`listConfig`: what cannot be read is not there; a folder without pods empties the set but not the store."""
        try:
            names = sorted(path.name for path in self._folder.iterdir() if not path.name.startswith("."))
        except FileNotFoundError:
            self._log('"Unable to read config path" err="path does not exist, ignoring"')
            self._deliver([])
            return
        except OSError:
            names = []
        pods = [pod for name in names if (pod := self._listed(self._folder / name)) is not None]
        if pods:
            self._store = {_key(pod): pod for pod in pods}
        self._deliver(list(self._store.values()) if pods else [])

    def _listed(self, path: Path) -> Object | None:
        try:
            mode = path.stat().st_mode
        except OSError as error:
            self._log(f'"Could not get metadata" err="{_reason(error)}" path="{path}"')
            return None
        if stat.S_ISDIR(mode):
            self._log(
                f'"Provided manifest path is a directory, not recursing into manifest path" path="{path}"'
            )
            return None
        if not stat.S_ISREG(mode):
            self._log(f'"Manifest path is not a directory or file" path="{path}"')
            return None
        try:
            return self._read(path)
        except (OSError, RejectedError) as error:
            self._log(f'"Could not process manifest file" err="{_reason(error)}" path="{path}"')
            return None

    def _read(self, path: Path) -> Object:
        with path.open("rb") as file:
            data = file.read(LIMIT)
        if len(data) == LIMIT:
            raise RejectedError("the read limit is reached")
        pod = self._parsed(path, data)
        self._key_of_file[path.name] = _key(pod)
        return pod

    def _parsed(self, path: Path, data: bytes) -> Object:
        """What the bytes of a name mean changes with them only, and most ticks find the same."""
        known = self._last_read.get(path.name)
        if known is not None and known[0] == data:
            if isinstance(known[1], RejectedError):
                raise known[1]
            return known[1]
        try:
            pod = read_manifest(data, str(path), self._run.node.name)
        except RejectedError as error:
            self._last_read[path.name] = (data, error)
            raise
        self._last_read[path.name] = (data, pod)
        return pod

    def _blocks(self, path: Path) -> bool:
        """Whether the kubelet's `open` would wait: for a FIFO, until another process has opened it for writing."""
        try:
            if not stat.S_ISFIFO(path.stat().st_mode):
                return False
            self._fifo = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return False
        self._run.agenda.spawn(self._wait_for_writer(path, self._fifo), self._run.scope)
        return True

    def _wait_for_writer(self, path: Path, fifo: int) -> Process:
        waiting = select.poll()
        waiting.register(fifo, select.POLLIN | select.POLLHUP)
        while not waiting.poll(0):
            yield _FIFO_POLL
        os.close(fifo)
        self._fifo = None
        self._log(
            f'"Unable to process watch event" err="can\'t process config file \\"{path}\\": read from a pipe"'
        )
        while self._postponed and self._fifo is None:
            waited = self._postponed.popleft()
            if waited is None:
                self._list()
            else:
                self._consume(*waited)


def _key(pod: Object) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
