"""Connections that stay open between a node's observation and its changes, up to a bound."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

from msgspec.structs import replace

from podwright.inventory.node import Node
from podwright.operations.world import World
from podwright.remote.host import Host

#: beyond these a second connection is made. Measured: each holds a thread, a file descriptor and 84 KiB, and costs half a
#: millisecond of CPU a second while it waits (256: an eighth of a core); making it again costs 8 ms
MOST_KEPT = 256
#: file descriptors for everything else, and for each connection with a jump host of its own
OTHER_FILES, FILES_EACH = 64, 2


@contextmanager
def kept_open(world: World) -> Iterator[World]:
    """The world whose connections serve a second time; all are closed at the end."""
    with ExitStack() as stack:
        yield replace(world, connect=_Connections(world, stack).to, reconnect=world.connect)


class _Connections:
    def __init__(self, world: World, stack: ExitStack) -> None:
        self._world = world
        self._stack = stack
        #: with what closes each; it closes nothing a second time
        self._open: dict[str, tuple[Host, ExitStack]] = {}
        self._lock = Lock()
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = MOST_KEPT if files < 0 else max(0, min(MOST_KEPT, (files - OTHER_FILES) // FILES_EACH))

    @contextmanager
    def to(self, node: Node) -> Iterator[Host]:
        if kept := self._kept(node.name):
            yield kept
            return
        connection = self._world.connect(node)
        host = connection.__enter__()
        with ExitStack() as stack:
            stack.push(connection)
            with self._lock:
                if node.name not in self._open and len(self._open) < self._most:
                    closing = stack.pop_all()
                    self._open[node.name] = host, closing
                    self._stack.push(closing)
            yield host

    def _kept(self, name: str) -> Host | None:
        """One that died, as when the network or the node was away, is closed by whoever sees it first."""
        with self._lock:
            host, closing = self._open.get(name, (None, None))
            if host is None or closing is None or host.alive:
                return host
            del self._open[name]
        closing.close()
        return None
