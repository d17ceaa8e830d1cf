"""Whether a pod that was not proven is known to have failed, so that its node may go back to what ran before."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from podwright.plan.expectation_progress import Track
from podwright.plan.health import Agreement, Health, Source
from podwright.plan.node_view import View
from podwright.plan.reasons import Condition


class Finding(Enum):
    """What is known of a pod that was written and not proven; only one that FAILED is taken back.

    A source that could not be asked leaves it UNKNOWN; a pod that only took too long is LATE.
    """

    FAILED = "failed"
    UNKNOWN = "unknown"
    LATE = "late"


def finding(track: Track, view: View, answering: Collection[Source], *, refused: bool) -> Finding | None:
    """None if there is nothing to find; `answering` are the sources that could be asked when the proof began.

    The runtime of a node without crictl never could be, and the API shows the same; the API and the files must be asked.
    """
    health = track.health
    if health.proven or health.expectation.gone:
        return None
    if any(entry.source is not Source.SANDBOX or Source.SANDBOX in answering for entry in health.unknown):
        return Finding.UNKNOWN
    failed = refused or track.failed or _probe_fails(health, view)
    return Finding.FAILED if failed and not health.file_is_lost else Finding.LATE


def _probe_fails(health: Health, view: View) -> bool:
    """Its containers run, the API shows them, and they are not ready although their probes had all their time."""
    started = [created for _, created in view.containers_of(health.uid)]
    if not started or not view.clock:
        return False
    age = view.clock + view.uptime - max(started)
    kinds = {state.source: state.reason.kind for state in health.missing if state.reason}
    runs = any(state.source is Source.SANDBOX and state.agrees is Agreement.YES for state in health.sources)
    not_ready = kinds == {Source.MIRROR: Condition.CONTAINERS_NOT_READY}
    return runs and not_ready and 0 < health.expectation.ready_seconds <= age
