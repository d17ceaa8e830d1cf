"""Writes a bug's traceback to a log file and prints its path, instead of the traceback."""

from __future__ import annotations

import traceback
from collections.abc import Iterable

from podwright.cli.console import error, hint
from podwright.cli.redacted_output import hidden
from podwright.exit_codes import ExitCode
from podwright.remote.ssh.local_account import home_folder
from podwright.state.private_files import keep


def show_bug(bug: BaseException) -> int:
    """Write the traceback to a log file and print its path; returns the exit code."""
    return show_bug_traces(["".join(traceback.format_exception(bug))])


def show_bug_traces(traces: Iterable[str]) -> int:
    path = keep("traceback", hidden("\n".join(traces)), home_folder())
    error("this is a bug in podwright")
    hint(f"please report it with `{path}`")
    return ExitCode.FAILED
