"""Writes a report to a file that somebody may be reading: in one rename, so that nobody ever sees half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from podwright.errors import UsageError


def write_whole(path: Path, text: str, *, mode: int) -> None:
    """Raises OSError."""
    handle, staged = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(staged).chmod(mode)
        Path(staged).replace(path)
    except OSError:
        Path(staged).unlink(missing_ok=True)
        raise


@contextmanager
def told(path: Path, what: str) -> Iterator[None]:
    """Raises UsageError if `what` cannot be written."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise UsageError(
            f"{what} cannot be written to `{path}`: {reason}", "name a file in a folder that can be written"
        ) from error
