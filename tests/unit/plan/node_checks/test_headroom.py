"""Disks, inodes, inotify, connections and the clock, at their thresholds."""

from __future__ import annotations

import pytest
from tests.fakes.machines import facts, judged, result, subject

from podwright.plan.facts import FileSystem, Limits, Sysctl, Time
from podwright.plan.unknown_fact import Unknown


def disk(
    free: int, inodes: int | Unknown = 1_000, free_inodes: int | Unknown = 900
) -> tuple[FileSystem, ...]:
    return (
        FileSystem("/var", "ext4", 100, free, inodes, free_inodes),
        FileSystem("/", "ext4", 100, 90, 1_000, 900),
    )


@pytest.mark.parametrize(("free", "expected"), [(9, "fail"), (10, "warn"), (14, "warn"), (15, "pass")])
def test_room_on_the_fullest_file_system(free: int, expected: str) -> None:
    found = judged("disk-space", subject(file_systems=disk(free)))
    assert (found.result.value, found.source) == (expected, "/var")


def test_inodes_where_there_is_a_number_of_them() -> None:
    assert result("disk-inodes", subject(file_systems=disk(50, 1_000, 40))) == "fail"
    dynamic = Unknown("made as needed")
    assert result("disk-inodes", subject(file_systems=disk(50, dynamic, dynamic)[:1])) == "n/a"


@pytest.mark.parametrize(
    ("used", "most", "expected"),
    [(7_800, 8_192, "fail"), (6_600, 8_192, "warn"), (10, 8_192, "pass"), (10, 128, "warn")],
)
def test_inotify_instances(used: int, most: int, expected: str) -> None:
    sysctls = {"fs.inotify.max_user_instances": Sysctl(str(most))}
    assert result("inotify-instances", subject(limits=Limits(used, 0), sysctls=sysctls)) == expected


def test_what_is_in_use_is_unknown_to_a_login_but_a_low_limit_is_not() -> None:
    hidden = Limits(Unknown("only root sees all of them"), 0)
    assert result("inotify-instances", subject(limits=hidden)) == "unknown"
    sysctls = {"fs.inotify.max_user_instances": Sysctl("128")}
    assert result("inotify-instances", subject(limits=hidden, sysctls=sysctls)) == "warn"


@pytest.mark.parametrize(("most", "expected"), [("8192", "fail"), ("192536", "pass"), ("x", "unknown")])
def test_few_inotify_watches(most: str, expected: str) -> None:
    sysctls = {"fs.inotify.max_user_watches": Sysctl(most)}
    assert result("inotify-watches", subject(sysctls=sysctls)) == expected


def test_connections() -> None:
    assert result("conntrack", subject(limits=Limits(0, 262_000))) == "fail"
    assert result("conntrack", subject(sysctls={})) == "unknown"


@pytest.mark.parametrize(
    ("offset", "uncertainty", "expected"),
    [
        (0.2, 0.1, "pass"),
        (-4.0, 0.1, "pass"),
        (6.0, 0.1, "warn"),
        (-31.0, 0.5, "fail"),
        (31.0, 2.0, "warn"),
        (600.0, 700.0, "pass"),
    ],
)
def test_a_clock_is_wrong_by_what_is_certain(offset: float, uncertainty: float, expected: str) -> None:
    time = Time(synchronized=True, source="", offset_seconds=offset, uncertainty_seconds=uncertainty)
    assert result("time-offset", subject(time=time)) == expected


def test_a_clock_that_nobody_synchronizes() -> None:
    time = Time(synchronized=False, source="chronyc", offset_seconds=facts().time.offset_seconds)
    assert judged("time-synchronized", subject(time=time)).seen == "not synchronized"


def test_room_is_counted_where_the_kubelet_lies() -> None:
    small = FileSystem("/var", "xfs", 1 << 30, 400 << 20, 1_000, 900)
    on = subject(file_systems=(FileSystem("/", "ext4", 100 << 30, 50 << 30, 1_000, 900), small))
    assert judged("disk-room", on).seen == "400 MiB free on /var"
    assert (result("disk-room", on), result("control-plane-disk-room", on)) == ("fail", "fail")
    assert result("disk-room", subject()) == "pass"
