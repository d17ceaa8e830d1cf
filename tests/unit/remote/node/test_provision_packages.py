"""Packages, by stand-ins for apt that keep `NAME VERSION` in a file; what is refused, and what is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.rooted_machine import Machine
from tests.fakes.shell_host import SHELLS

from podwright.plan.changes import Action
from podwright.plan.events import Restored, Stands, StepFailed, Written
from podwright.plan.provision.item import ABSENT, Item, Kind
from podwright.remote.node import provision

#: what each stand-in begins with: `now` has what is installed, `index` what could be, `needs` what comes with what
_DPKG_QUERY = """
case $# in
  3) sed 's/ / installed /' "$root/now" ;;
  *) grep "^$4 " "$root/now" | sed 's/.* /installed /' ;;
esac
"""
_APT_CACHE = """
if [ "$1" = policy ]; then
  version=$(grep "^$2 " "$root/index" | tail -n 1)
  echo "  Candidate: ${version#* }"
else
  grep "^$2 " "$root/index" | while read -r name version; do printf '%10s | %10s | x\n' "$name" "$version"; done
fi
"""
_APT_MARK = """
case $1 in
  showhold) grep -x "$2" "$root/holds" ;;
  hold) echo "$2" >>"$root/holds" ;;
  unhold) grep -vx "$2" "$root/holds" >"$root/holds.new"; mv "$root/holds.new" "$root/holds" ;;
esac
"""
_APT_GET = """
for last; do :; done
case " $* " in *' -s '*) exit ;; *' --download-only '*) exec grep -q "^${last%%=*} " "$root/index" ;; esac
echo "$DEBIAN_FRONTEND $NEEDRESTART_SUSPEND" >"$root/environment"
put() {
  grep -v "^$1 " "$root/now" >"$root/now.new"
  mv "$root/now.new" "$root/now"
  [ -z "$2" ] || echo "$1 $2" >>"$root/now"
}
verb=
for word; do
  case $verb$word in
    install | remove | update | purge) verb=$word ;;
    install*=*) put "${word%%=*}" "${word#*=}"; [ "${word%%=*}" != kubelet ] || put kubernetes-cni 1.9 ;;
    install*-) put "${word%-}" '' ;;
    remove*) put "$word" '' ;;
  esac
