"""What the machine is, by the files that tell; what none tells is unknown."""

from __future__ import annotations

import pytest
from tests.fakes.texts import texts

from podwright.plan.unknown_fact import Unknown
from podwright.remote.node import facts_machine as machine

RELEASE = {"etc__os_0release": 'ID=\'my os\'\nVERSION_ID="1 \\"x\\""\nID_LIKE="a b"\nBAD'}


def test_os_release_is_parsed_and_never_run() -> None:
    found = machine.operating_system(texts(**RELEASE))
    assert (found.id, found.version, found.like) == ("my os", '1 "x"', ("a", "b"))
    assert isinstance(machine.operating_system(texts(etc__os_0release="NAME=$(reboot)")), Unknown)


@pytest.mark.parametrize(("word", "count"), [("0", 1), ("0-3", 4), ("0-1,4-7,9", 7)])
def test_processors_are_counted(word: str, count: int) -> None:
    assert machine.cpus(texts(sys__devices__system__cpu__online=word)) == count


@pytest.mark.parametrize("word", ["", "many", "0-", "3;2", "0-999999"])
def test_no_list_of_processors_is_unknown(word: str) -> None:
    assert isinstance(machine.cpus(texts(sys__devices__system__cpu__online=word)), Unknown)


def test_the_machine_that_runs_it() -> None:
    of_vendor = {
        "sys__class__dmi__id__sys_vendor": "Dell Inc.",
        "sys__class__dmi__id__product_name": "PowerEdge R650",
    }
    assert machine.virtualization(texts(**of_vendor)) == "none"
    assert machine.virtualization(texts(paths="there .dockerenv", **of_vendor)) == "docker"
    assert isinstance(machine.virtualization(texts()), Unknown)


def test_what_waits_for_a_boot_and_what_ends_soon() -> None:
    found = machine.pending(texts(paths="there run/nologin", run__systemd__shutdown__scheduled="USEC=1"))
    assert found == ("a shutdown is scheduled", "logins are refused (/run/nologin): it boots or shuts down")


def test_who_installed_the_kubelet() -> None:
    assert machine.distribution(texts(paths="there kind"), "kubelet", standalone=False) == "kind"
    assert machine.distribution(texts(), "kubelet", standalone=True) == "standalone"
    assert isinstance(machine.distribution(texts(), "", standalone=Unknown("x")), Unknown)


def test_memory_in_bytes() -> None:
    assert machine.memory(texts(proc__meminfo="MemTotal:       1024 kB")) == 1 << 20
    assert isinstance(machine.memory(texts(proc__meminfo="MemTotal: lots")), Unknown)
