"""What the shell completes of the site: nodes and groups, static pods, contexts of the kubeconfig."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from podwright.errors import PodwrightError

if TYPE_CHECKING:
    from pathlib import Path

    from podwright.inventory.node import Inventory


def limits(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Nodes and groups; of comma-separated patterns the last."""
    inventory = _inventory(ctx)
    before, comma, last = incomplete.rpartition(",")
    operator = last[:1] if last[:1] in ("!", "&") else ""
    names = {*inventory.groups, *(node.name for node in inventory.nodes)} if inventory else ()
    return [f"{before}{comma}{operator}{name}" for name in _beginning(names, last.removeprefix(operator))]


def pods(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The static pods that the inventory names."""
    inventory = _inventory(ctx)
    entries = (entry for node in (inventory.nodes if inventory else ()) for entry in node.static_pods)
    return _beginning({entry.template for entry in entries}, incomplete)


def contexts(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from podwright.remote.kube.kubeconfig import contexts_of

    given: str | None = ctx.params.get("kubeconfig") or ctx.find_root().params.get("kubeconfig")
    try:
        return _beginning(contexts_of(given, os.environ), incomplete)
    except PodwrightError:
        return []


def _inventory(ctx: click.Context) -> Inventory | None:
    """None if there is none that can be read: a person who presses Tab cannot be shown an error."""
    from podwright.inventory.load import DEFAULT_INVENTORY, load_inventory
    from podwright.validation.rules import SILENCEABLE

    given: tuple[Path, ...] = ctx.params.get("inventory") or ctx.find_root().params.get("inventory") or ()
    try:
        return load_inventory(*(given or (DEFAULT_INVENTORY,)), rules=SILENCEABLE)
    except PodwrightError:
        return None


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    """A name that a shell would take for two words, or that could steer its terminal, is left out."""
    return sorted(
        name for name in names if name.startswith(incomplete) and name.isprintable() and " " not in name
    )
