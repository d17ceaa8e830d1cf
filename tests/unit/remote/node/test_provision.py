"""Things of a node below a folder that stands for /: what is seen, changed, taken back and given back, in every shell."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.fakes.copies import replace
from tests.fakes.rooted_machine import Machine
from tests.fakes.shell_host import SHELLS

from podwright.errors import HostileOutputError
from podwright.plan.changes import Action
from podwright.plan.events import Ended, Event, LockHeld, Refused, Restored, Started, StepFailed, Written
from podwright.plan.provision.item import Item, Kind
from podwright.plan.provision.mark import marked
from podwright.plan.provision.observed import SysctlLine
from podwright.remote.node.provision import observe_things

ME = "root:root"


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    return Machine.made(tmp_path, request.param)


def file_of(path: str, text: str, mode: str = "644") -> Item:
    whole = marked(text, "podwright_node.files", "#")
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return Item(Kind.FILE, path, f"file {digest} {mode} {ME}", whole)


def names(events: list[Event]) -> list[str]:
    return [event.file_name for event in events if isinstance(event, Written)]


def tree(root: Path) -> Mapping[str, tuple[int, int]]:
    """Every file with its inode and when it was changed, but for what podwright keeps."""
    return {
        str(path): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_a_file_is_made_whole_with_its_rights_and_a_second_run_changes_nothing(machine: Machine) -> None:
    folder = Item(Kind.DIRECTORY, "/etc/app", f"directory 750 {ME}")
    item = file_of("/etc/app/a.conf", "x = 1\n", "640")
    events = machine.change(folder, item)
    assert names(events) == ["/etc/app", "/etc/app/a.conf"]
    assert isinstance(events[-1], Ended)
    path = machine.path("/etc/app/a.conf")
    assert path.read_text() == item.text
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o640, 0o750)
    before = tree(machine.root)
    assert [change.action for change in machine.plan(folder, item)] == [Action.KEEP, Action.KEEP]
    assert tree(machine.root) == before
    assert [path.name for path in path.parent.iterdir()] == ["a.conf"]


def test_a_file_is_never_put_into_a_folder_of_its_name_nor_recorded(machine: Machine) -> None:
    folder, item = Item(Kind.DIRECTORY, "/etc/a", f"directory 755 {ME}"), file_of("/etc/a", "x\n")
    [failed] = [event for event in machine.change(folder, item) if isinstance(event, StepFailed)]
    assert failed.detail == "/etc/a: a folder lies there"
    assert not list(machine.root.rglob("*.owned"))


@pytest.mark.parametrize("damage", ["content", "mode", "gone"])
def test_damage_is_seen_and_mended(machine: Machine, damage: str) -> None:
    item = file_of("/etc/a.conf", "x = 1\n")
    machine.change(item)
    path = machine.path("/etc/a.conf")
    if damage == "content":
        path.write_text(item.text.replace("x = 1", "x = 2"))
    elif damage == "mode":
        path.chmod(0o666)
    else:
        path.unlink()
    [change] = machine.plan(item)
    assert (
        change.reason
        == {
            "content": "the file was changed by hand; the content changes",
            "mode": "666 instead of 644",
            "gone": "",
        }[damage]
    )
    machine.change(item)
    assert path.read_text() == item.text
    assert path.stat().st_mode & 0o777 == 0o644


def test_anothers_file_is_a_conflict_unless_it_is_adopted_and_comes_back_when_released(
    machine: Machine,
) -> None:
    path = machine.write("/etc/a.conf", "theirs\n")
    path.chmod(0o600)
    item = file_of("/etc/a.conf", "ours\n")
    assert [change.action for change in machine.plan(item)] == [Action.CONFLICT]
    [change] = machine.plan(item, adopt=True)
    assert (
        change.reason
        == "taken over; the original is kept on the node; the content changes; 600 instead of 644"
    )
    machine.carry_out((change,))
    assert path.read_text() == item.text
    machine.change(file_of("/etc/a.conf", "newer\n"))
    original = Item(Kind.ORIGINAL, "/etc/a.conf", "released")
    [back] = machine.plan(original)
    assert (back.action, back.subject.after) == (Action.RELEASE, b"theirs\n")
    assert machine.see(original).owned == ("/etc/a.conf",)
    machine.carry_out((back,))
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("theirs\n", 0o600)
    assert machine.see(original).owned == ()
    assert [change.action for change in machine.plan(original)] == [Action.KEEP]
    assert sorted(machine.path("/var/lib/podwright/settings").iterdir()) == []


def test_what_was_not_there_before_us_is_gone_when_released(machine: Machine) -> None:
    machine.change(file_of("/etc/a.conf", "ours\n"))
    machine.change(Item(Kind.ORIGINAL, "/etc/a.conf", "released"))
    assert not machine.path("/etc/a.conf").exists()


def test_only_our_files_are_removed(machine: Machine) -> None:
    machine.write("/etc/theirs", "x\n")
    machine.change(file_of("/etc/ours", "x\n"))
    theirs, ours, never = (Item(Kind.FILE, f"/etc/{name}", "absent") for name in ("theirs", "ours", "never"))
    changes = machine.plan(theirs, ours, never)
    assert [change.action for change in changes] == [Action.CONFLICT, Action.DELETE, Action.KEEP]
    machine.carry_out(changes)
    assert not machine.path("/etc/ours").exists()


@pytest.mark.parametrize(("make", "found"), [("link", "link"), ("folder", "directory")])
def test_what_is_no_file_is_left_alone(machine: Machine, make: str, found: str) -> None:
    path = machine.path("/etc/a.conf")
    path.symlink_to("/dev/null") if make == "link" else path.mkdir()
    [change] = machine.plan(file_of("/etc/a.conf", "x\n"), adopt=True)
    assert (change.action, change.reason) == (Action.CONFLICT, f"`/etc/a.conf` is a {found}")


def test_a_file_in_a_folder_that_others_can_change_is_a_conflict(machine: Machine) -> None:
    theirs, item = machine.write("/home/alice/keys", "theirs\n"), file_of("/home/alice/keys", "ours\n")
    machine.change(item, adopt=True)
    newer, back = file_of("/home/alice/keys", "newer\n"), Item(Kind.ORIGINAL, "/home/alice/keys", "released")
    changes = machine.plan(newer)
    theirs.parent.chmod(0o777)
    for wanted in (newer, back):
        [change] = machine.plan(wanted)
        assert change.action is Action.CONFLICT
        assert "others can change the folder in which `/home/alice/keys` lies (owner" in change.reason
    [failed] = [event for event in machine.carry_out(changes) if isinstance(event, StepFailed)]
    assert "others can change the folder" in failed.detail
    assert theirs.read_text() == item.text
    home = Item(Kind.DIRECTORY, "/home/alice", f"directory 755 {ME}")
    assert names(machine.change(home, newer)) == ["/home/alice", "/home/alice/keys"]


def test_a_folder_below_one_of_others_is_changed_unless_a_link_leads_elsewhere(machine: Machine) -> None:
    inner = machine.path("/srv/app/mid/inner")
    inner.mkdir(parents=True)
    inner.parent.parent.chmod(0o777)
    item = Item(Kind.DIRECTORY, "/srv/app/mid/inner", f"directory 700 {ME}")
    machine.change(item)
    assert inner.stat().st_mode & 0o777 == 0o700
    changes = machine.plan(replace(item, state=f"directory 711 {ME}"))
    elsewhere = machine.path("/etc/elsewhere")
    inner.parent.rename(elsewhere)
    inner.parent.symlink_to(elsewhere)
    [failed] = [event for event in machine.carry_out(changes) if isinstance(event, StepFailed)]
    assert failed.detail == "/srv/app/mid/inner: it is a link, or lies behind one"
    assert (elsewhere / "inner").stat().st_mode & 0o777 == 0o700


def test_a_failed_step_takes_back_what_was_done_before_it(machine: Machine) -> None:
    kept = machine.write("/etc/kept", "theirs\n")
    sysctl = machine.write("/proc/sys/net/ipv4/ip_forward", "0\n")
    machine.tool("modprobe", "echo 'FATAL: no such module' >&2; exit 1")
    items = (
        Item(Kind.DIRECTORY, "/etc/new", f"directory 755 {ME}"),
        file_of("/etc/new/a", "a\n"),
        file_of("/etc/kept", "ours\n"),
        Item(Kind.SYSCTL, "net.ipv4.ip_forward", "1"),
        Item(Kind.MODULE, "no-such", "loaded"),
    )
    events = machine.change(*items, adopt=True)
    [failed] = [event for event in events if isinstance(event, StepFailed)]
    assert (failed.step, failed.detail) == ("make-module", "module no-such: FATAL: no such module")
    restored = [event.file_name for event in events if isinstance(event, Restored)]
    assert restored == ["module no-such", "sysctl net.ipv4.ip_forward", "/etc/kept", "/etc/new/a", "/etc/new"]
    assert (kept.read_text(), sysctl.read_text()) == ("theirs\n", "0\n")
    assert not machine.path("/etc/new").exists()
    assert machine.see(items[2]).owned == ()


def test_folders_that_were_made_above_what_is_taken_back_go_too_if_nothing_else_lies_there(
    machine: Machine,
) -> None:
    machine.tool("modprobe", 'touch "$root/opt/kept"; exit 1')
    folder = Item(Kind.DIRECTORY, "/srv/a/b", f"directory 755 {ME}")
    files = (file_of("/srv/a/c/d/e.conf", "x\n"), file_of("/opt/f/g.conf", "x\n"))
    machine.change(folder, *files, Item(Kind.MODULE, "no-such", "loaded"))
    assert not machine.path("/srv").exists()
    assert [path.name for path in machine.path("/opt").iterdir()] == ["kept"]


@pytest.mark.parametrize("wanted", ["there", "absent"])
def test_an_original_and_the_record_of_it_outlive_a_step_that_fails(machine: Machine, wanted: str) -> None:
    path = machine.write("/etc/a.conf", "theirs\n")
    machine.change(file_of("/etc/a.conf", "ours\n"), adopt=True)
    if wanted == "there":
        path.unlink()
    machine.tool("modprobe", "exit 1")
    item = file_of("/etc/a.conf", "ours\n") if wanted == "there" else Item(Kind.FILE, "/etc/a.conf", "absent")
    machine.change(item, Item(Kind.MODULE, "no-such", "loaded"))
    assert path.exists() is (wanted == "absent")
    original = Item(Kind.ORIGINAL, "/etc/a.conf", "released")
    assert machine.see(original).owned == ("/etc/a.conf",)
    machine.change(original)
    assert path.read_text() == "theirs\n"


def test_the_record_of_a_file_without_a_mark_outlives_a_removal_that_is_taken_back(machine: Machine) -> None:
    marked_file = file_of("/etc/a.conf", "x\n")
    digest = hashlib.sha256(b"x\n").hexdigest()
    machine.change(replace(marked_file, text="x\n", state=f"file {digest} 644 {ME}"))
    machine.tool("modprobe", "exit 1")
    gone = Item(Kind.FILE, "/etc/a.conf", "absent")
    machine.change(gone, Item(Kind.MODULE, "no-such", "loaded"))
    assert [change.action for change in machine.plan(gone)] == [Action.DELETE]


def test_what_changed_since_it_was_observed_is_not_overwritten(machine: Machine) -> None:
    one, other = file_of("/etc/a", "a\n"), file_of("/etc/b", "b\n")
    changes = machine.plan(one, other)
    machine.write("/etc/b", "theirs\n")
    events = machine.carry_out(changes)
    assert [event.file_name for event in events if isinstance(event, Refused)] == ["/etc/b"]
    assert not [event for event in events if isinstance(event, Started)]
    assert not machine.path("/etc/a").exists()


def test_what_another_run_made_meanwhile_is_reported_as_made(machine: Machine) -> None:
    item = file_of("/etc/a", "a\n")
    changes = machine.plan(item)
    machine.change(item)
    assert names(machine.carry_out(changes)) == ["/etc/a"]


def test_another_runs_lock_is_respected(machine: Machine) -> None:
    changes = machine.plan(file_of("/etc/a", "a\n"))
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    until = int(float(Path("/proc/uptime").read_text().split()[0])) + 100
    machine.write("/etc/kubernetes/.podwright/manifests/lock", f"x {until} {boot} 1 you\n")
    events = machine.carry_out(changes)
    assert [event.lock.owner for event in events if isinstance(event, LockHeld)] == ["you"]
    assert not machine.path("/etc/a").exists()


def test_numbers_of_proc_sys_are_read_whole(machine: Machine) -> None:
    machine.write("/proc/sys/kernel/keys/root_maxkeys", "1000000\n")
    machine.write("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n")
    items = (
        Item(Kind.SYSCTL, "kernel.keys.root_maxkeys", "1000000"),
        Item(Kind.SYSCTL, "net/ipv4/tcp_rmem", "4096 131072 6291456"),
    )
    assert [change.action for change in machine.plan(*items)] == [Action.KEEP, Action.KEEP]


def test_every_file_that_sets_a_sysctl_at_boot_is_seen(machine: Machine) -> None:
    machine.write("/etc/sysctl.d/99-k8s.conf", "# x\nnet.ipv4.ip_forward=0\nvm.swappiness = 1\n")
    machine.write("/etc/sysctl.conf", " -net/ipv4/ip_forward = 2\n")
    seen = machine.see(Item(Kind.SYSCTL, "net.ipv4.ip_forward", "1"))
    assert seen.sysctl_lines == {
        "net.ipv4.ip_forward": (
            SysctlLine("/etc/sysctl.d/99-k8s.conf", "0"),
            SysctlLine("/etc/sysctl.conf", "2"),
        )
    }


def test_a_module_is_loaded_unless_it_is_there_or_built_in(machine: Machine) -> None:
    machine.tool("modprobe", 'mkdir -p "$root/sys/module/br_netfilter"')
    machine.write(f"/lib/modules/{os.uname().release}/modules.builtin", "kernel/fs/overlayfs/overlay.ko\n")
    items = tuple(Item(Kind.MODULE, name, "loaded") for name in ("overlay", "br-netfilter"))
    assert [change.action for change in machine.plan(*items)] == [Action.KEEP, Action.CREATE]
    assert names(machine.change(*items)) == ["module br-netfilter"]
    assert [change.action for change in machine.plan(*items)] == [Action.KEEP, Action.KEEP]


FSTAB = "/dev/a / ext4 x 0 1\n/dev/b  none swap sw 0 0\n\tUUID=1 none\tswap\n# /dev/c none swap sw\n/swap x noswap y\n"


def test_swap_goes_now_and_from_fstab_line_by_line_and_comes_back(machine: Machine) -> None:
    table = machine.write("/etc/fstab", FSTAB)
    swaps = machine.write("/proc/swaps", "Filename Type\n/dev/b partition 1\n")
    machine.tool("swapoff", 'echo "Filename Type" >"$root/proc/swaps"')
    machine.tool("swapon", 'echo "$2 partition 1" >>"$root/proc/swaps"')
    items = Item(Kind.SWAP, "fstab", "off"), Item(Kind.SWAP, "now", "off")
    changes = machine.plan(*items)
    assert [change.subject.seen.state for change in changes] == ["on", "on /dev/b"]
    machine.carry_out(changes)
    assert table.read_text().splitlines()[1:3] == [
        "# podwright: /dev/b  none swap sw 0 0",
        "# podwright: \tUUID=1 none\tswap",
    ]
    assert len(table.read_text().splitlines()) == len(FSTAB.splitlines())
    assert [change.action for change in machine.plan(*items)] == [Action.KEEP, Action.KEEP]
    swaps.write_text("Filename Type\n/dev/b partition 1\n")
    machine.tool("swapoff", "exit 1")
    table.write_text(FSTAB)
    events = machine.change(*items)
    assert [event.file_name for event in events if isinstance(event, Restored)] == ["swap now", "swap fstab"]
    assert table.read_text() == FSTAB


def test_what_turns_swap_on_beside_fstab_is_seen(machine: Machine) -> None:
    machine.write("/etc/systemd/zram-generator.conf", "[zram0]\n")
    seen = machine.see(Item(Kind.SWAP, "now", "off"))
    assert seen.facts.boot_swap == ("/etc/systemd/zram-generator.conf",)


SYSTEMCTL = """
unit=$root/units/$(eval echo \\${$#})
verb=$1
case $verb in
  reset-failed) ;;
  daemon-reload)
    for unit in "$root"/units/*; do
      rm -f "$unit/reload"
      (cd "$root" && ls etc/systemd/system/"${unit##*/}".service.d/*.conf 2>/dev/null) >"$unit/drop-ins"
    done
    ;;
  show)
    [ -d "$unit" ] || { echo LoadState=not-found; exit; }
    echo LoadState=loaded
    [ -e "$unit/enabled" ] && echo UnitFileState=enabled || echo UnitFileState=disabled
    [ -e "$unit/active" ] && echo ActiveState=active || echo ActiveState=inactive
    [ -e "$unit/reload" ] && echo NeedDaemonReload=yes
    echo DropInPaths=$(sed 's,^,/,' "$unit/drop-ins" 2>/dev/null)
    read -r now _ </proc/uptime
    echo ActiveEnterTimestampMonotonic=$((${now%.*} * 1000000 - $(cat "$unit/age" 2>/dev/null || echo 0) * 1000000))
    ;;
  enable) touch "$unit/enabled" ;;
  disable) rm "$unit/enabled" ;;
  start | restart)
    if grep -qs new "$root/etc/app.conf"; then
      rm -f "$unit/active"
      echo "$verb failed" >>"$root/calls"
      echo "Job failed" >&2
      exit 1
    fi
    touch "$unit/active"
    echo 0 >"$unit/age"
    ;;
  stop) rm "$unit/active" ;;
