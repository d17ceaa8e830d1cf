"""Files that podwright writes on the controller: whole, and for their owner only when values may stand in them."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def state_folder(home: Path) -> Path:
    """Where state lies, whether it is there yet or not (XDG base directory specification)."""
    return Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "podwright"


def keep(kind: str, text: str, home: Path) -> Path:
    """Write a new file `KIND-….log` into the state folder, otherwise into the temporary one; returns where."""
    state = state_folder(home)
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=f"{kind}-", suffix=".log", dir=state)
    except OSError:
        handle, name = tempfile.mkstemp(prefix=f"podwright-{kind}-", suffix=".log")
    os.close(handle)
    path = Path(name)
    path.write_text(text, "utf-8")
    return path


def write_file(path: Path, text: str, *, mode: int = 0o600, overwrite: bool = True) -> None:
    """Put the file in place in one step: a link that was planted there is replaced or refused, never followed.

    Raises FileExistsError without `overwrite`, if it is there.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == 0o600 else 0o755)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    staged = f".{path.name}.{os.getpid()}"
    try:
        number = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode, dir_fd=directory)
        with os.fdopen(number, "w", encoding="utf-8") as stream:
            stream.write(text)
        if overwrite:
            os.rename(staged, path.name, src_dir_fd=directory, dst_dir_fd=directory)
        else:
            os.link(staged, path.name, src_dir_fd=directory, dst_dir_fd=directory)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(staged, dir_fd=directory)
        os.close(directory)
