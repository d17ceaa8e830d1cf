"""A second write that an earlier run left to the node may come between our observation and our write."""

from __future__ import annotations

from contextlib import suppress

from podwright.errors import HostError
from podwright.operations.prepare import Prepared, prepare
from podwright.operations.report import Outcome
from podwright.operations.world import Settings, World
from podwright.plan.manifest_files import ManifestFile
from podwright.remote.host import Host


def after_second_write(
    plan: Prepared, outcome: Outcome, host: Host, world: World, settings: Settings
) -> Prepared | None:
    """The same changes of what lies there now, if nothing was written and only generations have changed since.

    None otherwise: a change of content was made by somebody, and is for a person to see.
    """
    if not plan.observation.leftovers or not outcome.failed or outcome.value.applied:
        return None
    with suppress(HostError):
        again = prepare(plan.desired, host, world, settings)
        if not again.stopped and _intent(again) == _intent(plan):
            return again
    return None


def _intent(plan: Prepared) -> list[tuple[str, str, str | None]]:
    return [(str(change.action), change.name, _digest(change.subject)) for change in plan.plan.pending]


def _digest(subject: object) -> str | None:
    """Of the pod that lies there; a generation is no part of it."""
    found = subject.observed.manifest if isinstance(subject, ManifestFile) and subject.observed else None
    return found.digest if found else None
