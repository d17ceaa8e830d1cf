"""By which amounts a node is short of something."""

from podwright.plan.provision.pressure import Least, Room, least_of, shortages, untold

DEFAULTS = {"memory.available": "100Mi", "nodefs.available": "10%", "imagefs.inodesFree": "5%"}


def test_a_node_below_a_threshold_is_short_whether_that_is_an_amount_or_a_share() -> None:
    full = Room({"memory.available": ((99 << 20), 1 << 30), "nodefs.available": (9, 100)})
    found = [one.partition(" ")[0] for one in shortages(DEFAULTS, full)]
    assert found == ["`memory.available`", "`nodefs.available`"]


def test_one_at_its_thresholds_is_not() -> None:
    room = Room({"memory.available": ((100 << 20), 1 << 30), "nodefs.available": (10, 100)})
    assert [*shortages(DEFAULTS, room)] == []


def test_what_is_not_known_is_neither_short_nor_well() -> None:
    room = Room({"memory.available": (1 << 30, 1 << 31)})
    assert [*shortages({**DEFAULTS, "imagefs.available": "nonsense"}, room)] == []
    assert untold(DEFAULTS, room) == ("nodefs.available", "imagefs.inodesFree")


def test_what_a_node_must_have_is_an_amount_and_where() -> None:
    room = Room(
        {"memory.available": (9, 1 << 30), "nodefs.available": (9, 101)}, {"nodefs": "/var/lib/kubelet"}
    )
    assert [*least_of(DEFAULTS, room)] == [
        Least("memory.available", 100 << 20),
        Least("nodefs.available", 11, "/var/lib/kubelet"),
    ]
