"""Only what a run would write, and what it would start, is shown to the node's programs."""

from __future__ import annotations

import pytest

from podwright.plan.changes import Action
from podwright.plan.provision.compare import compare
from podwright.plan.provision.item import ABSENT, Item, Kind, Seen
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.provision.observed import NodeFacts, NodeSeen
from podwright.plan.provision.trials import Trials, trials_of, with_refusals
from podwright.plan.reasons import Conflict

SYSTEMD = NodeFacts(init="systemd")
SUDOERS, SSHD = "/etc/sudoers.d/app", "/etc/ssh/sshd_config.d/app.conf"
UNIT, DROP_IN = "/etc/systemd/system/app.service", "/etc/systemd/system/app.service.d/90-podwright.conf"


def file(path: str) -> Item:
    return Item(Kind.FILE, path, "file aa 644 root:root", f"text of {path}")


def service(name: str, state: str = "started=yes", *reads: str) -> Item:
    return Item(Kind.SERVICE, name, state, asks=("started", *reads))


def seen(*items: Item, facts: NodeFacts = SYSTEMD, **states: str) -> NodeSeen:
    things = {
        item.name: Seen("started=no" if item.kind is Kind.SERVICE else "absent", recorded=True)
        for item in items
    }
    return NodeSeen("n1", facts, things | {name: Seen(state) for name, state in states.items()})


def trials(*items: Item, facts: NodeFacts = SYSTEMD) -> Trials:
    node = seen(*items, facts=facts)
    return trials_of(compare(items, node), node)


def asked(found: Trials) -> list[tuple[str, str, str]]:
    return [(trial.thing, trial.program, " ".join(trial.arguments)) for trial in found.trials]


def test_files_of_sudo_and_sshd_are_read_by_them() -> None:
    found = trials(
        file(SUDOERS),
        file("/etc/sudoers.d/read.me"),
        file(SSHD),
        file("/etc/ssh/sshd_config"),
        file("/etc/a"),
    )
    assert asked(found) == [(SUDOERS, "sudoers", SUDOERS), (SSHD, "sshd", "")]
    assert found.texts == {path: f"text of {path}" for path in (SUDOERS, SSHD, "/etc/ssh/sshd_config")}


def test_units_that_are_to_run_are_read_with_what_is_written_for_them() -> None:
    files = [
        file(path)
        for path in (UNIT, DROP_IN, "/etc/systemd/system/other.service", "/etc/systemd/system/x@.service")
    ]
    found = trials(*files, service("app"), service("x@1.service"), service("stopped", "started=no"))
    assert asked(found) == [("service app", "unit", "app"), ("service x@1.service", "unit", "x@1.service")]
    assert set(found.texts) == {UNIT, DROP_IN, "/etc/systemd/system/x@.service"}


def test_a_service_that_is_only_to_have_read_its_files_counts_if_it_runs() -> None:
    app = service("app", "current=yes", DROP_IN)
    node = NodeSeen("n1", SYSTEMD, {DROP_IN: Seen("absent"), app.name: Seen("current=yes")})
    changes = compare((file(DROP_IN), app), node)
    assert asked(trials_of(changes, node)) == [("service app", "unit", "if-active:app")]
    told = with_refusals(node, [(trials_of(changes, node).trials[0], "no ExecStart=")])
    assert [change.action for change in compare((file(DROP_IN), app), told)] == [
        Action.CREATE,
        Action.CONFLICT,
    ]


@pytest.mark.parametrize("path", [UNIT, "/etc/systemd/system/app@.service"])
def test_a_unit_that_goes_is_not_tried_but_a_drop_in_that_goes_is(path: str) -> None:
    app = service("app@1" if "@" in path else "app")
    gone = Item(Kind.FILE, path, ABSENT)
    there = {path: "file aa 644 root:root"}
    node = seen(app, **there)
    assert trials_of(compare((gone, app), node, adopt=True), node) == Trials({}, ())
    drop_in = f"{path}.d/90-podwright.conf"
    node = seen(app, **{drop_in: "file aa 644 root:root"})
    found = trials_of(compare((Item(Kind.FILE, drop_in, ABSENT), app), node, adopt=True), node)
    assert (asked(found)[0][1], found.texts) == ("unit", {drop_in: ""})


def test_nothing_is_asked_of_a_node_that_is_as_declared_or_cannot_tell() -> None:
    as_declared = NodeSeen("n1", SYSTEMD, {SSHD: Seen("file aa 644 root:root")})
    assert trials_of(compare((file(SSHD),), as_declared), as_declared) == Trials({}, ())
    assert trials(file("/etc/a"), service("app", "enabled=yes")) == Trials({}, ())
    assert trials(file(SSHD), facts=NodeFacts(login=1000)) == Trials({}, ())
    assert trials(service("app"), facts=NodeFacts(init="openrc")) == Trials({}, ())


def test_a_refusal_stops_its_thing_unless_the_run_brings_what_lacks() -> None:
    program, app = file("/usr/local/bin/app"), service("app")
    node = seen(program, app)
    [trial] = trials_of(compare((program, app), node), node).trials
    told = with_refusals(
        node, [(trial, "Command /usr/local/bin/app is not executable: No such file or directory")]
    )
    assert [change.action for change in compare((program, app), told)] == [Action.CREATE, Action.UPDATE]
    [change] = compare((app,), told)
    assert change.reasons[0].kind is Conflict.BAD_UNIT


def test_a_kubelet_reads_what_is_to_be_written_for_it() -> None:
    asks = KubeletAsks("/etc/kubelet.d", "/etc/kubelet.d/90-podwright.conf")
    kubelet = Item(Kind.KUBELET, "kubelet", "current=yes", asks=asks.words)
    drop_in = file(asks.file)
    node = NodeSeen("n1", SYSTEMD, {drop_in.name: Seen("absent"), kubelet.name: Seen("current=yes")})
    found = trials_of(compare((drop_in, kubelet), node), node)
    [trial] = found.trials
    assert (trial.program, trial.arguments[:3]) == ("kubelet", (asks.file, "", "kubelet"))
    assert set(found.texts) == {asks.file}
    told = with_refusals(node, [(trial, "invalid configuration")])
    assert compare((drop_in, kubelet), told)[1].reasons[0].kind is Conflict.REFUSED_SETTINGS
