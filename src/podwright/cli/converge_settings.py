"""The settings of a push or a remove, from its options."""

from __future__ import annotations

from podwright.cli.app import App
from podwright.cli.run_options import ConvergeOptions, RolloutOptions
from podwright.errors import UsageError
from podwright.inventory.counts_and_percentages import Amount
from podwright.inventory.rollout_settings import OnFailure, Strategy
from podwright.operations.desired import Desired
from podwright.operations.world import Settings
from podwright.plan.expectations import WaitFor


def _strategy(given: RolloutOptions, desired: tuple[Desired, ...], app: App) -> Strategy:
    """What the options say. Raises UsageError for nodes and groups that are not there, or are not chosen."""
    canary = given.canary or ""
    named = app.matching(canary) if canary and not canary.isdecimal() else ()
    if named and {one.node.name for one in desired}.isdisjoint(named):
        raise UsageError(
            f"no chosen node is one of `--canary {canary}`", "name a node that -l leaves, or leave it out"
        )
    order = tuple(filter(None, (name.strip() for name in (given.order or "").split(","))))
    nodes = [one.node for one in desired]
    said = (
        *(node.settings.rollout for node in nodes),
        *(pod.settings.rollout for node in nodes for pod in node.static_pods),
    )
    names = (name for one in said if one for name in (*(one.canary or ()), *(one.order or ())))
    guards = (guard for node in nodes for guard in node.guards if guard.group)
    app.refuse_unknown((*order, *names, *(guard.group for guard in guards)))
    return Strategy(
        batch=given.batch,
        canary=named or None,
        canary_count=int(canary) if canary.isdecimal() else None,
        order=order or None,
        soak=given.soak,
        max_fail=Amount.read(given.max_fail) if given.max_fail else None,
        pause=given.pause,
        on_failure=OnFailure(given.on_failure) if given.on_failure else None,
    )


def settings_of(given: ConvergeOptions, desired: tuple[Desired, ...], app: App) -> Settings:
    """Raises UsageError for nodes and groups of a rollout that are not there, or are not chosen."""
    return Settings(
        wait_for=WaitFor(given.wait_for) if given.wait_for else None,
        timeout=given.timeout,
        hold=given.hold,
        without_api=app.without_api,
        patience=given.patience,
        adopt=given.adopt,
        allow_downgrade=given.allow_downgrade,
        prune=given.prune,
        prune_max=Amount.read(given.prune_max) if given.prune_max else None,
        break_lock=given.break_lock,
        strategy=_strategy(given.rollout, desired, app),
        all_at_once=given.rollout.all_at_once,
        accept_quorum_loss=given.rollout.accept_quorum_loss,
        site_nodes=app.all_nodes,
        wait_lock=given.wait_lock,
        why=" ".join(given.message.split()),
        rollback_on_failure=given.rollback_on_failure,
        remove_first=given.on_first_failure == "remove",
        retry=given.retry,
        confirm_within=given.confirm_within,
        forks=given.forks,
        dry_run=given.dry_run,
    )
