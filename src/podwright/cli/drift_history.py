"""Which earlier check a drift check is compared with, and what is kept of it for the next one."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from podwright.cli.console import note
from podwright.cli.redacted_output import hidden_document
from podwright.errors import UsageError
from podwright.operations.drift import NodeDrift
from podwright.operations.report import Report
from podwright.plan.drift_history import Before, DriftHistory, Scope
from podwright.remote.ssh.local_account import home_folder
from podwright.reports.documents import as_text
from podwright.reports.drift_documents import kept_document
from podwright.state.drift_checks import keep_check, last_check_file, read_check

LAST = "last"


class ChecksHistory:
    """The check before this one, of the same site and the same scope: the last, or the report that was named."""

    def __init__(self, scope: Scope, site: Iterable[str], compare: str) -> None:
        self._file = last_check_file(
            home_folder(),
            (*site, *scope.only, "", *scope.ignored, "", scope.wait_for, str(scope.api)),
        )
        before = self._last() if compare in ("", LAST) else _named(Path(compare), scope)
        self.history = DriftHistory(int(time.time()), scope, before)

    def _last(self) -> Before | None:
        """None if there is none; one that cannot be read is replaced by this check's."""
        try:
            return read_check(self._file)
        except (OSError, ValueError):
            return None

    def keep(self, report: Report[NodeDrift], *, quiet: bool) -> None:
        """For the next check; that it cannot be kept ends none."""
        try:
            keep_check(self._file, as_text(hidden_document(kept_document(report, self.history)), "jsonl"))
        except OSError as error:
            if not quiet:
                reason = os.strerror(error.errno).lower() if error.errno else str(error)
                note(f"the next check cannot be compared with this one: `{self._file}`: {reason}")


def _named(path: Path, scope: Scope) -> Before:
    """Raises UsageError."""
    hint = "name a report of `podwright drift check -o json`"
    try:
        before = read_check(path)
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise UsageError(f"`{path}` cannot be read: {reason}", hint) from error
    except ValueError as error:
        raise UsageError(f"`{path}` cannot be compared with: {error}", hint) from error
    if before.scope != scope:
        raise UsageError(
            f"`{path}` is of a check with other options",
            "give the same `--only`, `--ignore`, `--wait-for` and `--no-api` as then",
        )
    return before
