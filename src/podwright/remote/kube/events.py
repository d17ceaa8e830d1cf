"""A pod's warning Events: reads them, and picks those that are about one write."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from msgspec import Struct

from podwright.plan.admission import Refusal, refuses
from podwright.remote.kube.json_parts import JsonObject, object_of, text_of
from podwright.text import printable

MAX_EVENTS = 2_000
_MAX_TEXT = 400
_FORM = "%Y-%m-%dT%H:%M:%S"
_WRONG_TYPE = "hostPath type check failed"
_SECOND = len("2026-11-23T00:58:12")


class PodEvent(Struct, frozen=True):
    """When (RFC 3339) last and `first` (empty: not known), about which pod's uid, and in one line what:
    `Failed (12 times): no such image`.
    """

    when: str
    uid: str
    text: str
    reason: str = ""
    first: str = ""


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
    reason = text_of(thing, "reason", 100)
    text = printable(f"{reason}{times}: {message}")
    first = text_of(thing, "firstTimestamp") or text_of(thing, "eventTime")
    return PodEvent(when, text_of(object_of(thing, "involvedObject"), "uid"), text[:_MAX_TEXT], reason, first)


def events_of(
    events: Iterable[PodEvent], uid: str, others: Collection[str], since: str
) -> tuple[PodEvent, ...]:
    """Those of the static pod `uid`, oldest first.

    A pod that the kubelet refused has no uid but in its Events: without `uid` those of the last pod that is
    not among `others` and that has an Event since then. An empty `since` is not known, and picks none.
    """
    ordered = sorted(events, key=lambda event: event.when)
    if not uid:
        recent = [event.uid for event in ordered if since and event.when[:_SECOND] >= since]
        uid = next((found for found in reversed(recent) if found and found not in others), "")
    return tuple(event for event in ordered if uid and event.uid == uid)


def refusal_of(events: Iterable[PodEvent], since: float) -> Refusal | None:
    """The last one about a pod that was not admitted, and of which nothing was told before `since` (Unix seconds, as its
    node has them): of what lay there before, a kubelet may go on to report for a while.
    """
    events, earliest = tuple(events), datetime.fromtimestamp(since, UTC).strftime(_FORM)
    before = {event.uid for event in events if event.first and event.first[:_SECOND] < earliest}
    found = [
        event
        for event in events
        if event.uid not in {"", *before} and _is_refusal(event) and event.when[:_SECOND] >= earliest
    ]
    last = max(found, key=lambda event: event.when, default=None)
    return Refusal(last.uid, last.text, mounting=not refuses(last.reason)) if last else None


def _is_refusal(event: PodEvent) -> bool:
    """A volume of the wrong type keeps a pod from its sandbox as a refusal does."""
    return refuses(event.reason) or (event.reason == "FailedMount" and _WRONG_TYPE in event.text)


def time_before(date: str, seconds: float) -> str:
    """The time so many seconds before an HTTP Date, to the second as Events have it; "" for what is not a Date."""
    try:
        moment = parsedate_to_datetime(date) - timedelta(seconds=seconds)
    except (TypeError, ValueError, OverflowError):
        return ""
    return moment.strftime(_FORM)
