"""What can be wrong with a lab, each as truly as an ordinary user can make it, and how it is put right."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from podwright_lab.cluster import Lab, LabNode
from podwright_lab.lab_error import LabError
from podwright_lab.layout import NODE_PATH
from podwright_lab.ssh_link import LinkFaults

KUBELET_DOWN = "kubelet-down"
SLOW_API_SECONDS = 1.0
SLOW_LINK_SECONDS = 0.1
CLOCK_SKEW_SECONDS = 3600

Change = Callable[[Lab, LabNode], None]


@dataclass(frozen=True, slots=True)
class Breakage:
    """One thing that can be broken; `whole_lab` if there is only one of it for all nodes.

    Each cause that stops the kubelet is kept apart, since two breakages can: it runs again when neither is left.

    `prelude` is what each command of the node's shell runs first (see `NodeShell.prelude`).
    """

    summary: str
    break_it: Change
    mend_it: Change
    whole_lab: bool = False
    stops_kubelet: bool = False
    prelude: Callable[[], str] = str


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
    # Modes do not bind root, unless it lacks the capability for it; an ordinary user never has it.
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


def _configure_by_drop_in(lab: Lab, node: LabNode) -> None:
    lab.kubelets.configure(node.name, by_drop_in=True)


def _configure_by_file(lab: Lab, node: LabNode) -> None:
    lab.kubelets.configure(node.name, by_drop_in=False)


def _show_elsewhere(lab: Lab, node: LabNode) -> None:
    lab.kubelets.show_elsewhere(node.name)


def _hide_elsewhere(lab: Lab, node: LabNode) -> None:
    lab.kubelets.hide_elsewhere(node.name)


def _hide_crictl(_lab: Lab, node: LabNode) -> None:
    program = node.layout.bin_dir / "crictl"
    program.replace(program.with_name(".crictl-hidden"))


def _show_crictl(_lab: Lab, node: LabNode) -> None:
    program = node.layout.bin_dir / "crictl"
    program.with_name(".crictl-hidden").replace(program)


#: Every breakage by the name that `lab break` and `lab mend` know it by; docs/lab.md describes each.
BREAKAGES: Mapping[str, Breakage] = {
    KUBELET_DOWN: Breakage(
        "the kubelet's process is gone; its pods run on", _as_declared, _as_declared, stops_kubelet=True
    ),
    "kubelet-drop-in": Breakage(
        "the kubelet is configured by a drop-in alone, which names the runtime",
        _configure_by_drop_in,
        _configure_by_file,
    ),
    "kubelet-elsewhere": Breakage(
        "a kubelet of another mount namespace runs on the node too", _show_elsewhere, _hide_elsewhere
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
        "the node accepts connections and does not answer; its kubelet is stopped",
        _hang,
        _wake,
        stops_kubelet=True,
    ),
    "clock-skew": Breakage("the node's clock is an hour ahead", _skew_clock, _right_clock),
    "crictl-missing": Breakage("there is no `crictl` on the node's PATH", _hide_crictl, _show_crictl),
}
