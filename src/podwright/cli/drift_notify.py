"""Tells a webhook of a drift check, if something changed since the check before."""

from __future__ import annotations

import os
import time
from importlib.metadata import version

from podwright.cli.redacted_output import hidden_document
from podwright.errors import UsageError
from podwright.operations.drift import NodeDrift
from podwright.operations.report import Report
from podwright.plan.drift_history import DriftHistory
from podwright.remote.webhook import checked_url, deliver
from podwright.reports.documents import as_text
from podwright.reports.drift_documents import news_document

#: the environment variable of a header that only the receiver knows: `Authorization: Bearer …`
HEADER = "PODWRIGHT_NOTIFY_HEADER"


class Webhook:
    """Where to post; raises UsageError before anything is checked. It `owes` news that was not delivered."""

    def __init__(self, url: str) -> None:
        checked_url(url)
        self._url = url
        self.owes = False
        self._headers = {
            "Content-Type": "application/json",
            "User-Agent": f"podwright/{version('podwright')}",
            **_secret_header(os.environ.get(HEADER, "")),
        }

    def tell(self, report: Report[NodeDrift], history: DriftHistory) -> None:
        """Nothing is posted if nothing changed. Raises NotDeliveredError."""
        if self.owes or any(
            history.changed(one.node, one.value.course, bool(one.problems)) for one in report.nodes
        ):
            self.owes = True
            body = as_text(hidden_document(news_document(report, history)), "jsonl")
            deliver(self._url, body.encode(), self._headers, sleep=time.sleep)
            self.owes = False


def _secret_header(given: str) -> dict[str, str]:
    if not given:
        return {}
    name, _, value = given.partition(":")
    if not name.replace("-", "").isalnum() or not given.isascii() or not given.isprintable():
        raise UsageError(f"{HEADER} is not a header", "write it as `Authorization: Bearer TOKEN`")
    return {name: value.strip()}
