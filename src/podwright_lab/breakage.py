"""What can be broken in a lab and mended again, each as truly as an ordinary user can."""

from __future__ import annotations

import os
import shlex
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from podwright_lab.cluster import Lab, LabNode
from podwright_lab.lab_error import LabError, LabUsageError
from podwright_lab.layout import NODE_PATH
from podwright_lab.ssh_link import LinkFaults

EVERY_NODE = "all"
EVERYTHING = "all"
KUBELET_DOWN = "kubelet-down"
SLOW_API_SECONDS = 1.0
SLOW_LINK_SECONDS = 0.1
CLOCK_SKEW_SECONDS = 3600

Change = Callable[[Lab, LabNode], None]


@dataclass(frozen=True, slots=True)
class Breakage:
    """One thing that can be broken; `whole_lab` where there is only one of it for all nodes.

    What stops the kubelet is told apart, since two breakages can: it runs again when neither is left.

    `prelude` is what each command of the node's shell runs first (see `NodeShell.prelude`).
    """

    summary: str
    break_it: Change
    mend_it: Change
    whole_lab: bool = False
    stops_kubelet: bool = False
    prelude: Callable[[], str] = str


class Breakages:
    """What is broken in one lab now. Breaking what is broken and mending what is sound changes nothing."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._broken: dict[str, list[str]] = {node.name: [] for node in lab.nodes}
        self._broken_for_all: list[str] = []
        self._lock = threading.Lock()

    def of(self, node: str) -> list[str]:
        """The breakages of one node, in the order in which they were made."""
        with self._lock:
            self._note_killed()
            return list(self._broken[node])

    def of_all(self) -> list[str]:
        """The breakages of the lab as a whole."""
        return list(self._broken_for_all)

    def break_node(self, node: str, what: str) -> list[str]:
        """Break `what` on the node, or on each for `all`; returns where it is now broken.

        Raises LabUsageError for what there is not, and LabError where this lab or machine cannot do it.
        """
        return self._bring(node, what, broken=True)

    def mend_node(self, node: str, what: str) -> list[str]:
        """Undo `break_node`; `what` may be `all`. Returns where it is sound now; raises LabUsageError."""
        if what == EVERYTHING:
            return self._mend_everything(node)
        return self._bring(node, what, broken=False)

    def _bring(self, node: str, what: str, *, broken: bool) -> list[str]:
        breakage = _known(what)
        with self._lock:
            self._note_killed()
            places = self._places(node, what)
            for name, account in places.items():
                if (what in account) == broken:
                    continue
                change, note = (
                    (breakage.break_it, account.append) if broken else (breakage.mend_it, account.remove)
                )
                change(self._lab, self._lab.node(name))
                note(what)
                self._settle(name, breakage)
        return [EVERY_NODE] if breakage.whole_lab else list(places)

    def _mend_everything(self, node: str) -> list[str]:
        names = self._names(node)
        for name in names:
            for what in self.of(name):
                self.mend_node(name, what)
        if node == EVERY_NODE:
            for what in self.of_all():
                self.mend_node(EVERY_NODE, what)
        return names

    def _note_killed(self) -> None:
        """A kubelet that somebody killed is as down as one that was broken here."""
        for name in self._lab.kubelets.down():
            if not any(BREAKAGES[what].stops_kubelet for what in self._broken[name]):
                self._broken[name].append(KUBELET_DOWN)

    def _names(self, node: str) -> list[str]:
        return list(self._broken) if node == EVERY_NODE else [self._lab.node(node).name]

    def _places(self, node: str, what: str) -> Mapping[str, list[str]]:
        """Which nodes to change, each with the list that keeps account of it."""
        if not BREAKAGES[what].whole_lab:
            return {name: self._broken[name] for name in self._names(node)}
        if node != EVERY_NODE:
            raise LabUsageError(
                f"`{what}` concerns every node, not only `{node}`",
                f"name the node `{EVERY_NODE}`: {EVERY_NODE} {what}",
            )
        return {next(iter(self._broken)): self._broken_for_all}

    def _settle(self, name: str, changed: Breakage) -> None:
        """Bring the kubelet and the shell in line with what is broken on the node now."""
        self._write_prelude(name)
        if not changed.stops_kubelet:
            return
        if any(BREAKAGES[what].stops_kubelet for what in self._broken[name]):
            self._lab.kubelets.stop(name)
        else:
            self._lab.kubelets.start(name)

    def _write_prelude(self, name: str) -> None:
        text = "".join(BREAKAGES[what].prelude() for what in self._broken[name])
        prelude = self._lab.node(name).layout.shell_prelude
        if not text:
            prelude.unlink(missing_ok=True)
            return
        staged = prelude.with_suffix(".new")
        staged.write_text(text)
        staged.replace(prelude)


def _known(what: str) -> Breakage:
    try:
        return BREAKAGES[what]
    except KeyError:
        names = ", ".join(f"`{name}`" for name in BREAKAGES)
        raise LabUsageError(f"`{what}` is nothing that a lab can break", f"it can break {names}") from None


def _link(node: LabNode) -> LinkFaults:
    if node.ssh.faults is None:
        raise LabError(
            f"{node.name}: nothing of the lab stands on the wire of a real sshd",
            "start the lab without `--sshd` to break its links",
        )
    return node.ssh.faults


def _stop_api(lab: Lab, _node: LabNode) -> None:
    lab.api.stop_listening()


def _resume_api(lab: Lab, _node: LabNode) -> None:
    lab.api.resume()


def _slow_api(lab: Lab, _node: LabNode) -> None:
    lab.store.delay = SLOW_API_SECONDS


def _quicken_api(lab: Lab, _node: LabNode) -> None:
    lab.store.delay = 0.0


def _as_declared(_lab: Lab, _node: LabNode) -> None:
    """What is declared of the breakage is all there is to it."""


def _disk_full_prelude() -> str:
    # A full disk of one's own takes a mount, which takes root. A limit of no bytes for files makes every write of
    # every program fail the same way (EFBIG for ENOSPC), leaves empty files behind as a full disk does, and holds
    # for root too. The signal that would come with it is ignored, as no signal comes with a full disk.
    return "ulimit -f 0\ntrap '' XFSZ\n"


def _make_read_only(_lab: Lab, node: LabNode) -> None:
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        raise LabError("nothing is read-only to root without `setpriv`", "run the lab as an ordinary user")
    node.manifest_dir.chmod(0o555)


def _make_writable(_lab: Lab, node: LabNode) -> None:
    node.manifest_dir.chmod(0o755)


def _read_only_prelude() -> str:
    # Modes do not bind root, unless it lacks the capability that says so; an ordinary user never has it.
    if os.geteuid() != 0:
        return ""
    return "wrap='setpriv --bounding-set=-dac_override,-dac_read_search,-fowner'\n"


def _cut(_lab: Lab, node: LabNode) -> None:
    _link(node).cut = True


def _rejoin(_lab: Lab, node: LabNode) -> None:
    _link(node).cut = False


def _slow_link(_lab: Lab, node: LabNode) -> None:
    _link(node).delay = SLOW_LINK_SECONDS


def _quicken_link(_lab: Lab, node: LabNode) -> None:
    _link(node).delay = 0.0


def _hang(_lab: Lab, node: LabNode) -> None:
    _link(node).mute = True


def _wake(_lab: Lab, node: LabNode) -> None:
    _link(node).mute = False


def _skew_clock(_lab: Lab, node: LabNode) -> None:
    # All nodes share the one clock of the kernel; what a shell asks is `date`, so that is what lies.
    real = shutil.which("date", path=NODE_PATH)
    if real is None:
        raise LabError("there is no `date` on this machine")
    program = node.layout.bin_dir / "date"
    program.write_text(_SKEWED_DATE.format(real=shlex.quote(real), seconds=CLOCK_SKEW_SECONDS))
    program.chmod(0o755)


_SKEWED_DATE = """\
#!/bin/sh
# This node's clock is {seconds} s ahead. A time that the caller names is not the clock's and stays.
for word in "$@"; do
  case $word in -d* | --date* | -r* | --reference* | -f* | --file*) exec {real} "$@" ;; esac
