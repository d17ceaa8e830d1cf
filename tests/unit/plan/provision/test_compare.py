from __future__ import annotations

import pytest
from tests.fakes.copies import replace

from podwright.plan.changes import Action
from podwright.plan.provision.compare import compare
from podwright.plan.provision.item import Item, Kind, Seen, is_as_wanted
from podwright.plan.provision.mark import marked
from podwright.plan.provision.observed import NodeFacts, NodeSeen

WANTED = Item(Kind.FILE, "/etc/a", "file aa 644 root:root", "text")
OURS = Seen("file bb 644 root:root", marked("x\n", "files/a", "#").encode())
THEIRS = Seen("file bb 644 root:root", b"x\n")
RECORDED = Seen("file bb 600 root:root", b"x\n", recorded=True)


def planned(
    item: Item,
    seen: Seen,
    *,
    adopt: bool = False,
    facts: NodeFacts = NodeFacts(),  # noqa: B008
) -> tuple[str, str]:
    [change] = compare((item,), NodeSeen("n1", facts, {item.name: seen}), adopt=adopt)
    return str(change.action), change.reason


@pytest.mark.parametrize(
    ("seen", "adopt", "expected"),
    [
        (Seen("absent"), False, ("create", "")),
        (Seen("file aa 644 root:root"), False, ("keep", "")),
        (Seen("file aa 644 root:root system_u:x"), False, ("keep", "")),
        (
            Seen("file aa 644 app:root", b"", recorded=True),
            False,
            ("update", "app:root instead of root:root"),
        ),
        (OURS, False, ("update", "the content changes")),
        (RECORDED, False, ("update", "the content changes; 600 instead of 644")),
        (THEIRS, False, ("conflict", "`/etc/a` is there already and was not written by podwright")),
        (THEIRS, True, ("update", "taken over; the original is kept on the node; the content changes")),
        (Seen("directory"), True, ("conflict", "`/etc/a` is a directory")),
        (Seen("link /x"), True, ("conflict", "`/etc/a` is a link")),
    ],
)
def test_what_becomes_of_a_file(seen: Seen, adopt: bool, expected: tuple[str, str]) -> None:
    assert planned(WANTED, seen, adopt=adopt) == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [(Seen("absent"), "keep"), (OURS, "delete"), (THEIRS, "conflict")],
)
def test_what_becomes_of_a_file_that_is_to_go(seen: Seen, expected: str) -> None:
    assert planned(Item(Kind.FILE, "/etc/a", "absent"), seen)[0] == expected


def test_what_another_program_writes_again_is_refused_with_the_place_to_change_it() -> None:
    item = Item(Kind.FILE, "/var/lib/rancher/k3s/agent/etc/crictl.yaml", "file aa 644 root:root", "x")
    assert planned(item, Seen("absent"))[1] == (
        "`/var/lib/rancher/k3s/agent/etc/crictl.yaml` belongs to k3s, which writes it at every start"
    )
    assert planned(WANTED, OURS, facts=NodeFacts(machine_config=True))[0] == "conflict"


def test_other_kinds_are_compared_by_their_whole_state() -> None:
    sysctl = Item(Kind.SYSCTL, "vm.x", "1")
    assert planned(sysctl, Seen("1 x")) == ("update", "1 x instead of 1")
    assert not is_as_wanted("1", "1 2")
    assert is_as_wanted("file aa 644 root:root", "file aa 644 root:root label")


def test_a_service_begins_again_for_a_file_that_changes_in_the_same_run() -> None:
    service = Item(Kind.SERVICE, "app", "current=yes", asks=("current", "/etc/a"))
    things = {WANTED.name: Seen("absent"), service.name: Seen("current=yes")}
    changes = compare((WANTED, service), NodeSeen("n1", NodeFacts(), things))
    assert [(change.action, change.reason) for change in changes] == [
        (Action.CREATE, ""),
        (Action.UPDATE, "restarted, as a file that it reads changes"),
    ]
    things[WANTED.name] = Seen("file aa 600 root:root", recorded=True)
    changes = compare((WANTED, service), NodeSeen("n1", NodeFacts(), things))
    assert [change.action for change in changes] == [Action.UPDATE, Action.KEEP]
    things[WANTED.name] = Seen(WANTED.state)
    changes = compare((WANTED, service), NodeSeen("n1", NodeFacts(), things))
    assert [change.action for change in changes] == [Action.KEEP, Action.KEEP]


@pytest.mark.parametrize(
    ("declared", "action"),
    [
        ("directory 755 root:root", Action.CREATE),
        ("directory 755 app:app", Action.CONFLICT),
        ("directory 775 root:app", Action.CONFLICT),
    ],
)
def test_a_files_folder_counts_as_what_the_same_run_makes_of_it(declared: str, action: Action) -> None:
    folder, file = Item(Kind.DIRECTORY, "/srv/a", declared), replace(WANTED, key="/srv/a/b")
    things = {
        folder.name: Seen("directory 700 app:app"),
        file.name: Seen("absent", others_folder="owner 9, mode 700: /srv/a"),
    }
    changes = compare((folder, file), NodeSeen("n1", NodeFacts(), things))
    assert changes[-1].action is action
    alone = compare((file,), NodeSeen("n1", NodeFacts(), things))
    assert alone[-1].action is Action.CONFLICT