done
[ "$verb" != update ] || cp "$root/newer" "$root/index"
"""
_NOW = "libc6 2.36\nnano 7.2\n"


@pytest.fixture(params=SHELLS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Machine:
    made = Machine.made(tmp_path, request.param)
    made.write("/now", _NOW)
    made.write("/index", "nano 7.2\nnano 8.0\nkubelet 1.36.1-1.1\nkubelet 1.36.2-1.1\n")
    made.write("/holds", "")
    for name, body in (
        ("dpkg-query", _DPKG_QUERY),
        ("apt-cache", _APT_CACHE),
        ("apt-mark", _APT_MARK),
        ("apt-get", _APT_GET),
        ("dpkg", ""),
    ):
        made.tool(name, body)
    return made


def package(name: str, state: str = "present") -> Item:
    words = [word.partition("=") for word in state.split()[1:]]
    version = next((value for field, _, value in words if field == "version"), "")
    return Item(Kind.PACKAGE, name, state, asks=(" ".join(field for field, _, _ in words), version))


KUBELET = package("kubelet", "present version=1.36.1-1.1 hold=yes")


def installed(machine: Machine) -> list[str]:
    return sorted(machine.path("/now").read_text().splitlines())


def test_a_package_comes_at_its_version_and_is_held_and_a_second_run_changes_nothing(
    machine: Machine,
) -> None:
    [change] = machine.plan(KUBELET)
    assert change.action is Action.CREATE
    assert change.reason == "absent candidate=1.36.1-1.1 instead of present version=1.36.1-1.1 hold=yes"
    machine.carry_out((change,))
    assert installed(machine) == ["kubelet 1.36.1-1.1", "kubernetes-cni 1.9", "libc6 2.36", "nano 7.2"]
    assert machine.path("/holds").read_text() == "kubelet\n"
    assert machine.path("/environment").read_text() == "noninteractive 1\n"
    assert [one.action for one in machine.plan(KUBELET)] == [Action.KEEP]


def test_what_is_held_moves_to_its_declared_version_and_stays_held(machine: Machine) -> None:
    machine.write("/holds", "nano\n")
    machine.change(package("nano", "present version=8.0"))
    assert installed(machine) == ["libc6 2.36", "nano 8.0"]
    assert machine.path("/holds").read_text() == "nano\n"


def test_what_is_to_go_goes(machine: Machine) -> None:
    [change] = machine.plan(package("nano", ABSENT))
    assert (change.action, change.subject.seen.state) == (Action.DELETE, "present version=7.2 hold=no")
    machine.carry_out((change,))
    assert installed(machine) == ["libc6 2.36"]


def test_a_failed_step_takes_back_what_came_with_a_package_and_what_went(machine: Machine) -> None:
    machine.write("/holds", "nano\n")
    machine.tool("modprobe", "exit 1")
    events = machine.change(KUBELET, package("nano", ABSENT), Item(Kind.MODULE, "x", "loaded"))
    restored = [event.file_name for event in events if isinstance(event, Restored)]
    assert restored == ["module x", "package nano", "package kubelet"]
    assert installed(machine) == sorted(_NOW.splitlines())
    assert machine.path("/holds").read_text() == "nano\n"


def test_what_others_did_since_the_step_stays(machine: Machine) -> None:
    # while the run goes on, somebody upgrades one package and installs another
    machine.tool("modprobe", r"""sed -i 's/^libc6 .*/libc6 2.37/; $a vim 9.0' "$root/now"; exit 1""")
    events = machine.change(KUBELET, package("nano", ABSENT), Item(Kind.MODULE, "x", "loaded"))
    restored = [event.file_name for event in events if isinstance(event, Restored)]
    assert restored == ["module x", "package nano", "package kubelet"]
    assert installed(machine) == ["libc6 2.37", "nano 7.2", "vim 9.0"]


def test_what_others_made_of_a_package_since_the_step_stands(machine: Machine) -> None:
    machine.tool("modprobe", """sed -i 's/^kubelet .*/kubelet 1.36.2-1.1/' "$root/now"; exit 1""")
    events = machine.change(KUBELET, Item(Kind.MODULE, "x", "loaded"))
    assert [event.file_name for event in events if isinstance(event, Stands)] == ["package kubelet"]
    assert installed(machine) == ["kubelet 1.36.2-1.1", "kubernetes-cni 1.9", "libc6 2.36", "nano 7.2"]


def test_what_goes_too_when_a_step_is_taken_back_is_told(machine: Machine) -> None:
    machine.tool("modprobe", """echo vim 9.0 >>"$root/now"; exit 1""")
    machine.tool("apt-get", _APT_GET.replace("install*-)", "install*-) put vim '';"))
    events = machine.change(KUBELET, Item(Kind.MODULE, "x", "loaded"))
    assert [event.file_name for event in events if isinstance(event, Stands)] == ["package kubelet"]


def test_what_cannot_be_had_any_more_stands(machine: Machine) -> None:
    machine.tool("modprobe", "exit 1")
    machine.tool("apt-get", _APT_GET.replace("install*=*)", "install*=*) exit 100 ;;\n    never)"))
    events = machine.change(package("nano", ABSENT), Item(Kind.MODULE, "x", "loaded"))
    assert [event.file_name for event in events if isinstance(event, Stands)] == ["package nano"]


def test_an_index_that_does_not_know_it_is_refreshed_when_it_is_installed_only(machine: Machine) -> None:
    machine.write("/newer", "tree 2.1\n")
    tree = package("tree", "present version=2.1")
    [change] = machine.plan(tree)
    assert change.subject.seen.state == "absent candidate=none"
    events = machine.carry_out((change,))
    assert [event.file_name for event in events if isinstance(event, Written)] == ["package tree"]
    assert "tree 2.1" in installed(machine)


def test_a_short_version_is_found_in_the_index_but_not_a_part_of_one(machine: Machine) -> None:
    states = [
        machine.plan(package("nano", f"present version={version}"))[0].subject.seen.state
        for version in ("8.0", "8")
    ]
    assert states == ["present version=7.2 candidate=8.0", "present version=7.2 candidate=none"]


def test_why_its_manager_failed_is_told(machine: Machine) -> None:
    machine.tool("apt-get", "echo 'E: no space' >&2; exit 100")
    events = machine.change(KUBELET)
    [failed] = [event for event in events if isinstance(event, StepFailed)]
    assert (failed.step, failed.detail.strip()) == ("make-package", "package kubelet: E: no space")


def test_a_node_without_a_manager_says_so(tmp_path: Path) -> None:
    machine = Machine.made(tmp_path, "busybox")
    # its packages belong to an image
    machine.write("/run/ostree-booted", "")
    [change] = machine.plan(package("nano"))
    assert change.subject.seen.state == "unmanaged"


def test_the_commands_of_a_step_share_its_time(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock of the node is held for no longer: after a command that used it up, none is begun."""
    monkeypatch.setattr(provision, "PACKAGE_SECONDS", 1)
    calls = machine.write("/calls", "")
    machine.tool("apt-get", 'echo "$*" >>"$root/calls"; exec sleep 60')
    events = machine.change(KUBELET)
    [failed] = [event for event in events if isinstance(event, StepFailed)]
    assert failed.detail.strip() == "package kubelet: no end within 1 s"
    # none at all if the time was over before the first could begin
    assert len(calls.read_text().splitlines()) <= 1