done
now=$({real} +%s.%N)
fraction=${{now#*.}}
case $fraction in *[!0-9]*) fraction=0 ;; esac
exec {real} -d "@$((${{now%%.*}} + {seconds})).$fraction" "$@"
"""


def _right_clock(_lab: Lab, node: LabNode) -> None:
    (node.layout.bin_dir / "date").unlink(missing_ok=True)


def _hide_crictl(_lab: Lab, node: LabNode) -> None:
    program = node.layout.bin_dir / "crictl"
    program.replace(program.with_name(".crictl-hidden"))


def _show_crictl(_lab: Lab, node: LabNode) -> None:
    program = node.layout.bin_dir / "crictl"
    program.with_name(".crictl-hidden").replace(program)


#: Every breakage by the name that `lab break` and `lab mend` know it by; docs/lab.md says how each is made.
BREAKAGES: Mapping[str, Breakage] = {
    KUBELET_DOWN: Breakage(
        "the kubelet's process is gone; its pods run on", _as_declared, _as_declared, stops_kubelet=True
    ),
    "api-down": Breakage(
        "the API refuses connections, the kubelets' too", _stop_api, _resume_api, whole_lab=True
    ),
    "api-slow": Breakage(
        "each answer of the API takes a second longer", _slow_api, _quicken_api, whole_lab=True
    ),
    "disk-full": Breakage(
        "no command on the node can write to a file",
        _as_declared,
        _as_declared,
        prelude=_disk_full_prelude,
    ),
    "folder-read-only": Breakage(
        "nothing in the manifest folder can be changed",
        _make_read_only,
        _make_writable,
        prelude=_read_only_prelude,
    ),
    "ssh-cut": Breakage("SSH connections are reset while a command runs", _cut, _rejoin),
    "ssh-slow": Breakage("each packet to the node takes a fifth of a second", _slow_link, _quicken_link),
    "node-hung": Breakage(
        "the node accepts connections and says nothing; its kubelet stands still",
        _hang,
        _wake,
        stops_kubelet=True,
    ),
    "clock-skew": Breakage("the node's clock is an hour ahead", _skew_clock, _right_clock),
    "crictl-missing": Breakage("there is no `crictl` on the node's PATH", _hide_crictl, _show_crictl),
}