esac
echo "$verb" >>"$root/calls"
"""


def calls(machine: Machine) -> list[str]:
    """What systemctl was asked to do since the last time."""
    path = machine.path("/calls")
    found = [line for line in path.read_text().splitlines() if line != "show"] if path.exists() else []
    path.unlink(missing_ok=True)
    return found


def systemd(machine: Machine, *states: str) -> None:
    machine.path("/run/systemd/system").mkdir(parents=True)
    for state in states:
        machine.write(f"/units/app/{state}", "1000\n")
    machine.path("/units/app").mkdir(parents=True, exist_ok=True)
    machine.tool("systemctl", SYSTEMCTL)


def service(wanted: str, *watched: str) -> Item:
    return Item(
        Kind.SERVICE,
        "app",
        wanted,
        asks=(" ".join(word.partition("=")[0] for word in wanted.split()), *watched),
    )


def test_a_service_is_enabled_and_started_once(machine: Machine) -> None:
    systemd(machine)
    item = service("enabled=yes started=yes")
    [change] = machine.plan(item)
    assert change.reason == "enabled=no started=no instead of enabled=yes started=yes"
    assert names(machine.change(item)) == ["service app"]
    assert calls(machine) == ["enable", "start"]
    assert [change.action for change in machine.plan(item)] == [Action.KEEP]
    machine.change(service("enabled=no started=no"))
    assert calls(machine) == ["disable", "stop"]


def test_the_first_drop_in_of_a_unit_is_loaded_although_systemd_misses_it(machine: Machine) -> None:
    systemd(machine, "active")
    drop_in = file_of("/etc/systemd/system/app.service.d/90-podwright.conf", "[Service]\n")
    items = (drop_in, service("current=yes", drop_in.key))
    assert names(machine.change(*items)) == [drop_in.key, "service app"]
    assert calls(machine) == ["daemon-reload", "restart"]
    assert [change.action for change in machine.plan(*items)] == [Action.KEEP, Action.KEEP]


def test_what_was_written_in_the_future_restarts_nothing(machine: Machine) -> None:
    systemd(machine, "active")
    os.utime(machine.write("/etc/app.conf", "x\n"), (2**32, 2**32))
    [change] = machine.plan(service("current=yes", "/etc/app.conf"))
    assert change.action is Action.KEEP


def test_a_manifest_folder_that_is_not_there_yet_is_locked_where_it_will_lie(machine: Machine) -> None:
    folder = machine.path("/etc/kubernetes/manifests")
    folder.rmdir()
    folder.parent.rmdir()
    item = Item(Kind.DIRECTORY, "/etc/kubernetes/manifests", f"directory 755 {ME}")
    assert names(machine.change(item)) == ["/etc/kubernetes/manifests"]
    assert folder.is_dir()
    assert (folder.parent / ".podwright/manifests").is_dir()
    assert folder.parent.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("why", ["a file changed", "its unit changed"])
def test_a_service_older_than_its_files_is_restarted_however_that_came(machine: Machine, why: str) -> None:
    systemd(machine, "active", "age", *(["reload"] if why == "its unit changed" else []))
    config = machine.write("/etc/app.conf", "x\n")
    if why != "a file changed":
        os.utime(config, (1, 1))
    item = service("current=yes", "/etc/app.conf")
    assert machine.plan(item)[0].subject.seen.state == "current=no"
    machine.change(item)
    assert calls(machine) == [*(["daemon-reload"] if why == "its unit changed" else []), "restart"]
    assert machine.see(item).things["service app"].state == "current=yes"


def test_a_service_that_does_not_start_takes_its_configuration_back(machine: Machine) -> None:
    systemd(machine, "active", "age")
    os.utime(machine.write("/etc/app.conf", "old\n"), (1, 1))
    item = file_of("/etc/app.conf", "new\n")
    events = machine.change(item, service("current=yes", "/etc/app.conf"), adopt=True)
    [failed] = [event for event in events if isinstance(event, StepFailed)]
    assert failed.detail == "service app: Job failed"
    assert machine.path("/etc/app.conf").read_text() == "old\n"
    assert calls(machine) == ["restart failed", "daemon-reload", "reset-failed", "restart"]
    assert [event.file_name for event in events if isinstance(event, Restored)] == [
        "/etc/app.conf",
        "service app",
    ]


def test_a_service_does_not_restart_for_a_files_rights(machine: Machine) -> None:
    systemd(machine, "active", "age")
    config = file_of("/etc/app.conf", "x\n")
    machine.change(config)
    os.utime(machine.path("/etc/app.conf"), (1, 1))
    items = (
        replace(config, state=config.state.replace(" 644 ", " 640 ")),
        service("current=yes", config.key),
    )
    assert names(machine.change(*items)) == [config.key]
    assert machine.path("/etc/app.conf").stat().st_mode & 0o777 == 0o640
    assert [change.action for change in machine.plan(*items)] == [Action.KEEP, Action.KEEP]
    assert calls(machine) == []


def test_a_service_of_openrc(machine: Machine) -> None:
    machine.write("/etc/init.d/app", "")
    machine.path("/etc/runlevels/default").mkdir(parents=True)
    machine.path("/run/openrc/started").mkdir(parents=True)
    machine.tool(
        "rc-update",
        'case $2 in add) touch "$root/etc/runlevels/default/$3" ;; *) rm "$root"/etc/runlevels/*/"$4" ;; esac',
    )
    machine.tool(
        "rc-service",
        'mark=$root/run/openrc/started/$1; case $2$3 in start | restart) touch "$mark" ;; stop) rm "$mark" ;; esac',
    )
    item = service("enabled=yes started=yes")
    assert names(machine.change(item)) == ["service app"]
    assert [change.action for change in machine.plan(item)] == [Action.KEEP]
    machine.change(service("enabled=no started=no"))
    assert machine.see(item).things["service app"].state == "enabled=no started=no"


@pytest.mark.parametrize(
    ("files", "system", "init", "machine_config"),
    [
        (
            {"/etc/os-release": 'NAME=x\nID="debian"\n', "/run/systemd/system/x": ""},
            "debian",
            "systemd",
            False,
        ),
        ({"/usr/lib/os-release": "ID=alpine", "/run/openrc/softlevel": ""}, "alpine", "openrc", False),
        ({"/etc/os-release": "ID=rhcos\n", "/etc/machine-config-daemon/x": ""}, "rhcos", "other", True),
    ],
)
def test_what_decides_how_a_node_is_changed(
    machine: Machine, files: Mapping[str, str], system: str, init: str, machine_config: bool
) -> None:
    for name, text in files.items():
        machine.write(name, text)
    facts = machine.see().facts
    assert (facts.system, facts.init, facts.machine_config) == (system, init, machine_config)


def test_a_hostile_answer_is_refused(machine: Machine) -> None:
    class Hostile:
        def stream(self, program: str, **_given: object) -> object:
            nonce = next(line for line in program.splitlines() if line.startswith("nonce="))[6:]
            yield f"\n@{nonce} begin 1\n\n@{nonce} item 7 - absent\n\n@{nonce} end\n".encode()

    with pytest.raises(HostileOutputError, match="was not asked for"):
        observe_things("n1", Hostile(), (Item(Kind.SWAP, "now", "off"),))  # type: ignore[arg-type]


@pytest.mark.parametrize(("seconds", "is_done"), [(3600, False), (0, True)])
def test_what_is_held_since_it_was_planned_is_not_changed(
    machine: Machine, seconds: int, is_done: bool
) -> None:
    machine.hold(seconds=seconds)
    events = machine.change(file_of("/etc/a.conf", "x = 1\n"))
    assert machine.path("/etc/a.conf").exists() is is_done
    failed = [(event.step, event.detail) for event in events if isinstance(event, StepFailed)]
    assert failed == ([] if is_done else [("held", "kim@ops1: disk replacement")])
