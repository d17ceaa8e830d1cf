"""Keeps a bug's traceback in a log file and says where it is: a person's screen is no place for one."""

from __future__ import annotations

import os
import tempfile
import traceback
from collections.abc import Iterable
from pathlib import Path

from podwright.cli.console import error, hint
from podwright.cli.hiding import hidden
from podwright.errors import ExitCode
from podwright.remote.ssh.local_account import home_folder


def show_bug(bug: BaseException) -> int:
    """Write the traceback to a log file and say where; returns the exit code."""
    return show_bug_traces(["".join(traceback.format_exception(bug))])


def show_bug_traces(traces: Iterable[str]) -> int:
    path = _log_file()
    path.write_text(hidden("\n".join(traces)), "utf-8")
    error("this is a bug in podwright")
    hint(f"please report it with `{path}`")
    return ExitCode.FAILED


def _log_file() -> Path:
    """In the state folder, else in the temporary one; for its owner only, since values may stand in it."""
    state = Path(os.environ.get("XDG_STATE_HOME") or home_folder() / ".local" / "state") / "podwright"
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix="traceback-", suffix=".log", dir=state)
    except OSError:
        handle, name = tempfile.mkstemp(prefix="podwright-traceback-", suffix=".log")
    os.close(handle)
    return Path(name)
