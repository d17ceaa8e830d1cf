from __future__ import annotations

import pytest

from podwright.plan.changes import Action
from podwright.plan.expectations import WaitFor
from podwright.plan.provision.item import Item, Kind, Seen, Thing


def test_what_a_file_was_and_is_to_be_is_its_text() -> None:
    thing = Thing(
        Item(Kind.FILE, "/etc/a", "file aa 644 root:root", "new\n"), Seen("file bb 600 root:root", b"old\n")
    )
    assert (thing.before, thing.after, thing.modes) == (b"old\n", b"new\n", ("600", "644"))
    gone = Thing(Item(Kind.FILE, "/etc/a", "absent"), Seen("absent"))
    assert (gone.before, gone.after, gone.modes) == (None, None, ("", ""))


def test_what_any_other_thing_was_and_is_to_be_is_its_state() -> None:
    thing = Thing(Item(Kind.SYSCTL, "vm.a", "1"), Seen("0"))
    assert (thing.name, thing.before, thing.after) == ("sysctl vm.a", b"0\n", b"1\n")
    assert thing.facts == {"kind": "sysctl", "state": "0", "wanted": "1"}


def test_what_lay_there_before_is_what_a_release_brings_back() -> None:
    thing = Thing(
        Item(Kind.ORIGINAL, "/etc/a", "released"), Seen("file aa 644 root:root", b"ours", original=b"theirs")
    )
    assert (thing.before, thing.after) == (b"ours", b"theirs")


def test_it_is_no_pod() -> None:
    thing = Thing(Item(Kind.SWAP, "now", "off"), Seen("on"))
    assert not thing.is_cosmetic
    assert (thing.takes, thing.gives_up, thing.writes(Action.UPDATE)) == ((), (), ())
    assert (thing.expectations(Action.UPDATE, WaitFor.FILE), thing.undone(WaitFor.FILE)) == ((), ())
    assert (thing.revision(Action.UPDATE), thing.found(), thing.undo(Action.UPDATE, "x")) == (None, None, ())


@pytest.mark.parametrize(
    ("kind", "key", "restarts"),
    [
        (Kind.KUBELET, "kubelet", True),
        (Kind.SERVICE, "containerd.service", True),
        (Kind.SERVICE, "containerd.socket", True),
        (Kind.SERVICE, "docker.socket", True),
        (Kind.SERVICE, "cri-docker.socket", True),
        (Kind.SERVICE, "crio", True),
        (Kind.PACKAGE, "containerd.io", True),
        (Kind.PACKAGE, "kubectl", False),
        (Kind.SERVICE, "cron", False),
        (Kind.FILE, "/etc/containerd/config.toml", False),
    ],
)
def test_what_may_restart_a_kubelet_or_a_runtime(kind: Kind, key: str, restarts: bool) -> None:
    assert Item(kind, key, "").restarts is restarts
