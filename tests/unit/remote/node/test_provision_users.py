"""Logins of a node, by stand-ins for shadow's tools that edit passwd and group; no user of this machine is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.fakes.rooted_machine import Machine
from tests.fakes.shell_host import SHELLS
from tests.unit.remote.node.test_provision import file_of

from podwright.inventory.provisioning import NodeDeclaration, UserEntry
from podwright.plan.changes import Action
from podwright.plan.events import Restored, StepFailed
from podwright.plan.provision.declared_items import items_of
from podwright.plan.provision.item import ABSENT, Item, Kind

_USERADD = """
echo "useradd $*" >>"$root/calls"
uid=1000
while [ $# -gt 1 ]; do
  case $1 in -d) home=$2 ;; -s) shell=$2 ;; -u) uid=$2 ;; -G) groups=$2 ;; esac
  shift
done
echo "$1:x:$uid:$uid::$home:$shell" >>"$root/etc/passwd"
[ -z "${groups-}" ] || sed -i "s/^$groups:.*:/&$1/" "$root/etc/group"
"""
_USERDEL = """
echo "userdel $*" >>"$root/calls"
sed -i "/^$1:/d" "$root/etc/passwd"
sed -i "s/:$1\\$/:/" "$root/etc/group"
"""
_USERMOD = """
echo "usermod $*" >>"$root/calls"
sed -i "s,^$7:.*,$7:x:1000:1000::$2:$4," "$root/etc/passwd"
"""


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    made = Machine.made(tmp_path, request.param)
    made.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nops:x:1001:1001::/home/ops:/bin/sh\n")
    made.write("/etc/group", "adm:x:4:\n")
    for name, body in (("useradd", _USERADD), ("userdel", _USERDEL), ("usermod", _USERMOD)):
        made.tool(name, body)
    return made


def user(state: str, name: str = "podwright") -> Item:
    return Item(Kind.USER, name, state, asks=("groups" if "groups" in state or state == ABSENT else "",))


LOGIN = user("user home=/home/podwright shell=/bin/sh groups=adm")


def passwd(machine: Machine) -> list[str]:
    return machine.path("/etc/passwd").read_text().splitlines()


def test_a_login_is_made_without_a_password_and_a_second_run_changes_nothing(machine: Machine) -> None:
    [change] = machine.plan(LOGIN)
    assert change.action is Action.CREATE
    machine.carry_out((change,))
    assert passwd(machine)[-1] == "podwright:x:1000:1000::/home/podwright:/bin/sh"
    assert machine.path("/calls").read_text() == (
        "useradd -M -d /home/podwright -s /bin/sh -p * -U -G adm podwright\n"
    )
    assert [one.action for one in machine.plan(LOGIN)] == [Action.KEEP]


def test_another_shell_is_given_and_its_groups_stay(machine: Machine) -> None:
    machine.change(LOGIN)
    machine.change(user("user home=/home/podwright shell=/bin/bash"))
    assert passwd(machine)[-1].endswith(":/bin/bash")
    assert "-G adm podwright" in machine.path("/calls").read_text().splitlines()[-1]


def test_a_user_that_podwright_did_not_make_is_left_alone(machine: Machine) -> None:
    for state in (ABSENT, "user home=/home/ops shell=/bin/sh"):
        [change] = machine.plan(user(state, "ops"), adopt=True)
        assert (change.action, change.reason) == (
            Action.CONFLICT,
            "podwright did not make the user `ops`",
        )


def test_the_home_of_a_user_before_is_left_alone_unless_it_is_adopted(machine: Machine) -> None:
    data = machine.write("/home/podwright/data", "theirs\n")
    data.parent.chmod(0o700)
    items = items_of(NodeDeclaration(users=(UserEntry("podwright", keys=("ssh-ed25519 AAAA x",)),)), {})
    gone = items_of(NodeDeclaration(users=(UserEntry("podwright", ABSENT),)), {})
    for wanted, more in ((items, ""), (gone, "; `/home/podwright` is to be absent, and holds `data`")):
        [found] = [change for change in machine.plan(*wanted) if change.action is Action.CONFLICT]
        assert (
            found.reason == f"`/home/podwright` is there already, with files that are not podwright's{more}"
        )
    machine.change(*items, adopt=True)
    assert (data.parent.stat().st_mode & 0o777, data.read_text()) == (0o755, "theirs\n")
    data.parent.chmod(0o700)
    assert [change.action for change in machine.plan(*items) if change.pending] == [Action.UPDATE]


def test_an_empty_home_is_taken(machine: Machine) -> None:
    machine.path("/home/podwright").mkdir(parents=True, mode=0o700)
    items = items_of(NodeDeclaration(users=(UserEntry("podwright"),)), {})
    assert not [change for change in machine.plan(*items) if change.action is Action.CONFLICT]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_an_owner_without_a_name_is_given_back_by_number(machine: Machine) -> None:
    machine.path("/srv/a").mkdir(parents=True)
    os.chown(machine.path("/srv/a"), 64321, 64321)
    machine.tool("modprobe", "exit 1")
    folder = Item(Kind.DIRECTORY, "/srv/a", "directory 755 root:root")
    events = machine.change(folder, Item(Kind.MODULE, "x", "loaded"))
    assert "/srv/a" in [event.file_name for event in events if isinstance(event, Restored)]
    assert machine.path("/srv/a").stat().st_uid == 64321


def test_one_that_was_made_again_by_somebody_else_is_not_ours(machine: Machine) -> None:
    machine.change(LOGIN)
    text = machine.path("/etc/passwd").read_text()
    machine.path("/etc/passwd").write_text(text.replace("podwright:x:1000", "podwright:x:2000"))
    assert [one.action for one in machine.plan(user(ABSENT))] == [Action.CONFLICT]


def test_a_login_that_went_comes_back_as_it_was_if_a_later_step_fails(machine: Machine) -> None:
    machine.change(LOGIN)
    before = passwd(machine)
    machine.tool("modprobe", "exit 1")
    events = machine.change(user(ABSENT), Item(Kind.MODULE, "x", "loaded"))
    assert [event.file_name for event in events if isinstance(event, Restored)] == [
        "module x",
        "user podwright",
    ]
    assert passwd(machine) == before
    assert machine.path("/etc/group").read_text() == "adm:x:4:podwright\n"
    machine.change(user(ABSENT))
    assert len(passwd(machine)) == len(before) - 1
    assert list(machine.path("/var/lib/podwright/settings").iterdir()) == []


def test_what_sshd_cannot_read_is_not_written(machine: Machine) -> None:
    machine.tool("sshd", 'echo "$3: line 1: Bad configuration option: x"; exit 255')
    events = machine.change(file_of("/etc/ssh/sshd_config.d/a.conf", "x y\n"))
    [failed] = [event for event in events if isinstance(event, StepFailed)]
    assert failed.detail.endswith(": line 1: Bad configuration option: x")
    assert list(machine.path("/etc/ssh/sshd_config.d").iterdir()) == []
    machine.tool("sshd", "echo 'Missing privilege separation directory'; exit 255")
    machine.change(file_of("/etc/ssh/sshd_config.d/a.conf", "x y\n"))
    assert machine.path("/etc/ssh/sshd_config.d/a.conf").exists()


def test_a_rule_that_sudo_cannot_read_is_not_written(machine: Machine) -> None:
    machine.tool("visudo", "echo 'syntax error'; exit 1")
    events = machine.change(file_of("/etc/sudoers.d/ops", "x y z\n"))
    [failed] = [event for event in events if isinstance(event, StepFailed)]
    assert failed.detail.strip() == "/etc/sudoers.d/ops: syntax error"
    assert list(machine.path("/etc/sudoers.d").iterdir()) == []
