"""A pod's warning Events: reads them, and picks those that are about one write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime

from podwright.remote.kube.decode import JsonObject, object_of, text_of
from podwright.text import printable

MAX_EVENTS = 2_000
_MAX_TEXT = 400
_SECOND = len("2026-11-23T00:58:12")


@dataclass(frozen=True, slots=True)
class PodEvent:
    """When (RFC 3339), about which pod's uid, and in one line what: `Failed (12 times): no such image`."""

    when: str
    uid: str
    text: str


def read_event(thing: JsonObject) -> PodEvent:
    """Read a v1 Event."""
    series = object_of(thing, "series")
    when = (
        text_of(series, "lastObservedTime")
        or text_of(thing, "lastTimestamp")
        or text_of(thing, "eventTime")
        or text_of(object_of(thing, "metadata"), "creationTimestamp")
    )
    count = series.get("count") or thing.get("count")
    times = f" ({count} times)" if type(count) is int and 1 < count < 1 << 31 else ""
    message = " ".join(text_of(thing, "message").split())
    text = printable(f"{text_of(thing, 'reason', 100)}{times}: {message}")
    return PodEvent(when, text_of(object_of(thing, "involvedObject"), "uid"), text[:_MAX_TEXT])


def events_of(events: Iterable[PodEvent], uid: str, old_uid: str, since: str) -> tuple[PodEvent, ...]:
    """Those of the static pod `uid`, oldest first.

    A pod that the kubelet refused has no uid but in its Events: without `uid` those of the last pod that is
    not `old_uid` and that has an Event since then. An empty `since` is not known, and picks none.
    """
    ordered = sorted(events, key=lambda event: event.when)
    if not uid:
        recent = [event.uid for event in ordered if since and event.when[:_SECOND] >= since]
        uid = next((found for found in reversed(recent) if found not in {"", old_uid}), "")
    return tuple(event for event in ordered if uid and event.uid == uid)


def time_before(date: str, seconds: float) -> str:
    """The time so many seconds before an HTTP Date, to the second as Events have it; "" for what is not a Date."""
    try:
        moment = parsedate_to_datetime(date) - timedelta(seconds=seconds)
    except (TypeError, ValueError, OverflowError):
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
