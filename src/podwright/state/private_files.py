"""Files of our own on the controller, for their owner only, since values may stand in them."""

from __future__ import annotations

import os
import tempfile
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
