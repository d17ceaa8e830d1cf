"""What a node lacks stops it, unless the same run brings it before."""

from __future__ import annotations

import pytest

from podwright.plan.changes import Action
from podwright.plan.provision.compare import compare
from podwright.plan.provision.item import Item, Kind, Seen
from podwright.plan.provision.observed import NodeFacts, NodeSeen
from podwright.plan.provision.preconditions import LACKS, own_folder_problems
from podwright.plan.reasons import Conflict
from podwright.plan.words import hint, message

FILE = Item(Kind.FILE, "/etc/a", "file aa 644 app:web", "x")
MODULE, SYSCTL = Item(Kind.MODULE, "x", "loaded"), Item(Kind.SYSCTL, "net.x", "1")
SERVICE, USER = Item(Kind.SERVICE, "app", "started=yes"), Item(Kind.USER, "app", "user home=/home/app")
FOLDER = Item(Kind.DIRECTORY, "/srv/old", "absent")
PACKAGE = Item(Kind.PACKAGE, "p", "present")
NO_USER = (Conflict.NO_USER, "app")


def unit(path: str) -> Item:
    return Item(Kind.FILE, path, "file aa 644 root:root", "x")


@pytest.mark.parametrize(
    ("item", "lacks", "beside", "stops"),
    [
        (MODULE, (Conflict.NO_MODULE, ""), (), True),
        (MODULE, (Conflict.NO_MODULE, ""), (SYSCTL,), True),
        (MODULE, (Conflict.NO_MODULE, ""), (PACKAGE,), False),
        (SYSCTL, (Conflict.NO_SYSCTL, ""), (SERVICE,), True),
        (SYSCTL, (Conflict.NO_SYSCTL, ""), (MODULE,), False),
        (SYSCTL, (Conflict.FIXED_SYSCTL, ""), (MODULE, PACKAGE), True),
        (SERVICE, (Conflict.NO_UNIT, ""), (FILE,), True),
        (SERVICE, (Conflict.NO_UNIT, ""), (unit("/etc/systemd/system/app.service"),), False),
        (SERVICE, (Conflict.NO_UNIT, ""), (unit("/etc/init.d/app"),), False),
        (SERVICE, (Conflict.NO_UNIT, ""), (unit("/etc/containers/systemd/app.container"),), False),
        (
            SERVICE,
            (Conflict.FIXED_UNIT, "static"),
            (unit("/etc/systemd/system/app.service.d/a.conf"),),
            False,
        ),
        (SERVICE, (Conflict.NO_UNIT, ""), (unit("/etc/systemd/system/app.service.d/a.conf"),), True),
        (SERVICE, (Conflict.MASKED, ""), (unit("/etc/systemd/system/other.service"),), True),
        (FILE, NO_USER, (), True),
        (FILE, NO_USER, (USER,), False),
        (FILE, (Conflict.NO_GROUP, "app"), (USER,), False),
        (FILE, (Conflict.NO_GROUP, "web"), (USER,), True),
        (FILE, (Conflict.READ_ONLY, "/etc"), (PACKAGE,), True),
        (FOLDER, (Conflict.NOT_EMPTY, "a/b/"), (Item(Kind.FILE, "/srv/old/a", "absent"),), True),
    ],
)
def test_what_is_lacking_stops_unless_the_run_brings_it(
    item: Item, lacks: tuple[Conflict, str], beside: tuple[Item, ...], stops: bool
) -> None:
    things = {one.name: Seen("absent", recorded=True) for one in beside}
    state = "directory 755 root:root" if item is FOLDER else "absent"
    things[item.name] = Seen(state, recorded=True, lacks=(lacks,))
    if item is FOLDER:
        things["/srv/old/a"] = Seen("file aa 644 root:root", recorded=True)
    [change] = (
        one for one in compare((*beside, item), NodeSeen("n1", NodeFacts(), things)) if one.name == item.name
    )
    assert (change.action is Action.CONFLICT) is stops


def test_what_is_there_already_brings_nothing() -> None:
    things = {PACKAGE.name: Seen("present"), MODULE.name: Seen("absent", lacks=((Conflict.NO_MODULE, ""),))}
    assert compare((PACKAGE, MODULE), NodeSeen("n1", NodeFacts(), things))[1].action is Action.CONFLICT


def test_a_template_of_units_brings_its_instances() -> None:
    service = Item(Kind.SERVICE, "app@blue", "started=yes")
    things = {service.name: Seen("started=no-unit", lacks=((Conflict.NO_UNIT, ""),))}
    template = unit("/etc/systemd/system/app@.service")
    things[template.name] = Seen("absent")
    changes = compare((template, service), NodeSeen("n1", NodeFacts(), things))
    assert [change.action for change in changes] == [Action.CREATE, Action.UPDATE]


def test_all_that_one_thing_lacks_is_told_with_what_to_do() -> None:
    things = {FILE.name: Seen("absent", lacks=(NO_USER, (Conflict.NO_GROUP, "web")))}
    [change] = compare((FILE,), NodeSeen("n1", NodeFacts(), things))
    assert [message(reason) for reason in change.reasons] == [
        "`/etc/a` is to belong to the user `app`, and there is none",
        "`/etc/a` is to have the group `web`, and there is none",
    ]


def test_of_what_is_left_in_a_folder_some_is_named() -> None:
    things = {
        FOLDER.name: Seen(
            "directory 755 root:root", recorded=True, lacks=((Conflict.NOT_EMPTY, "a/b/c/d/e/f/"),)
        )
    }
    [change] = compare((FOLDER,), NodeSeen("n1", NodeFacts(), things))
    assert change.reason == "`/srv/old` is to be absent, and holds `a`, `b`, `c`, `d`, `e`, `…`"


def test_a_folder_that_cannot_be_kept_is_told_with_what_to_do() -> None:
    [(message, hint)] = own_folder_problems(NodeFacts(own_folder=("owner 9, mode 700: /var/lib",)))
    assert "(owner 9, mode 700: /var/lib)" in message
    assert "owner" in hint
    assert not tuple(own_folder_problems(NodeFacts()))


@pytest.mark.parametrize("kind", LACKS.values())
def test_each_has_words_and_something_to_do(kind: Conflict) -> None:
    state = "directory 755 root:root" if kind is Conflict.NOT_EMPTY else "absent"
    item = FOLDER if kind is Conflict.NOT_EMPTY else FILE
    things = {item.name: Seen(state, recorded=True, lacks=((kind, "what"),))}
    [change] = compare((item,), NodeSeen("n1", NodeFacts(), things))
    assert item.key in message(change.reasons[0])
    assert hint(change.reasons[0])
