"""A pod's Events: read in bounds, and never another pod's."""

from __future__ import annotations

import random

import pytest

from podwright.plan.admission import Refusal
from podwright.remote.kube.events import PodEvent, events_of, read_event, refusal_of, time_before


def test_an_event_is_one_line():
    thing = {
        "involvedObject": {"uid": "u1"},
        "reason": "Failed",
        "count": 3,
        "message": "no\nsuch  image",
        "lastTimestamp": "2026",
    }
    assert read_event(thing) == PodEvent("2026", "u1", "Failed (3 times): no such image", "Failed")
    series = {"reason": "BackOff", "series": {"count": 9, "lastObservedTime": "2027"}}
    assert read_event(series) == PodEvent("2027", "", "BackOff (9 times): ", "BackOff")
    late = read_event({"firstTimestamp": "2025", "lastTimestamp": "2026", "eventTime": "2028"})
    assert (late.first, late.when, read_event({"eventTime": "2028"}).when) == ("2025", "2026", "2028")
    assert read_event({"metadata": {"creationTimestamp": "2029"}}).when == "2029"


def test_what_an_event_says_is_bounded_and_steers_no_terminal():
    assert len(read_event({"message": "x" * 9_999}).text) == 400
    assert read_event({"reason": "\x1b[31m", "message": "\u202ex"}).text == r"\x1b[31m: \u202ex"
    assert read_event({"reason": "A", "count": 10**5000, "message": "b"}).text == "A: b"


NEW = PodEvent("2026-11-23T00:00:30Z", "new", "refused")
OLD = PodEvent("2026-11-23T00:00:40Z", "old", "killing")
STALE = PodEvent("2026-11-22T00:00:00Z", "stale", "of last week's content")
SINCE = "2026-11-23T00:00:10"


@pytest.mark.parametrize(
    ("uid", "old_uid", "since", "said"),
    [
        ("new", "old", SINCE, ["refused"]),
        ("old", "", SINCE, ["killing"]),
        ("stale", "", "", ["of last week's content"]),
        ("other", "old", SINCE, []),
        # a pod that the kubelet refused has no sandbox and no mirror, and so no uid but in its Events
        ("", "old", SINCE, ["refused"]),
        ("", "", SINCE, ["killing"]),
        ("", "old", "2026-11-23T00:00:31", []),
        ("", "old", "", []),
    ],
)
def test_only_events_of_this_write_are_picked(uid, old_uid, since, said):
    events = [NEW, OLD, STALE]
    random.shuffle(events)
    assert [event.text for event in events_of(events, uid, {old_uid}, since)] == said


def test_an_event_without_a_uid_is_nobody_s():
    nobody = PodEvent("2026-11-23T00:00:30Z", "", "x")
    assert events_of([nobody], "", "", SINCE) == ()
    assert events_of([nobody], "new", "", SINCE) == ()


@pytest.mark.parametrize(
    ("date", "seconds", "since"),
    [
        ("Mon, 23 Nov 2026 00:00:40 GMT", 30.5, "2026-11-23T00:00:09"),
        ("Mon, 23 Nov 2026 00:00:40 GMT", 0, "2026-11-23T00:00:40"),
        ("", 1, ""),
        ("soon", 1, ""),
        ("Mon, 99 Nov 2026 00:00:40 GMT", 1, ""),
        ("Mon, 23 Nov 2026 00:00:40 GMT", 1e30, ""),
    ],
)
def test_the_server_s_own_clock_says_when_a_run_began(date, seconds, since):
    assert time_before(date, seconds) == since


def test_the_last_refusal_since_a_write_is_found_by_its_reason():
    def event(second, reason, uid="u1"):
        return PodEvent(f"2026-11-23T00:00:{second:02}Z", uid, f"{reason}: x", reason)

    events = [
        event(20, "OutOfcpu", "a"),
        event(30, "OutOfmemory", "b"),
        event(40, "BackOff"),
        event(50, "NodePorts", ""),
    ]
    written = 1795392000.5
    assert refusal_of(events, written + 10) == Refusal("b", "OutOfmemory: x")
    assert refusal_of(events, written + 30) == Refusal("b", "OutOfmemory: x")
    assert refusal_of(events, written + 31) is None


def test_what_a_kubelet_goes_on_to_report_of_the_pod_before_is_no_refusal_of_the_new_one():
    written = 1795392000.5 + 20
    wrong = "FailedMount (3 times): hostPath type check failed: /x is not a file"
    failed = PodEvent("2026-11-23T00:00:30Z", "old", wrong, "FailedMount", first="2026-11-23T00:00:10Z")
    assert refusal_of([failed], written) is None
    again = PodEvent("2026-11-23T00:00:25Z", "new", wrong, "FailedMount", first="2026-11-23T00:00:22Z")
    assert refusal_of([failed, again], written) == Refusal("new", wrong, mounting=True)


def test_a_volume_of_the_wrong_type_keeps_a_pod_out_as_a_refusal_does():
    when, written = "2026-11-23T00:00:30Z", 0.0
    wrong = 'FailedMount: MountVolume.SetUp failed for volume "v": hostPath type check failed: /x is not a directory'
    assert refusal_of([PodEvent(when, "u1", wrong, "FailedMount")], written) == Refusal(
        "u1", wrong, mounting=True
    )
    assert refusal_of([PodEvent(when, "u1", "FailedMount: timed out", "FailedMount")], written) is None
