"""What a change would fail on is seen beforehand, in every shell."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.fakes.rooted_machine import Machine
from tests.fakes.shell_host import SHELLS

from podwright.plan.provision.item import Item, Kind
from podwright.plan.provision.kubelet_asks import KubeletAsks
from podwright.plan.reasons import Conflict

MODULES = f"/lib/modules/{os.uname().release}"


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    return Machine.made(tmp_path, request.param)


def lacks(machine: Machine, *items: Item) -> list[tuple[tuple[Conflict, str], ...]]:
    seen = machine.see(*items)
    return [seen.things[item.name].lacks for item in items]


def module(name: str) -> Item:
    return Item(Kind.MODULE, name, "loaded")


def test_a_module_lies_there_under_either_name_or_is_lacking(machine: Machine) -> None:
    items = (module("br_netfilter"), module("nf-conntrack"), module("xt"), module("overlay"))
    assert lacks(machine, *items) == [(), (), (), ()]
    machine.write(
        f"{MODULES}/modules.dep",
        "kernel/net/bridge/br_netfilter.ko.zst: kernel/net/xt.ko\nkernel/nf/nf_conntrack.ko.gz:\n",
    )
    machine.write(f"{MODULES}/modules.builtin", "kernel/fs/overlayfs/overlay.ko\n")
    assert lacks(machine, *items) == [(), (), ((Conflict.NO_MODULE, ""),), ()]


def test_a_kernel_whose_modules_are_gone_loads_none(machine: Machine) -> None:
    machine.path(MODULES).rmdir()
    assert lacks(machine, module("overlay")) == [((Conflict.NO_MODULES, MODULES),)]


def test_a_sysctl_that_is_not_there_or_cannot_be_written(machine: Machine) -> None:
    machine.write("/proc/sys/kernel/osrelease", "6.1\n").chmod(0o444)
    machine.write("/proc/sys/vm/swappiness", "60\n")
    names = ("kernel.osrelease", "vm.swappiness", "vm.swapiness")
    found = lacks(machine, *(Item(Kind.SYSCTL, name, "1") for name in names))
    assert found == [((Conflict.FIXED_SYSCTL, ""),), (), ((Conflict.NO_SYSCTL, ""),)]


def test_owners_are_looked_up_and_numbers_are_not(machine: Machine) -> None:
    machine.write("/etc/passwd", "web.one:x:1000:\n")
    machine.write("/etc/group", "web.one:x:1000:\nother:x:1001:\n")
    machine.tool("getent", 'case "$1 $2" in "passwd remote") ;; "group slow") exit 124 ;; *) exit 2 ;; esac')
    items = (
        Item(Kind.FILE, "/etc/a", "file aa 644 web.one:other", "x"),
        Item(Kind.FILE, "/etc/b", "file aa 644 remote:12345", "x"),
        Item(Kind.DIRECTORY, "/etc/c", "directory 755 webxone:remote system_u:object_r:etc_t:s0"),
        Item(Kind.USER, "new", "user home=/home/new shell=/bin/sh groups=other,wheel"),
        Item(Kind.FILE, "/etc/d", "absent"),
        Item(Kind.FILE, "/etc/e", "file aa 644 root:slow", "x"),
    )
    assert lacks(machine, *items) == [
        (),
        (),
        ((Conflict.NO_USER, "webxone"), (Conflict.NO_GROUP, "remote"), (Conflict.NO_SELINUX, "")),
        ((Conflict.NO_GROUP, "wheel"),),
        (),
        (),
    ]


def test_what_is_above_must_be_a_folder(machine: Machine) -> None:
    machine.write("/srv/file", "x\n")
    machine.path("/srv/link").symlink_to("nowhere")
    items = [
        Item(Kind.DIRECTORY, f"/srv/{name}/b/c", "directory 755 root:root")
        for name in ("file", "link", "new")
    ]
    assert lacks(machine, *items) == [
        ((Conflict.ABOVE_IS_NO_FOLDER, "/srv/file"),),
        ((Conflict.ABOVE_IS_NO_FOLDER, "/srv/link"),),
        (),
    ]


def test_what_is_mounted_or_immutable_is_not_replaced(machine: Machine) -> None:
    for name in ("hosts", "fixed", "free"):
        machine.write(f"/etc/{name}", "x\n")
    machine.write("/proc/mounts", "/dev/vda /etc/hosts ext4 rw 0 0\ntmpfs /srv/held tmpfs rw 0 0\n")
    machine.path("/srv/held").mkdir(parents=True)
    machine.tool(
        "lsattr",
        'for path; do :; done; case $path in */fixed | */srv/) echo "----i--a-----e-- $path" ;; *) exit 1 ;; esac',
    )
    items = [
        Item(Kind.FILE, f"/etc/{name}", "file aa 644 root:root", "x") for name in ("hosts", "fixed", "free")
    ]
    held = (Conflict.IMMUTABLE, "/srv/")
    assert lacks(machine, *items, Item(Kind.DIRECTORY, "/srv/held", "absent")) == [
        ((Conflict.MOUNTED, ""),),
        ((Conflict.IMMUTABLE, "/etc/fixed"),),
        (),
        ((Conflict.MOUNTED, ""), held),
    ]
    mine = f"directory {machine.path('/srv/held').stat().st_mode & 0o777:o} nobody:root"
    assert lacks(machine, Item(Kind.DIRECTORY, "/srv/held", mine))[0][-1:] == (held,)


def test_a_folder_that_is_to_go_tells_what_it_holds(machine: Machine) -> None:
    for name in ("a b", ".hidden"):
        machine.write(f"/srv/old/{name}", "x\n")
    machine.path("/srv/empty").mkdir()
    items = [Item(Kind.DIRECTORY, f"/srv/{name}", "absent") for name in ("old", "empty", "none")]
    assert lacks(machine, *items) == [((Conflict.NOT_EMPTY, ".hidden/a b/"),), (), ()]


def test_of_a_folder_that_holds_more_than_is_told_no_name_is_cut(machine: Machine) -> None:
    names = [f"{number:03}-{'x' * 90}" for number in range(60)]
    for name in names:
        machine.write(f"/srv/old/{name}", "x\n")
    items = [Item(Kind.DIRECTORY, "/srv/old", "absent")]
    [[(kind, held)]] = lacks(machine, *items)
    assert kind is Conflict.NOT_EMPTY
    assert len(held) < len("/".join(names))
    assert set(held.removesuffix("/").split("/")) <= set(names)


@pytest.mark.parametrize(
    ("shown", "wanted", "expected"),
    [
        ("LoadState=not-found", "started=yes", ((Conflict.NO_UNIT, ""),)),
        ("LoadState=masked", "started=yes", ((Conflict.MASKED, ""),)),
        ("LoadState=masked\nActiveState=active", "started=no", ()),
        ("UnitFileState=static", "enabled=yes started=yes", ((Conflict.FIXED_UNIT, "static"),)),
        ("UnitFileState=static", "started=yes", ()),
        ("UnitFileState=disabled", "enabled=yes started=yes", ()),
    ],
)
def test_a_service_that_cannot_become_what_it_is_to_be(
    machine: Machine, shown: str, wanted: str, expected: tuple[tuple[Conflict, str], ...]
) -> None:
    machine.path("/run/systemd/system").mkdir(parents=True)
    machine.tool("systemctl", f"cat <<'SHOWN'\n{shown}\nSHOWN\n")
    fields = " ".join(word.partition("=")[0] for word in wanted.split())
    assert lacks(machine, Item(Kind.SERVICE, "app", wanted, asks=(fields,))) == [expected]


def test_a_kubelet_that_is_to_be_started_needs_a_unit(machine: Machine) -> None:
    asks = KubeletAsks("/etc/kubernetes/kubelet.conf.d", "/etc/kubernetes/kubelet.conf.d/90-podwright.conf")
    item = Item(Kind.KUBELET, "kubelet", "current=yes", asks=asks.words)
    machine.path("/run/systemd/system").mkdir(parents=True)
    machine.host.proc.mkdir()
    for shown, lacking in (("LoadState=not-found", Conflict.NO_UNIT), ("LoadState=masked", Conflict.MASKED)):
        machine.tool("systemctl", f"echo {shown}")
        assert lacks(machine, item) == [((lacking, ""),)]
    machine.tool("systemctl", "echo LoadState=loaded")
    assert lacks(machine, item) == [()]


def test_a_user_whose_programs_run_is_not_removed(machine: Machine) -> None:
    machine.write(
        "/etc/passwd", f"new:x:{os.getuid()}:0::/home/new:/bin/sh\nidle:x:4242:0::/home/idle:/bin/sh\n"
    )
    items = [Item(Kind.USER, name, "absent", asks=("groups",)) for name in ("new", "idle")]
    machine.host.proc.mkdir()
    machine.tool("userdel", "exit 1")
    assert lacks(machine, *items) == [(), ()]
    for pid, its_root in ((41, machine.path("/etc")), (42, machine.root), (43, machine.path("/gone"))):
        (machine.host.proc / str(pid)).mkdir(parents=True)
        (machine.host.proc / str(pid) / "root").symlink_to(its_root)
    assert lacks(machine, *items) == [((Conflict.USER_BUSY, ""),), ()]


def test_programs_of_containers_do_not_keep_a_user(machine: Machine) -> None:
    machine.write("/etc/passwd", f"new:x:{os.getuid()}:0::/home/new:/bin/sh\n")
    (machine.host.proc / "42").mkdir(parents=True)
    (machine.host.proc / "42/root").symlink_to(machine.path("/etc"))
    machine.tool("userdel", "exit 1")
    assert lacks(machine, Item(Kind.USER, "new", "absent", asks=("groups",))) == [()]


def test_what_a_run_keeps_must_be_roots_to_keep(machine: Machine) -> None:
    item = Item(Kind.DIRECTORY, "/etc/new", "directory 755 root:root")
    assert machine.see(item).facts.own_folder == ()
    machine.path("/var/lib").mkdir(parents=True)
    machine.path("/var/lib").chmod(0o777)
    [why] = machine.see(item).facts.own_folder
    assert why.endswith(f"mode 777: {machine.path('/var/lib')}")
    there = Item(
        Kind.DIRECTORY,
        "/etc/kubernetes",
        f"directory {machine.path('/etc/kubernetes').stat().st_mode & 0o777:o} root:root",
    )
    assert machine.see(there).facts.own_folder == ()


def test_a_service_of_openrc_and_of_no_manager_that_is_known(machine: Machine) -> None:
    item = Item(Kind.SERVICE, "app", "started=yes", asks=("started",))
    assert lacks(machine, item) == [((Conflict.NO_SERVICE_MANAGER, ""),)]
    machine.path("/run/openrc").mkdir(parents=True)
    assert lacks(machine, item) == [((Conflict.NO_UNIT, ""),)]
