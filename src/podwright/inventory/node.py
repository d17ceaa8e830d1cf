"""A node and how to reach it; an inventory and how to choose from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from podwright.inventory.guards import Guard
from podwright.inventory.pod_settings import NO_SETTINGS, PodSettings
from podwright.inventory.rollout_settings import Strategy
from podwright.inventory.variable_origins import Origins
from podwright.inventory.variable_types import is_node_name
from podwright.inventory.waivers import Waiver
from podwright.problem import Problem
from podwright.secret import Secret

#: what a node's history keeps of each manifest
KEPT_REVISIONS, KEPT_MEBIBYTES = 10, 4


class Connection(Struct, frozen=True):
    """How to log in to a node; the names and meanings are Ansible's (`ansible_host` becomes `host`, and so on).

    `None` means the inventory does not say: `~/.ssh/config` and OpenSSH's defaults decide. `ssh_options` are keywords
    of ssh_config with their values, which win over the file. With an `obstacle` the node cannot be connected to.
    """

    host: str
    port: int | None = None
    user: str | None = None
    password: Secret | None = None
    private_key_file: str | None = None
    become: bool = False
    become_user: str = "root"
    become_password: Secret | None = None
    connect_timeout: float | None = None
    ssh_options: tuple[tuple[str, str], ...] = ()
    obstacle: Problem | None = None


@dataclass(frozen=True, slots=True)
class StaticPod:
    """One entry of the inventory variable `static_pods`, or one instance of an entry, with variables of its own."""

    template: str
    present: bool = True
    instance: str = ""
    variables: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    settings: PodSettings = NO_SETTINGS

    def is_named(self, names: Collection[str]) -> bool:
        """Whether one of `names` means it: its own, or its template's, which means all instances."""
        return self.template in names or self.name in names

    @property
    def name(self) -> str:
        """TEMPLATE, or TEMPLATE.INSTANCE."""
        return f"{self.template}.{self.instance}" if self.instance else self.template


class NodeSettings(Struct, frozen=True):
    """The inventory's settings of podwright on this node (`podwright_*`); `None` means not set."""

    manifest_dir: str | None = None
    state_dir: str | None = None
    node_name: str | None = None
    kubernetes_version: str | None = None
    wait_for: str | None = None
    timeout: float | None = None
    hold: float | None = None
    patience: float | None = None
    rollback_on_failure: bool | None = None
    confirm_within: float | None = None
    refuse_older: bool | None = None
    owner: str = ""
    site: str | None = None
    silenced_rules: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    guard: Guard | None = None
    expected_files: tuple[str, ...] = ()
    rollout: Strategy | None = None
    kubelet_pid_file: str | None = None
    kubelet_unit: str | None = None
    history_revisions: int = KEPT_REVISIONS
    history_mebibytes: int = KEPT_MEBIBYTES


NOTHING_SET = NodeSettings()


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the inventory with everything Ansible's precedence says about it.

    `variables` are the merged ones, for templates; `groups` are all groups it is in but `all`, sorted.
    """

    name: str
    connection: Connection
    static_pods: tuple[StaticPod, ...] = ()
    settings: NodeSettings = NOTHING_SET
    groups: tuple[str, ...] = ()
    variables: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)

    def guard_of(self, pod: str) -> Guard | None:
        """What guards the static pod of that name here: its own guard, otherwise the node's."""
        own = next((one.settings.guard for one in self.static_pods if one.name == pod), None)
        return own or self.settings.guard

    @property
    def guards(self) -> tuple[Guard, ...]:
        """The node's own, and those of its static pods."""
        said = (self.settings.guard, *(pod.settings.guard for pod in self.static_pods))
        return tuple(dict.fromkeys(filter(None, said)))

    @property
    def likely_name(self) -> str:
        """The name in Kubernetes before the kubelet was asked: what the inventory says, or its own name if it can be one.

        "" when only the kubelet can say, as for `node_1`.
        """
        return self.settings.node_name or (self.name if is_node_name(self.name) else "")


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every node in the order the files name them, and the names of each group's nodes (`all` and `ungrouped` too).

    `warnings` say what of the inventory has no effect; `files` which source named each node first;
    `origins` where each value is written, `extra` are the variables that win over all others,
    `common` those that every other wins over. `facts` are values by node and name that nodes told: no expression in
    them is evaluated.
    """

    nodes: tuple[Node, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: str = ""
    warnings: tuple[Problem, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    origins: Origins | None = field(default=None, compare=False, repr=False)
    extra: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    common: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    facts: Mapping[str, Mapping[str, object]] = field(default_factory=dict, compare=False, repr=False)
