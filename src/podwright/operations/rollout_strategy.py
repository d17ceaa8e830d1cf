"""The way of a run, by what its plans change: what the inventory says of these nodes and manifests, and the options."""

from __future__ import annotations

from collections.abc import Iterable

from podwright.errors import UsageError
from podwright.inventory.rollout_settings import REVERTS
from podwright.operations.converge import is_guarded
from podwright.operations.desired import Withdraw
from podwright.operations.pod_moves import moving
from podwright.operations.prepare import Prepared
from podwright.operations.report import Outcome
from podwright.operations.world import Settings, World
from podwright.plan.rollout_batches import Rollout
from podwright.plan.rollout_strategy import Target, rollout_for

Planned = Prepared | Outcome


def rollout_of(plans: Iterable[Planned], world: World, settings: Settings) -> Rollout:
    """As the options and the inventory say of the nodes and the manifests that change. Raises UsageError."""
    changing = [plan for plan in plans if isinstance(plan, Prepared) and changes(plan)]
    changing.sort(key=_written_at, reverse=True)
    if any(map(is_guarded, changing)):
        from podwright.operations.guarded import in_guarded_order

        changing = in_guarded_order(changing, world, settings)
    targets = [_target(plan, settings) for plan in changing]
    rollout = rollout_for(targets, settings.strategy, all_at_once=settings.all_at_once)
    if rollout.on_failure in REVERTS and (names := moving(changing)):
        raise UsageError(
            f"{', '.join(f'`{name}`' for name in sorted(names))} moves from node to node, which"
            f" `--on-failure {rollout.on_failure}` could not take back",
            "give `--on-failure stop`, or move it in a run of its own (`--only`)",
        )
    return rollout


def _written_at(plan: Prepared) -> int:
    """What a run wrote last it takes back first."""
    back = plan.desired.from_node
    history = plan.observation.history or () if isinstance(back, Withdraw) else ()
    return max(
        (one.proven_at for one in history if isinstance(back, Withdraw) and one.run == back.run), default=0
    )


def _target(plan: Prepared, settings: Settings) -> Target:
    node, disturbed = plan.desired.node, frozenset(plan.disturbed)
    of_pods = (
        pod.settings.rollout for pod in node.static_pods if pod.settings.rollout and pod.name in disturbed
    )
    own = (node.settings.rollout,) if node.settings.rollout else ()
    guarded = (is_guarded(plan) and not settings.all_together) or plan.moves_pods
    return Target(node.name, node.groups, (*own, *dict.fromkeys(of_pods)), guarded, plan.disruptive)


def changes(plan: Planned) -> bool:
    """Whether anything is to be done on the node."""
    return isinstance(plan, Prepared) and not plan.stopped and bool(plan.plan.pending)
