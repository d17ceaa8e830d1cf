"""Which changes a node takes back by itself unless they are confirmed, and after how long."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.operations.desired import Desired, Rollback
from podwright.operations.world import Settings
from podwright.plan.changes import Change, Subject


def to_confirm(
    changes: Iterable[Change[Subject]], desired: Desired, settings: Settings
) -> tuple[tuple[Change[Subject], float], ...]:
    """What of a push or a rollback goes back unless it is confirmed, and after how many seconds; a restart does not."""
    if not isinstance(desired.from_node, Rollback | None):
        return ()
    content = (
        change for change in changes if change.pending and change.subject.before != change.subject.after
    )
    found = ((change, settings.confirm_within_for(desired.node, change.name)) for change in content)
    return tuple((change, seconds) for change, seconds in found if seconds)
