"""What the shell completes of the site: nodes and groups, static pods, contexts of the kubeconfig."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from podwright.errors import PodwrightError


def limits(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Nodes and groups; of a pattern's parts the last."""

    def read(paths: tuple[Path, ...]) -> set[str]:
        from podwright.inventory.completion_names import hosts_and_groups

        return hosts_and_groups(paths)

    last = re.split("[,:][!&]?|^[!&]", incomplete)[-1]
    before = incomplete.removesuffix(last) if last else incomplete
    return [f"{before}{name}" for name in _beginning(_named("hosts", read, ctx), last)]


def pods(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """The static pods that the inventory names."""

    def read(paths: tuple[Path, ...]) -> set[str]:
        from podwright.inventory.completion_names import static_pods

        return static_pods(paths)

    return _beginning(_named("pods", read, ctx), incomplete)


def contexts(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    from podwright.remote.kube.kubeconfig import contexts_of

    given: str | None = ctx.params.get("kubeconfig") or ctx.find_root().params.get("kubeconfig")
    try:
        return _beginning(contexts_of(given, os.environ), incomplete)
    except PodwrightError:
        return []


def _named(kind: str, read: Callable[[tuple[Path, ...]], set[str]], ctx: click.Context) -> set[str]:
    """Nothing if there is no inventory: a person who presses Tab cannot be shown an error."""
    from podwright.cli.inventory_choice import choose_inventory
    from podwright.inventory.ansible_config import ansible_config
    from podwright.state.completion_cache import remembered  # `--help` pays for neither hashes nor JSON

    given: tuple[Path, ...] = ctx.params.get("inventory") or ctx.find_root().params.get("inventory") or ()
    try:
        config = ansible_config(os.environ, Path.cwd())
        paths = choose_inventory(given, None, config, Path.cwd()).paths
        files = {path for path in paths if path.is_dir()} | {
            path.parent / name
            for path in paths
            if not path.is_dir()
            for name in (path.name, "group_vars", "host_vars")
        }
        return remembered(kind, sorted(files), lambda: read(paths), Path.home())
    except PodwrightError:
        return set()


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    """A name that a shell would take for two words, or that could steer its terminal, is left out."""
    return sorted(
        name for name in names if name.startswith(incomplete) and name.isprintable() and " " not in name
    )
