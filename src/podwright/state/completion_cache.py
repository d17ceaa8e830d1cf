"""Remembers names that were read from files while these stay as they are: whoever presses Tab waits."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR

from podwright.state.private_files import state_folder

_MAX_DEPTH = 16


def remembered(kind: str, paths: Iterable[Path], read: Callable[[], set[str]], home: Path) -> set[str]:
    """What `read` makes of the files and folders `paths`; it is only called if one of them changed since the last time."""
    watched = [path.absolute() for path in paths]
    extent = _digest(line for path in watched for line in _extent(path, 0))
    file = state_folder(home) / "names" / f"{_digest([kind, *map(str, watched)])}.json"
    with suppress(OSError, ValueError, TypeError, KeyError):
        known = json.loads(file.read_text("utf-8"))
        if known["extent"] == extent:
            return set(known["names"])
    names = read()
    with suppress(OSError):
        _write(file, json.dumps({"extent": extent, "names": sorted(names)}))
    return names


def _extent(path: Path, depth: int) -> Iterator[str]:
    """What changes when a file or folder does."""
    with suppress(OSError):
        status = path.stat()
        yield f"{path}\0{status.st_ino} {status.st_size} {status.st_mtime_ns}"
        if S_ISDIR(status.st_mode) and depth < _MAX_DEPTH:
            for below in sorted(path.iterdir()):
                yield from _extent(below, depth + 1)


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _write(file: Path, text: str) -> None:
    """By a rename, since another shell may read it meanwhile."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    staged = file.with_suffix(f".{os.getpid()}")
    staged.write_text(text, "utf-8")
    staged.replace(file)
