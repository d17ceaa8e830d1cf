"""The outside world as one argument: how to reach nodes and the API, which run this is, and how patient to be."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from msgspec import Struct, field

from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.node import Node
from podwright.inventory.pod_settings import NO_SETTINGS, PodSettings
from podwright.inventory.rollout_settings import Strategy
from podwright.manifests.workload import Workload, whatever_slot
from podwright.operations.interruption import Interruption
from podwright.operations.waiting import Wait
from podwright.plan.expectations import WaitFor
from podwright.plan.run import Resumption, Run
from podwright.plan.saved_plan import SavedPlan
from podwright.remote.host import Host
from podwright.remote.kube.mirrors import Mirrors

DEFAULT_FORKS = 32
DEFAULT_HOLD_SECONDS = 3.0

Connect = Callable[[Node], AbstractContextManager[Host]]


class Settings(Struct, frozen=True):
    """What the command line sets for a run; None leaves it to the inventory, then to the default.

    `timeout` and `hold` are seconds: how long a node may take, and how long its pods must stay well to count;
    `patience` is how long a failure that cannot heal by itself is waited for. A lock
    whose id is `break_lock` is taken over as if it had expired; another's is waited for `wait_lock` seconds. `why` goes
    into the nodes' history. Versions of a control plane that is adopted go down with `allow_downgrade` only. What failed
    by evidence goes back (`rollback_on_failure`), or is removed if it is new (`remove_first`); the same content is written
    there again only with `retry`. `strategy` is how the run goes from node to node; `all_at_once`: those of a control plane
    too. `resumes` is the run that this one goes on with, `saved` the plan that it must equal. `site_nodes` are all of the
    inventory, among which a guarded node's peers are; a group may lose its quorum with `accept_quorum_loss` only. Under a
    guard a lock is held from program to program, which each knows by its `lock_id`. What a run changes goes back by itself
    unless the run is confirmed within `confirm_within` seconds (0: never). A `dry_run` tells whose lock would be in the way.
    """

    wait_for: WaitFor | None = None
    timeout: float | None = None
    hold: float | None = None
    patience: float | None = None
    adopt: bool = False
    allow_downgrade: bool = False
    without_api: bool = False
    prune: bool = False
    prune_max: Amount | None = None
    break_lock: str = ""
    wait_lock: float = 0.0
    why: str = ""
    rollback_on_failure: bool | None = None
    remove_first: bool = False
    retry: bool = False
    confirm_within: float | None = None
    forks: int = DEFAULT_FORKS
    strategy: Strategy = Strategy()
    all_at_once: bool = False
    resumes: Resumption | None = None
    saved: SavedPlan | None = None
    site_nodes: tuple[Node, ...] = ()
    accept_quorum_loss: bool = False
    lock_id: str = ""
    dry_run: bool = False

    @property
    def all_together(self) -> bool:
        """Whether even the nodes of a guarded group may change at the same time, as they must to begin one."""
        return self.all_at_once and self.accept_quorum_loss

    def wait_for_on(self, node: Node) -> WaitFor:
        """Without the API there is nothing to wait for that only the API shows."""
        chosen = self.wait_for or WaitFor(node.settings.wait_for or WaitFor.READY)
        return WaitFor.RUNNING if self.without_api and chosen.includes(WaitFor.RUNNING) else chosen

    def timeout_on(self, node: Node) -> float | None:
        return self.timeout if self.timeout is not None else node.settings.timeout

    def goes_back(self, node: Node, file_name: str) -> bool:
        """What the command line, the manifest's own entry or the node says, in this order."""
        own = _entry_of(node, file_name).rollback_on_failure
        said = (self.rollback_on_failure, own, node.settings.rollback_on_failure)
        return next((chosen for chosen in said if chosen is not None), True)

    def confirm_within_for(self, node: Node, file_name: str) -> float:
        """In the same order."""
        own = _entry_of(node, file_name).confirm_within
        said = (self.confirm_within, own, node.settings.confirm_within)
        return next((seconds for seconds in said if seconds is not None), 0.0)

    def patience_on(self, node: Node) -> float:
        return self.patience if self.patience is not None else node.settings.patience or 0.0

    def hold_on(self, node: Node) -> float:
        chosen = self.hold if self.hold is not None else node.settings.hold
        return DEFAULT_HOLD_SECONDS if chosen is None else chosen


class World(Struct, frozen=True):
    """What operations need from outside, wired by the command line.

    `waits` is what each node is waited for just now, which its own thread keeps. `without_api`: no API is configured, as
    opposed to one that does not answer. `connect` may give a connection that is open already, `reconnect` never does.
    `clock` never goes back, `wall` is in Unix seconds.
    """

    connect: Connect
    mirrors: Mirrors
    run: Run
    clock: Callable[[], float]
    interruption: Interruption
    without_api: bool = False
    waits: dict[str, Wait] = field(default_factory=dict)
    reconnect: Connect | None = None
    wall: Callable[[], float] = time.time


def _entry_of(node: Node, file_name: str) -> PodSettings:
    """What the inventory says of the file's pod."""
    name = whatever_slot(file_name)
    pods = (pod for pod in node.static_pods if Workload(pod.template, pod.instance).file_name == name)
    return next((pod.settings for pod in pods), NO_SETTINGS)
