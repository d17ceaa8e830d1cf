"""What a node shows of itself before it is provisioned."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from podwright.plan.observed import ObservedLock
from podwright.plan.provision.item import Seen
from podwright.plan.provision.kubelet_observed import KubeletSeen


class NodeFacts(Struct, frozen=True):
    """What decides whether and how a node can be provisioned.

    `system` is the ID of its os-release, `init` is systemd, openrc or other. `machine_config`: OpenShift's operator writes
    its files. `login` is the uid that the program runs as, `boot_swap` what turns swap on at boot beside fstab,
    `unsynchronised` the service that keeps its time, if it is known not to be in step, `own_folder` why what a run keeps
    there cannot be kept.
    """

    system: str = ""
    init: str = "other"
    machine_config: bool = False
    login: int = 0
    boot_swap: tuple[str, ...] = ()
    unsynchronised: tuple[str, ...] = ()
    own_folder: tuple[str, ...] = ()


class SysctlLine(Struct, frozen=True):
    """One line of one file that sets a sysctl at boot."""

    file: str
    value: str


class NodeSeen(Struct, frozen=True):
    """A node's facts, each thing that was asked for by its name, and every file that sets one of the sysctls at boot.

    `owned` are the paths that podwright's records there name. `kubelet` is known if it was asked for. `put_back` are files
    that the node put back at its start, as the run that wrote them had not proven them; `left` such that it left, as
    somebody had changed them since, or their copies could not be put back.
    """

    node: str
    facts: NodeFacts
    things: Mapping[str, Seen] = field(default_factory=dict)
    sysctl_lines: Mapping[str, tuple[SysctlLine, ...]] = field(default_factory=dict)
    owned: tuple[str, ...] = ()
    lock: ObservedLock | None = None
    kubelet: KubeletSeen | None = None
    put_back: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
