"""What the shell completes of the site: nodes and groups, static pods, contexts of the kubeconfig."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

from podwright.errors import PodwrightError

if TYPE_CHECKING:
    from podwright.cli.site_options import SiteOptions
    from podwright.inventory.node import Inventory

#: as click calls it: with the context, the parameter and what is typed so far
Complete = Callable[[click.Context, click.Parameter, str], list[str]]


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

    try:
        return _beginning(contexts_of(_site(ctx).kubeconfig, os.environ), incomplete)
    except PodwrightError:
        return []


def _inventory(ctx: click.Context) -> Inventory | None:
    """None if there is none that can be read: a person who presses Tab cannot be shown an error."""
    from podwright.cli.app import App

    try:
        return App(_site(ctx)).inventory()
    except PodwrightError:
        return None


def _site(ctx: click.Context) -> SiteOptions:
    """What was given, after the command or before it, for the options that completion needs."""
    from podwright.cli.site_options import SiteOptions

    given = ctx.find_root().params | {name: value for name, value in ctx.params.items() if value}
    return SiteOptions(inventory=given.get("inventory") or (), kubeconfig=given.get("kubeconfig"))


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    """A name that a shell would take for two words, or that could steer its terminal, is left out."""
    return sorted(
        name for name in names if name.startswith(incomplete) and name.isprintable() and " " not in name
    )
