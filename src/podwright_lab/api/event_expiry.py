"""Events are forgotten after an hour, as kube-apiserver's `--event-ttl` has it."""

from __future__ import annotations

from datetime import datetime, timedelta

from podwright_lab.api.contents import Contents
from podwright_lab.api.deletion import timestamp
from podwright_lab.api.kinds import KINDS
from podwright_lab.api.objects import Object

EVENT_LIFETIME = timedelta(hours=1)


def expire_events(contents: Contents, now: datetime) -> None:
    """Remove what was last seen too long ago; the oldest were created first, so the first young one ends the search."""
    oldest = timestamp(now - EVENT_LIFETIME)
    for event in tuple(contents.read("events").values()):
        if event["metadata"]["creationTimestamp"] >= oldest:
            return
        if _last_seen(event) < oldest:
            contents.remove(KINDS["events"], event)


def _last_seen(event: Object) -> str:
    # timestamps of one form sort as text
    return str(event.get("lastTimestamp") or event["metadata"]["creationTimestamp"])
