"""What the apply program reports, read as events."""

from __future__ import annotations

import json

import pytest
from tests.fakes.nouns import manifest
from tests.unit.operations.conftest import sandbox

from podwright.errors import HostileOutputError
from podwright.plan.events import (
    ClockRead,
    Deleted,
    Ended,
    FilesSeen,
    JournalRead,
    KubeletGone,
    LockHeld,
    Refused,
    RuntimeUnavailable,
    SecondLate,
    SecondSkipped,
    SecondWritten,
    Started,
    StepFailed,
    Ticked,
    Unlocked,
    Written,
)
from podwright.plan.observed import ObservedLock
from podwright.remote.node.events import EventReader
from podwright.remote.node.records import Record


@pytest.mark.parametrize(
    ("record", "event"),
    [
        (Record("begin", "1"), None),
        (Record("superseded", "web.yaml"), None),
        (Record("reverted", "web.yaml"), None),
        (Record("clock", "12.34 1700000000.5"), ClockRead(12.34, 1700000000.5)),
        (Record("started", "12.34"), Started(12.34)),
        (Record("written", "12.34 a b.yaml"), Written(12.34, "a b.yaml")),
        (Record("deleted", "12.34 web.yaml"), Deleted(12.34, "web.yaml")),
        (Record("second", "12.34 web.yaml"), SecondWritten(12.34, "web.yaml")),
        (Record("second-skipped", "web.yaml"), SecondSkipped("web.yaml")),
        (Record("second-late", "web.yaml"), SecondLate("web.yaml")),
        (Record("refused", "web.yaml", b"absent"), Refused("web.yaml", "absent")),
        (Record("failed", "stage", b"dd: full\n"), StepFailed("stage", "dd: full")),
        (
            Record("locked", "16990.0", b"9d3e 17000 boot 16980.5 grace@laptop (pid 7)\n"),
            LockHeld(ObservedLock("9d3e", "grace@laptop (pid 7)", "boot", 9.5, 10.0)),
        ),
        (Record("unlocked"), Unlocked()),
        (Record("files", "", b""), FilesSeen({})),
        (Record("runtime-missing"), RuntimeUnavailable("there is no crictl on the node")),
        (Record("runtime-failed", "", b"no socket\n"), RuntimeUnavailable("crictl failed: no socket")),
        (Record("kubelet-gone"), KubeletGone()),
        (Record("tick", "1.50 1.25"), Ticked(1.5, 1.25)),
        (Record("journal", "", b"E1 \xff"), JournalRead("E1 \ufffd")),
        (Record("end"), Ended()),
    ],
)
def test_each_record_is_one_event(record, event) -> None:
    assert EventReader("n1").read(record) == event


@pytest.mark.parametrize(
    "record",
    [
        Record("tick", "x 1"),
        Record("tick", "1"),
        Record("tick"),
        Record("clock", "1"),
        Record("written", "web.yaml"),
        Record("boo"),
    ],
)
def test_a_record_without_its_numbers_or_of_an_unknown_kind_is_hostile(record) -> None:
    with pytest.raises(HostileOutputError, match="n1: its "):
        EventReader("n1").read(record)


def test_the_runtime_is_known_once_its_containers_came_too() -> None:
    shown, reader = sandbox(manifest()), EventReader("n1")
    pods = json.dumps({"items": [shown["sandbox"]]}).encode()
    containers = json.dumps({"containers": shown["containers"]}).encode()
    assert reader.read(Record("pods", "4.5", pods)) is None
    seen = reader.read(Record("containers", "4.5", containers))
    assert seen.uptime == 4.5
    assert [str(pod.ref) for pod in seen.pods] == ["default/web-n1"]
    assert len(seen.pods[0].containers) == 1


def test_a_runtime_that_answers_with_garbage_is_unavailable() -> None:
    reader = EventReader("n1")
    reader.read(Record("pods", "1", b'{"items": []}'))
    assert reader.read(Record("containers", "1", b"{")) == RuntimeUnavailable("crictl's answer is not JSON")


@pytest.mark.parametrize("pods", [b"", b"{}", b"null"])
def test_a_runtime_that_says_nothing_is_unavailable(pods) -> None:
    reader = EventReader("n1")
    reader.read(Record("pods", "1", pods))
    event = reader.read(Record("containers", "1", b'{"containers": []}'))
    assert isinstance(event, RuntimeUnavailable)
    assert event.reason in ("crictl's answer is not JSON", "crictl's answer has no list of pods")


def test_names_that_sha256sum_escapes_or_that_imitate_its_lines_are_read_as_they_are() -> None:
    one, other = "1" * 64, "f" * 64
    text = f"\\{other}  a\\\\b\\nc\n{other}  x\r{other}  web.yaml\n{one}  web.yaml\n{one[:9]}  short\n"
    assert EventReader("n1").read(Record("files", "", text.encode())) == FilesSeen(
        {"a\\b\nc": other, f"x\r{other}  web.yaml": other, "web.yaml": one}
    )
