"""Reports what happens to the names in a folder, as fsnotify does to the kubelet: by inotify, or by polling."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path

IN_MODIFY, IN_ATTRIB = 0x2, 0x4
IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE = 0x40, 0x80, 0x100, 0x200
IN_DELETE_SELF, IN_MOVE_SELF, IN_IGNORED = 0x400, 0x800, 0x8000
_MASK = (
    IN_MODIFY
    | IN_ATTRIB
    | IN_MOVED_FROM
    | IN_MOVED_TO
    | IN_CREATE
    | IN_DELETE
    | IN_DELETE_SELF
    | IN_MOVE_SELF
)
_HEADER = struct.Struct("iIII")


class Happened(Enum):
    """What the kubelet makes of it: it reads the name, or drops the pod that the name defined."""

    READ = "read"
    DROP = "drop"


Listener = Callable[[Happened, str], None]


class FolderWatches:
    """All watched folders of the lab behind one file descriptor; `poll` calls the listeners."""

    def __init__(self) -> None:
        self._fd, self._libc = _inotify()
        self._listeners: dict[int, list[Listener]] = {}
        self._compared: dict[int, _Comparison] = {}
        self._next_compared = -1

    @property
    def fileno(self) -> int | None:
        """What to select on; `None` means that only polling works."""
        return self._fd

    def add(self, folder: Path, listener: Listener) -> int:
        """Watch the folder that is there now (by inode, as the kernel does); raises OSError."""
        if self._libc is None or self._fd is None:
            return self._compare(folder, listener)
        watch = self._libc.inotify_add_watch(self._fd, os.fsencode(folder), _MASK)
        if watch < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
        # one folder watched twice has one descriptor in the kernel
        self._listeners.setdefault(watch, []).append(listener)
        return int(watch)

    def remove(self, watch: int, listener: Listener) -> None:
        self._compared.pop(watch, None)
        listeners = self._listeners.get(watch)
        if listeners is None:
            return
        if listener in listeners:
            listeners.remove(listener)
        if not listeners:
            del self._listeners[watch]
            if self._libc is not None:
                self._libc.inotify_rm_watch(self._fd, watch)

    def poll(self) -> None:
        """Tell every listener what happened since the last call, in order."""
        for watch in tuple(self._compared):
            if watch in self._compared:
                self._compared[watch].tell()
        while self._fd is not None:
            try:
                buffer = os.read(self._fd, 1 << 16)
            except BlockingIOError:
                return
            self._deliver(buffer)

    def _deliver(self, buffer: bytes) -> None:
        offset = 0
        while offset < len(buffer):
            watch, mask, _, length = _HEADER.unpack_from(buffer, offset)
            offset += _HEADER.size
            name = os.fsdecode(buffer[offset : offset + length].rstrip(b"\0"))
            offset += length
            if mask & IN_IGNORED:
                # the folder is gone; the kernel may use the number again
                self._listeners.pop(watch, None)
                continue
            happened = _meaning(mask)
            if happened is not None and name:
                for listener in tuple(self._listeners.get(watch, ())):
                    listener(happened, name)

    def _compare(self, folder: Path, listener: Listener) -> int:
        watch, self._next_compared = self._next_compared, self._next_compared - 1
        self._compared[watch] = _Comparison(folder, listener)
        return watch

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
        self._fd = None
        self._compared.clear()


def _meaning(mask: int) -> Happened | None:
    if mask & (IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_ATTRIB):
        return Happened.READ
    if mask & (IN_DELETE | IN_MOVED_FROM):
        return Happened.DROP
    return None


def _inotify() -> tuple[int | None, ctypes.CDLL | None]:
    if not sys.platform.startswith("linux"):
        return None, None
    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    return (fd, libc) if fd >= 0 else (None, None)


class _Comparison:
    """Finds the changes of a folder by polling; one that was replaced reports nothing more, as with inotify."""

    def __init__(self, folder: Path, listener: Listener) -> None:
        self._folder = folder
        self._listener = listener
        self._inode = folder.stat().st_ino
        self._seen = self._look()

    def _look(self) -> dict[str, tuple[int, ...]]:
        try:
            if self._folder.stat().st_ino != self._inode:
                return {}
            entries = [(entry.name, entry.stat(follow_symlinks=False)) for entry in os.scandir(self._folder)]
        except OSError:
            return {}
        return {name: (s.st_ino, s.st_mtime_ns, s.st_ctime_ns, s.st_size) for name, s in entries}

    def tell(self) -> None:
        seen, self._seen = self._seen, self._look()
        for name in sorted(seen.keys() - self._seen.keys()):
            self._listener(Happened.DROP, name)
        for name in sorted(self._seen):
            if self._seen[name] != seen.get(name):
                self._listener(Happened.READ, name)
