"""Drives the kubelets of all nodes of a lab from one thread."""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from podwright_lab.api.store import Store, utc_now
from podwright_lab.kubelet.agenda import Agenda, Scope
from podwright_lab.kubelet.crictl_server import CrictlServer
from podwright_lab.kubelet.folder_watch import FolderWatches
from podwright_lab.kubelet.host_processes import ROUND_SECONDS, HostProcesses
from podwright_lab.kubelet.kubelet_process import Leash
from podwright_lab.kubelet.lab_kubelet import LabKubelet
from podwright_lab.kubelet.mirror_feed import MirrorFeed
from podwright_lab.kubelet.run import World
from podwright_lab.kubelet.timing import Jitter, Timing
from podwright_lab.kubelet.undertaker import Undertaker

Result = TypeVar("Result")
_LOG = logging.getLogger(__name__)
_NOTICE_SECONDS = 0.25
#: lab time; a kubelet's watch reports the mirror it posted after about this long
_ECHO_SECONDS = 0.004
_IMPATIENT_SECONDS = 0.01
_COMPARE_SECONDS = 0.05
_READY_SECONDS = 0.02


class KubeletFleet:
    """Nodes are added, and their kubelets stopped and started, by name and from any thread.

    `speed` makes the kubelets' time run that many times faster; `marks` go into the environment of every process
    that is started. `close` ends all processes; they also end when this process dies.
    """

    def __init__(
        self,
        store: Store,
        *,
        speed: float = 1.0,
        seed: int = 0,
        timing: Timing | None = None,
        marks: Mapping[str, str] | None = None,
    ) -> None:
        self._speed = speed
        self._marks = dict(marks or {})
        self._began = time.monotonic()
        self._selector = selectors.DefaultSelector()
        self._inbox: deque[Callable[[], None]] = deque()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._leash = Leash()
        self._undertaker = Undertaker()
        self._processes = HostProcesses(self._undertaker, self._marks)
        self._crictl = CrictlServer(self._selector)
        self._nodes: dict[str, LabKubelet] = {}
        self._scope = Scope()
        self._failure: BaseException | None = None
        agenda, watches = Agenda(self._note_bug), FolderWatches()
        feed = MirrorFeed(store, self._wake_feed)
        self._world = World(store, agenda, watches, feed, timing or Timing(), Jitter(seed), utc_now)
        self._selector.register(self._wake_read, selectors.EVENT_READ, self._drain)
        if watches.fileno is not None:
            self._selector.register(watches.fileno, selectors.EVENT_READ, None)
        agenda.every(_NOTICE_SECONDS * speed, self._notice, self._scope)
        self._thread = threading.Thread(target=self._run, name="lab-kubelets", daemon=True)
        # a slow API is slow for its clients; the one thread of all kubelets must not sleep in it
        store.keeps_waiting = lambda: threading.current_thread() is not self._thread
        self._thread.start()

    def add_node(self, name: str, root: Path) -> LabKubelet:
        """Make a node whose `/` is `root`, and start its kubelet."""
        return self._call(lambda: self._add(name, root))

    def _add(self, name: str, root: Path) -> LabKubelet:
        node = LabKubelet(
            name, root, self._world, processes=self._processes, leash=self._leash, marks=self._marks
        )
        self._nodes[name] = node
        self._crictl.listen(node.socket, lambda words: node.crictl.answer(words).encoded())
        node.start()
        return node

    def start(self, name: str) -> None:
        """Start a node's kubelet that is down."""
        self._call(self._nodes[name].start)

    def stop(self, name: str) -> None:
        """Stop a node's kubelet; its containers run on."""
        self._call(self._nodes[name].stop)

    def configure(self, name: str, *, by_drop_in: bool) -> None:
        """Configure a node's kubelet by one drop-in alone, or by one file."""
        self._call(lambda: self._nodes[name].configure(by_drop_in=by_drop_in))

    def show_elsewhere(self, name: str) -> None:
        """Let a node's processes show a kubelet of another mount namespace; raises LabError."""
        self._call(self._nodes[name].show_elsewhere)

    def hide_elsewhere(self, name: str) -> None:
        self._call(self._nodes[name].hide_elsewhere)

    def is_up(self, name: str) -> bool:
        return self._call(lambda: self._nodes[name].up)

    def down(self) -> frozenset[str]:
        """The nodes whose kubelet does not run now, stopped by us or killed from outside."""

        def look() -> frozenset[str]:
            self._notice()
            return frozenset(name for name, node in self._nodes.items() if not node.up)

        return self._call(look)

    def await_ready(self, seconds: float) -> bool:
        """Wait until every kubelet has registered its node and follows the API; returns whether all did in time."""
        deadline = time.monotonic() + seconds
        while not self._call(lambda: all(node.ready for node in self._nodes.values())):
            if time.monotonic() > deadline:
                return False
            time.sleep(_READY_SECONDS)
        return True

    def node(self, name: str) -> LabKubelet:
        return self._nodes[name]

    def journal(self, name: str) -> list[str]:
        """The newest lines that the node's kubelet logged."""
        return self._call(lambda: list(self._nodes[name].journal))

    def close(self) -> None:
        """End the kubelets and all containers; safe to call twice."""
        if self._scope.alive:
            self._call(self._scope.close)
        self._thread.join()

    def _call(self, action: Callable[[], Result]) -> Result:
        """Do something on the fleet's thread and wait for it."""
        done: Future[Result] = Future()
        self._check_alive()

        def run() -> None:
            try:
                done.set_result(action())
            except BaseException as error:  # noqa: BLE001 - it is the caller's, whatever it is
                done.set_exception(error)

        self._inbox.append(run)
        self._wake()
        while True:
            try:
                return done.result(timeout=1)
            except TimeoutError:
                if not done.done():
                    self._check_alive()

    def _check_alive(self) -> None:
        if not self._thread.is_alive():
            raise RuntimeError("the lab's kubelets have stopped") from self._failure

    def _wake(self) -> None:
        if not self._thread.is_alive():
            return
        # a full pipe wakes as well as another byte; a closed one has no reader
        with contextlib.suppress(OSError):
            os.write(self._wake_write, b"!")

    def _wake_feed(self) -> None:
        """The API has news. A kubelet receives its own writes in its own time, even in a late turn."""
        if threading.current_thread() is self._thread:
            self._world.agenda.call_after(_ECHO_SECONDS, self._world.feed.deliver, self._scope)
        else:
            self._wake()

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)

    def _run(self) -> None:
        try:
            while self._scope.alive:
                self._turn()
        except BaseException as error:
            self._failure = error
            raise
        finally:
            self._scope.close()
            self._end()

    def _turn(self) -> None:
        for key, _ in self._selector.select(self._patience()):
            if key.data is not None:
                key.data()
        self._world.agenda.run_until(self._lab_time())
        while self._inbox:
            self._inbox.popleft()()
        # what is found out is told by the agenda, so that a bug costs the one who has it
        now = self._lab_time()
        for look in (self._world.watches.poll, self._world.feed.deliver, self._processes.poll):
            self._world.agenda.call_at(now, look, self._scope)
        self._world.agenda.run_until(now)

    def _note_bug(self, error: Exception) -> None:
        _LOG.error("a bug in the lab's kubelets", exc_info=error)

    def _lab_time(self) -> float:
        return (time.monotonic() - self._began) * self._speed

    def _patience(self) -> float:
        due = self._world.agenda.next_time
        waits = [_NOTICE_SECONDS if due is None else (due - self._lab_time()) / self._speed]
        if len(self._processes):
            waits.append(_IMPATIENT_SECONDS if self._processes.impatient else ROUND_SECONDS)
        if self._world.watches.fileno is None:
            waits.append(_COMPARE_SECONDS)
        return max(0.0, min(waits))

    def _notice(self) -> None:
        for node in self._nodes.values():
            node.notice()

    def _end(self) -> None:
        for node in self._nodes.values():
            node.stop()
            node.hide_elsewhere()
        self._processes.close()
        self._undertaker.close()
        self._leash.close()
        self._crictl.close()
        self._world.feed.close()
        self._selector.close()
        self._world.watches.close()
        os.close(self._wake_write)
        os.close(self._wake_read)
