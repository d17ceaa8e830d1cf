from __future__ import annotations

from podwright.plan.provision.item import ABSENT, Item, Kind, Seen
from podwright.plan.provision.observed import NodeFacts, NodeSeen
from podwright.plan.provision.time_service import is_time_file, sync_warnings, time_problems

TIME = Item(Kind.TIME, "sync", "time enabled=yes started=yes alone=yes")


def seen(state: str) -> NodeSeen:
    return NodeSeen("n1", NodeFacts(unsynchronised=("chrony",)), {"time sync": Seen(state)})


def test_a_service_must_be_there_unless_a_package_brings_it() -> None:
    [(message, hint)] = time_problems([TIME], seen("none"))
    assert message == "no service that keeps the time is installed"
    assert "`chrony`" in hint
    assert list(time_problems([TIME, Item(Kind.PACKAGE, "chrony", "present")], seen("none"))) == []
    assert len(list(time_problems([TIME, Item(Kind.PACKAGE, "chrony", ABSENT)], seen("none")))) == 1


def test_servers_need_one_that_reads_a_file_of_ours() -> None:
    state = "time enabled=yes started=yes alone=yes servers=unsupported by openntpd"
    [(message, _hint)] = time_problems([TIME], seen(state))
    assert message.startswith("its time service `openntpd` reads no file beside its own")


def test_nothing_is_said_of_what_is_well_or_not_declared() -> None:
    assert list(time_problems([TIME], seen("time enabled=yes started=yes alone=yes by chrony"))) == []
    assert list(time_problems([], seen("none"))) == []


def test_a_clock_that_is_not_in_step_is_a_warning() -> None:
    assert list(sync_warnings(seen("x"))) == ["its clock is not in step with a server yet (`chrony`)"]


def test_which_files_are_ours() -> None:
    assert is_time_file("/etc/chrony/sources.d/90-podwright.sources")
    assert is_time_file("/etc/systemd/timesyncd.conf.d/90-podwright.conf")
    assert not is_time_file("/etc/chrony/chrony.conf")
