"""What is particular to rpm, dnf and apk, by stand-ins that keep `NAME VERSION` in a file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.fakes.rooted_machine import Machine, RootedHost
from tests.fakes.shell_host import SHELLS

from podwright.plan.events import Restored, StepFailed
from podwright.plan.provision.item import ABSENT, Item, Kind
from podwright.remote.host import Output

_RPM = """
case "$1 $2" in
  '-q --qf') grep "^$4 " "$root/now" | sed 's/.* //' | grep . ;;
  '-qa --qf') cat "$root/now" ;;
  '-e --test') cat "$root/needed"; [ ! -s "$root/needed" ] ;;
esac
"""
#: without the plugin `versionlock`
_DNF = """
for last; do :; done
case " $* " in
  *' versionlock '*) echo 'No such command: versionlock.'; exit 1 ;;
  *' repoquery '*) echo 0:8.0-1 ;;
  *' --downloadonly '*) ;;
  *' install '*) echo "${last%-8.0-1} 8.0-1" >>"$root/now" ;;
  *' remove '*) grep -v "^$last " "$root/now" >"$root/now.new"; mv "$root/now.new" "$root/now" ;;
esac
"""

#: what is wanted is what is installed
_APK = """
case "$*" in
  'info -v') sed 's/ /-/' "$root/now"; exit ;;
  'info -e -v '*) grep "^$4 " "$root/now" | sed 's/ /-/'; exit ;;
  'add -s --no-network '*) echo "(1/1) Installing $4 (8.0-r0)"; exit ;;
  'add -q -s '*) exit ;;
  'add -q '*) echo "$3" >>"$root/etc/apk/world" ;;
esac
sed 's/$/ 8.0-r0/' "$root/etc/apk/world" >"$root/now"
"""


@dataclass(frozen=True)
class ManagedHost(RootedHost):
    """Its packages are those of `manager`, although this machine may have another."""

    manager: str = ""

    def stream(
        self,
        program: str,
        stdin: None = None,
        *,
        timeout: float,
        secret: bool = True,
        watchdog: bool = True,
        silence: float = math.inf,
    ) -> Output:
        return super().stream(
            program.replace("\npackages=''\n", f"\npackages={self.manager}\n", 1), timeout=timeout
        )


def managed(folder: Path, manager: str) -> Machine:
    root = Machine.made(folder).root
    return Machine(ManagedHost(SHELLS["dash"], folder / "bin", root=root, manager=manager))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    dnf = managed(tmp_path, "dnf")
    dnf.write("/now", "glibc 2.34-1\n")
    dnf.write("/needed", "")
    dnf.tool("rpm", _RPM)
    dnf.tool("dnf", _DNF)
    return dnf


def package(name: str, state: str = "present") -> Item:
    return Item(Kind.PACKAGE, name, state, asks=("", ""))


def test_without_the_plugin_that_holds_packages_dnf_installs_and_takes_back(machine: Machine) -> None:
    assert not [event for event in machine.change(package("nano")) if isinstance(event, StepFailed)]
    assert machine.path("/now").read_text() == "glibc 2.34-1\nnano 8.0-1\n"
    machine.tool("modprobe", "exit 1")
    events = machine.change(package("tree"), Item(Kind.MODULE, "x", "loaded"))
    restored = [event.file_name for event in events if isinstance(event, Restored)]
    assert restored == ["module x", "package tree"]
    assert machine.path("/now").read_text() == "glibc 2.34-1\nnano 8.0-1\n"


def test_without_that_plugin_nothing_is_held(machine: Machine) -> None:
    free, held = (
        Item(Kind.PACKAGE, "glibc", f"present hold={word}", asks=("hold", "")) for word in ("no", "yes")
    )
    assert machine.see(free).things[free.name].state == "present hold=no"
    assert machine.see(held).things[held.name].state == "present hold=unsupported"


@pytest.mark.parametrize(
    ("said", "others"),
    [
        ("", ""),
        ("error: Failed dependencies:\n\tglibc is needed by (installed) nano-8.0-1.x86_64\n", " with=nano"),
        ("error: Failed dependencies:\n\tglibc is needed by nano-8.0-1.x86_64\n", " with=?"),
        ('error: "glibc" specifies multiple packages:\n  glibc-2.34-1\n', " with=?"),
    ],
)
def test_what_rpm_would_not_remove_alone_never_counts_as_needed_by_nothing(
    machine: Machine, said: str, others: str
) -> None:
    machine.write("/needed", said)
    glibc = package("glibc", ABSENT)
    state = f"present version=2.34-1 hold=unsupported{others}"
    assert machine.see(glibc).things[glibc.name].state == state


def test_a_package_goes_however_many_are_declared_to_go_before_it(machine: Machine) -> None:
    dependents = (f"needs-the-library-{number}-8.0-1.x86_64" for number in range(100))
    machine.write("/needed", "".join(f"\tglibc is needed by (installed) {one}\n" for one in dependents))
    machine.change(package("glibc", ABSENT))
    assert machine.path("/now").read_text() == ""


def test_what_others_wanted_of_apk_since_the_step_stays_wanted(tmp_path: Path) -> None:
    machine = managed(tmp_path, "apk")
    machine.write("/now", "musl 8.0-r0\n")
    machine.write("/etc/apk/world", "musl\n")
    machine.tool("apk", _APK)
    machine.tool("modprobe", "apk add -q vim; exit 1")
    events = machine.change(package("nano"), Item(Kind.MODULE, "x", "loaded"))
    restored = [event.file_name for event in events if isinstance(event, Restored)]
    assert restored == ["module x", "package nano"]
    assert machine.path("/etc/apk/world").read_text() == "musl\nvim\n"
