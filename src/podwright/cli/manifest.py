"""`podwright manifest`: each command in a module of its own, so that `render` never imports fabric."""

from __future__ import annotations

import click

from podwright.cli.lazy_group import LazyGroup


class ManifestCommands(LazyGroup):
    members = {  # noqa: RUF012 - never changed
        "push": (
            "podwright.cli.manifest_push:command",
            "Put manifests on nodes and prove that their pods run.",
        ),
        "remove": (
            "podwright.cli.manifest_remove:command",
            "Delete static pods and prove that they are gone.",
        ),
        "pull": (
            "podwright.cli.manifest_pull:command",
            "Make templates of the manifests that lie on nodes.",
        ),
        "adopt": (
            "podwright.cli.manifest_adopt:command",
            "Take over manifests that podwright did not write.",
        ),
        "history": (
            "podwright.cli.manifest_history:command",
            "Show what was written on each node, and what came of it.",
        ),
        "rollback": (
            "podwright.cli.manifest_rollback:command",
            "Bring back an older content of static pods.",
        ),
        "confirm": (
            "podwright.cli.manifest_confirm:command",
            "Confirm a run, so that nodes keep what it wrote.",
        ),
        "revert": (
            "podwright.cli.manifest_revert:command",
            "Take back what a run wrote that is not confirmed.",
        ),
        "restart": (
            "podwright.cli.manifest_restart:command",
            "Restart static pods and prove that they run again.",
        ),
        "release": (
            "podwright.cli.manifest_release:command",
            "Give up static pods: they run on, and are no longer podwright's.",
        ),
        "status": (
            "podwright.cli.manifest_status:command",
            "Show each node's manifests, pods and mirror pods.",
        ),
        "logs": ("podwright.cli.manifest_logs:command", "Show what a static pod's containers printed."),
        "diff": ("podwright.cli.manifest_diff:command", "Show what a push would change."),
        "render": (
            "podwright.cli.manifest_render:command",
            "Render templates per node, to stdout or a folder.",
        ),
        "validate": ("podwright.cli.manifest_validate:command", "Check offline what each kubelet would do."),
    }


@click.group(cls=ManifestCommands)
def group() -> None:
    """Push, remove, check and show static pod manifests."""
