"""A worker: does on nodes what it is told in texts, with its own keys, agent and kubeconfig.

`python -m podwright.cli.worker THREADS` reads a task a line, and writes what came of each; it ends with its input.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from podwright.cli.app import App
from podwright.cli.site_options import SiteOptions
from podwright.operations.interruption import Interruption
from podwright.operations.worker_tasks import work_on
from podwright.state.codec import from_document, to_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from podwright.operations.world import World
    from podwright.plan.run import Run


class Login(Struct, frozen=True):
    """The options of how to log in, and to which API; names of files are those of the worker's machine."""

    kubeconfig: str | None = None
    context: str | None = None
    no_api: bool = False
    user: str | None = None
    private_key: str | None = None
    become: bool = False
    ssh_config: str | None = None
    known_hosts: tuple[str, ...] = ()
    accept_new_host_keys: bool = False
    connect_timeout: float | None = None


def login_of(options: SiteOptions) -> str:
    """As a task holds it."""
    login = Login(
        options.kubeconfig,
        options.context,
        options.no_api,
        options.user,
        _text(options.private_key),
        options.become,
        _text(options.ssh_config),
        tuple(map(str, options.known_hosts)),
        options.accept_new_host_keys,
        options.connect_timeout,
    )
    return json.dumps(to_document(login))


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def do(task: str) -> str:
    """What comes of one task; a Dask worker calls this by its name."""
    with ExitStack() as held:
        return work_on(task, lambda login, run: held.enter_context(_worlds.lent(login, run)))


class _Opened:
    """A world, and how many tasks use it now."""

    def __init__(self, outside: AbstractContextManager[World]) -> None:
        self._held = ExitStack()
        self.world = self._held.enter_context(outside)
        self.users = 0

    def close(self) -> None:
        # what came of a task is worth more than how its connections ended
        with suppress(Exception):
            self._held.close()


class Worlds:
    """Opens the outside world once a run, and closes it when another run begins: so none relies on what an earlier one
    found, like an API that was down. Each node gets a new connection; the watch of the API is the run's.
    """

    def __init__(self, outside: Callable[[str], AbstractContextManager[World]]) -> None:
        self._outside = outside
        self._lock = Lock()
        self._opened: dict[tuple[str, str], _Opened] = {}
        self._last = ("", "")

    @contextmanager
    def lent(self, login: str, run: Run) -> Iterator[World]:
        """For one task; two runs at the same time have a world each."""
        with self._lock:
            self._last = key = (run.id, login)
            self._close_the_others()
            opened = self._opened.get(key) or _Opened(self._outside(login))
            self._opened[key] = opened
            opened.users += 1
        try:
            yield replace(opened.world, run=run, interruption=Interruption())
        finally:
            with self._lock:
                opened.users -= 1
                self._close_the_others()

    def _close_the_others(self) -> None:
        for key, opened in [*self._opened.items()]:
            if key != self._last and not opened.users:
                del self._opened[key]
                opened.close()


def _outside(login: str) -> AbstractContextManager[World]:
    given: Login = from_document(Login, json.loads(login))
    options = SiteOptions(
        kubeconfig=given.kubeconfig,
        context=given.context,
        no_api=given.no_api,
        user=given.user,
        private_key=Path(given.private_key) if given.private_key else None,
        become=given.become,
        ssh_config=Path(given.ssh_config) if given.ssh_config else None,
        known_hosts=tuple(map(Path, given.known_hosts)),
        accept_new_host_keys=given.accept_new_host_keys,
        connect_timeout=given.connect_timeout,
    )
    return App(options).outside()


_worlds = Worlds(_outside)


def main() -> None:
    """Serve tasks until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # whatever prints must not come between the answers
    os.dup2(2, 1)
    writing = Lock()

    def serve(line: str) -> None:
        task = json.loads(line)
        answer = json.dumps({"id": task["id"], "answer": do(task["task"])})
        with writing:
            answers.write(f"{answer}\n")
            answers.flush()

    with ThreadPoolExecutor(int(sys.argv[1]), thread_name_prefix="node") as pool:
        for line in sys.stdin:
            pool.submit(serve, line)
        # who gave the tasks is gone, or waits for none of them
        os._exit(0)


if __name__ == "__main__":
    main()
